/**
 * `npm run bench -- sdk`: an extension with 200 functions in 20 files. Prints what the command line takes for nothing
 * (`--version`), for every rule (`validate` without the compiler), for rules and types, and for manifest and bundle
 * (`build`): wall time, processor time and the most memory of its process, median of the runs, and what is left when the
 * empty run is taken away; all of it with the packages that authors install. Then, inside one process and from the sources of
 * this checkout, what declaring the functions, generating the manifest and running the rules take by themselves. The bundler and the compiler are processes of their own: they are in the wall time only.
 */
import { execFileSync, fork, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { EXTENSION_PORT } from '@imperal/contract'
import type { LoadedExtension } from '../packages/validators/src/index.ts'
import { validateProject } from '../packages/validators/src/project.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '..')
const TARBALLS = path.join(CHECKOUT, '.imperal-build/packages')
const COMMAND = 'node_modules/@imperal/cli/bin/imperal.mjs'
const FILES = 20
const FUNCTIONS_PER_FILE = 10
const ROUNDS = 5
const INNER_ROUNDS = 9
/** Tells, on a channel of its own, what the process has used when it ends. */
const METER = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())))",
)}`

interface Usage {
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakMb: number
}

const functionText = (file: number, index: number): string => `
chat.function(
  'water_bed_${file}_${index}',
  {
    description: 'Waters bed ${index} of garden ${file}, as much as its plants need today.',
    actionType: 'write',
    effects: ['update:bed'],
    event: Watered,
    params: WaterParams,
    returns: Watering,
  },
  async (ctx, { bed, litres }) => {
    const kept = await ctx.store.query('beds', { where: { bed } })
    if (kept.data.length === 0) return ActionResult.error(\`There is no bed \${bed}\`, { code: 'NOT_FOUND' })
    await ctx.store.create('waterings', { bed, litres })
    return ActionResult.success({ bed, litres }, \`Watered \${bed}\`)
  },
)
`

const fileText = (file: number): string => `import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { chat, Watered } from '../extension.ts'

const WaterParams = z.object({
  bed: z.string().min(1).max(80).describe('Name of the bed.'),
  litres: z.number().min(0).max(500).default(10).describe('Litres of water.'),
  when: z.enum(['morning', 'evening']).optional(),
})
const Watering = z.object({ bed: z.string(), litres: z.number() })
${Array.from({ length: FUNCTIONS_PER_FILE }, (_, index) => functionText(file, index)).join('')}`

const EXTENSION = `import { ChatExtension, Extension, HealthStatus } from '@imperal/sdk'

export const ext = new Extension('garden-bench', {
  version: '1.0.0',
  displayName: 'Garden Bench',
  description: 'Waters two hundred beds, one function each, to see how long that takes.',
  icon: 'icon.svg',
  capabilities: ['garden-bench:write'],
})
export const Watered = ext.emits('garden-bench.watered')
export const chat = new ChatExtension(ext, { toolName: 'garden' })
ext.onInstall((ctx) => ctx.log('installed'))
ext.healthCheck(() => HealthStatus.ok())
`

/** What `npm install <tarball>` does. */
function unpack(root: string, name: string): void {
  const [tarball] = readdirSync(TARBALLS).filter((file) => file.startsWith(`imperal-${name}-`))
  const folder = path.join(root, 'node_modules/@imperal', name)
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-xzf', path.join(TARBALLS, tarball ?? ''), '-C', folder, '--strip-components=1'])
}

function writeProject(root: string): void {
  const write = (name: string, text: string) => writeFileSync(path.join(root, name), text)
  const names = Array.from({ length: FILES }, (_, file) => `garden-${file}.ts`)
  mkdirSync(path.join(root, 'functions'), { recursive: true })
  write('extension.ts', EXTENSION)
  write(
    'main.ts',
    `${names.map((name) => `import './functions/${name}'\n`).join('')}export { ext } from './extension.ts'\n`,
  )
  for (const [file, name] of names.entries()) write(`functions/${name}`, fileText(file))
  write('icon.svg', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8"/></svg>\n')
  write('package.json', '{ "name": "garden-bench", "private": true, "type": "module" }\n')
  for (const name of ['sdk', 'cli']) unpack(root, name)
  for (const name of [
    'zod',
    'typescript',
    '@types',
    '@typescript',
    'esbuild',
    '@esbuild',
    'oxc-parser',
    '@oxc-parser',
  ]) {
    symlinkSync(path.join(CHECKOUT, 'node_modules', name), path.join(root, 'node_modules', name))
  }
}

const TYPES = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  },
  include: ['main.ts', 'functions'],
}

/** One run of the command line in the project's folder. @throws Error when it does not exit with 0 */
function run(root: string, args: readonly string[]): Promise<Usage> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, ['--import', METER, path.join(root, COMMAND), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    const said: unknown[] = []
    const told: unknown[] = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk))
    child.stdio[3]?.on('data', (chunk) => told.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`imperal ${args.join(' ')} ended with ${code}:\n${said.join('')}`))
      const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(told.join('')) as NodeJS.ResourceUsage
      resolve({
        wallMs: performance.now() - began,
        cpuMs: (userCPUTime + systemCPUTime) / 1000,
        peakMb: maxRSS / 1024,
      })
    })
  })
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN

