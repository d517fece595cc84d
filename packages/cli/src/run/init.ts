import path from 'node:path'
import type { InitOptions } from '../commands/init.ts'
import type { Run } from '../define-command.ts'
import { CliFailure } from '../failure.ts'
import { projectNames, TEMPLATES, type Template } from '../init/names.ts'
import { packageAddresses, writeProject } from '../init/write-project.ts'
import type { Io } from '../io.ts'
import { apiAddress, DEFAULT_API } from '../platform/api-address.ts'

/** Milliseconds that the platform has to answer. */
const REACH_MS = 2000

function templateOf(name: string): Template {
  const found = TEMPLATES.find((template) => template === name)
  if (found === undefined)
    throw new CliFailure(`There is no template '${name}'.`, { hint: `Choose ${TEMPLATES.join(', ')}.` })
  return found
}

/** `npm install` takes minutes to find out that nobody answers. */
async function tellUnreachable(io: Io, api: string, address: string): Promise<void> {
  const answers = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(REACH_MS) }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (answers) return
  io.err(`Note: nothing answers at ${address}, where package.json takes @imperal/sdk from.`)
  io.err(
    `Start the platform (${api}), or make the folder anew with \`--api <address>\` when yours has another address.`,
  )
}

export const run: Run<typeof InitOptions> = async ({ args: [name = ''], options }, io) => {
  const template = templateOf(options.template)
  const names = projectNames(name)
  const api = apiAddress(io, options.api)
  const served = packageAddresses(api)
  const root = path.resolve(io.cwd, name)
  const files = await writeProject({
    ...{ root, names, template },
    sdk: options.sdk ?? served.sdk,
    cli: options.cli ?? served.cli,
    api: api === DEFAULT_API ? undefined : api,
  })
  io.out(`Created ${names.appId} in ${root}: ${files.join(', ')}`)
  if (options.sdk === undefined) await tellUnreachable(io, api, served.sdk)
  io.out('')
  io.out('Next:')
  for (const step of [`cd ${name}`, 'npm install', 'npm run validate', 'npm test', 'npm run login', 'npm run dev']) {
    io.out(`  ${step}`)
  }
  return 0
}
