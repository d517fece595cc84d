import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT, YES_OPTION } from '../define-command.ts'
import { deployOnce, validateBuild } from '../dev/deploy-once.ts'
import { followLog } from '../dev/live-log.ts'
import { watchProject } from '../dev/watch-project.ts'
import { linesOf } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiAddress } from '../platform/api-address.ts'
import { ensureApp } from '../platform/ensure-app.ts'
import { openSession, type Session } from '../platform/session.ts'
import { type BuiltProject, buildProject } from '../project/build-project.ts'
import { findProject, type Project } from '../project/find-project.ts'
import { createStackMapper, type StackMapper } from '../project/map-stack.ts'

const names = (list: unknown): string =>
  Array.isArray(list) && list.length > 0 ? list.map(({ name }) => String(name)).join(', ') : 'none'

function describe({ appId, version, manifest }: BuiltProject, io: Io): void {
  io.out(`Extension: ${appId} v${version}`)
  io.out(`Tools: ${names(manifest.tools)}`)
  io.out(`Signals: ${names(manifest.signals)}`)
  io.out(`Schedules: ${names(manifest.schedules)}`)
}

interface Loop {
  readonly io: Io
  readonly session: Session
  readonly project: Project
  readonly yes: boolean
}

/** One pass of the loop: what went live, or undefined when the author has something to correct first. */
async function deployChange(loop: Loop, before: BuiltProject | undefined): Promise<BuiltProject | undefined> {
  const { io, session, project, yes } = loop
  try {
    const built = await buildProject(project)
    if (before === undefined) describe(built, io)
    for (const notice of built.bundle.notices) io.err(`Note: ${notice}`)
    await validateBuild(built, io)
    // The id may change with any save.
    if (built.appId !== before?.appId) await ensureApp(session.client, io, built, yes)
    await deployOnce(session, built, { io })
    return built
  } catch (error) {
    for (const line of linesOf(error)) io.err(line)
    return undefined
  }
}

async function runLoop(loop: Loop): Promise<void> {
  const { io, session, project } = loop
  const watch = watchProject(project.root, io.signal)
  let live: BuiltProject | undefined
  let mapper: StackMapper | undefined
  let following: Promise<void> | undefined
  let isFirst = true
  do {
    const built = await deployChange(loop, live)
    if (built !== undefined) {
      live = built
      mapper = createStackMapper(built.bundle.map)
      following ??= followLog(session, io, { appId: () => live?.appId ?? '', mapper: () => mapper })
    }
    if (isFirst) io.out('Waiting for changes; Ctrl-C ends.')
    isFirst = false
  } while (await watch.next())
  await following
}

export const dev = defineCommand({
  name: 'dev',
  summary: 'Build on every save, deploy to your account, and show what the extension logs',
  arguments: [PATH_ARGUMENT],
  options: [API_OPTION, YES_OPTION],
  input: z.object({ api: z.string().optional(), yes: z.boolean().default(false) }),
  async run({ args: [folder], options: { api, yes } }, io) {
    const project = findProject(io, folder)
    const session = await openSession(io, apiAddress(io, api, project.root))
    await runLoop({ io, session, project, yes })
    return 0
  },
})