const medians = (runs: readonly Usage[]): Usage => ({
  wallMs: median(runs.map(({ wallMs }) => wallMs)),
  cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
  peakMb: median(runs.map(({ peakMb }) => peakMb)),
})

const cells = ({ wallMs, cpuMs, peakMb }: Usage): string =>
  `${wallMs.toFixed(0).padStart(7)} ms ${cpuMs.toFixed(0).padStart(7)} ms ${peakMb.toFixed(0).padStart(6)} MB`

function show(name: string, used: Usage, empty: Usage): void {
  const more = {
    wallMs: used.wallMs - empty.wallMs,
    cpuMs: used.cpuMs - empty.cpuMs,
    peakMb: used.peakMb - empty.peakMb,
  }
  console.log(`${name.padEnd(34)}${cells(used)}   above empty ${cells(more)}`)
}

/** In a process of its own, so that the command line's own parts do not count. */
async function inside(root: string): Promise<void> {
  const started = performance.now()
  const { ext } = (await import(pathToFileURL(path.join(root, 'main.ts')).href)) as { ext: LoadedExtension }
  console.log(`${'loading SDK and sources'.padEnd(34)}${(performance.now() - started).toFixed(0).padStart(7)} ms`)
  const times: Record<'generating the manifest' | 'every rule', number[]> = {
    'generating the manifest': [],
    'every rule': [],
  }
  let bytes = 0
  let findings = 0
  for (let round = 0; round < INNER_ROUNDS; round += 1) {
    const began = performance.now()
    const manifest = ext[EXTENSION_PORT].manifest()
    const made = performance.now()
    const report = await validateProject(root, { extension: ext, manifest })
    times['generating the manifest'].push(made - began)
    times['every rule'].push(performance.now() - made)
    bytes = JSON.stringify(manifest).length
    findings = report.issues.length
  }
  for (const [name, all] of Object.entries(times)) {
    console.log(
      `${name.padEnd(34)}${median(all).toFixed(0).padStart(7)} ms   first ${(all[0] ?? Number.NaN).toFixed(0)} ms`,
    )
  }
  const heap = process.memoryUsage()
  console.log(
    `manifest ${Math.round(bytes / 1024)} KB, ${findings} findings, ${Math.round(heap.rss / 1024 / 1024)} MB resident at the end`,
  )
}

async function main(): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'imperal-bench-sdk-'))
  try {
    writeProject(root)
    console.log(`${FILES * FUNCTIONS_PER_FILE} functions in ${FILES} files, median of ${ROUNDS} runs`)
    console.log(`${''.padEnd(34)}${'wall'.padStart(10)}${'processor'.padStart(11)}${'most memory'.padStart(12)}`)
    const withTypes = path.join(root, 'tsconfig.json')
    const seen: Record<'empty' | 'validate' | 'typed' | 'build', Usage[]> = {
      empty: [],
      validate: [],
      typed: [],
      build: [],
    }
    for (let round = 0; round <= ROUNDS; round += 1) {
      rmSync(withTypes, { force: true })
      const empty = await run(root, ['--version'])
      const validate = await run(root, ['validate'])
      writeFileSync(withTypes, JSON.stringify(TYPES))
      const typed = await run(root, ['validate'])
      rmSync(withTypes)
      const build = await run(root, ['build'])
      rmSync(path.join(root, 'imperal.json'), { force: true })
      if (round === 0) continue // the first one fills caches
      seen.empty.push(empty)
      seen.validate.push(validate)
      seen.typed.push(typed)
      seen.build.push(build)
    }
    const empty = medians(seen.empty)
    console.log(`${'imperal --version (empty run)'.padEnd(34)}${cells(empty)}`)
    show('imperal validate, no compiler', medians(seen.validate), empty)
    show('imperal validate, with types', medians(seen.typed), empty)
    show('imperal build', medians(seen.build), empty)
    // The rules of this checkout know an extension of the SDK of this checkout.
    rmSync(path.join(root, 'node_modules/@imperal/sdk'), { recursive: true })
    symlinkSync(path.join(CHECKOUT, 'packages/sdk'), path.join(root, 'node_modules/@imperal/sdk'))
    const code = await new Promise((resolve) => fork(import.meta.filename, ['inside', root]).once('exit', resolve))
    if (code !== 0) throw new Error(`measuring inside one process ended with ${code}`)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

await (process.argv[2] === 'inside' ? inside(process.argv[3] ?? '') : main())
