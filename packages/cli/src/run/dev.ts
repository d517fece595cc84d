import { isDeepStrictEqual } from 'node:util'
import type { DevOptions } from '../commands/dev.ts'
import type { Run } from '../define-command.ts'
import { deployOnce, validateBuild } from '../dev/deploy-once.ts'
import { followLog } from '../dev/live-log.ts'
import { describeApp } from '../dev/try-out/describe-app.ts'
import { serveTryOut, type TryOut } from '../dev/try-out/serve-page.ts'
import { type ProjectWatch, watchProject } from '../dev/watch-project.ts'
import { linesOf } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiAddress, inFolder } from '../platform/api-address.ts'
import { ensureApp } from '../platform/ensure-app.ts'
import { openSession, type Session } from '../platform/session.ts'
import { type BuiltProject, buildProject } from '../project/build-project.ts'
import { startTypeCheck } from '../project/check-types.ts'
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
  readonly tryOut: TryOut
}

/** Whether a deploy would change nothing: a file was saved that is no part of the extension. */
const isSame = (one: BuiltProject, other: BuiltProject): boolean =>
  one.bundle.code === other.bundle.code &&
  isDeepStrictEqual(one.manifest, other.manifest) &&
  isDeepStrictEqual(one.icon, other.icon)

/** One pass of the loop: what is live, or undefined when the author has something to correct first. */
async function deployChange(
  loop: Loop,
  before: BuiltProject | undefined,
  ready: BuiltProject | undefined,
): Promise<BuiltProject | undefined> {
  const { io, session, project, yes } = loop
  const types = startTypeCheck(project.root)
  try {
    const built = ready ?? (await buildProject(project, types))
    if (before !== undefined && isSame(before, built)) return before
    if (before === undefined) describe(built, io)
    for (const notice of built.bundle.notices) io.err(`Note: ${notice}`)
    // What `imperal deploy` refuses does not go live here either.
    await validateBuild(built, io, types)
    // The id may change with any save.
    if (built.appId !== before?.appId) await ensureApp(session.client, io, built, yes)
    await deployOnce(session, built, { io })
    return built
  } catch (error) {
    for (const line of linesOf(error)) io.err(line)
    return undefined
  } finally {
    types.stop()
  }
}

async function runLoop(loop: Loop, watch: ProjectWatch, first: BuiltProject): Promise<void> {
  const { io, session, tryOut } = loop
  let ready: BuiltProject | undefined = first
  let live: BuiltProject | undefined
  let mapper: StackMapper | undefined
  let following: Promise<void> | undefined
  let isFirst = true
  let failed = false
  do {
    const built = await deployChange(loop, live, ready)
    ready = undefined
    const isNew = built !== undefined && built !== live
    if (failed && built !== undefined && !isNew) io.out(`As before: ${built.appId} v${built.version} is live.`)
    failed = built === undefined
    if (isNew) {
      live = built
      mapper = createStackMapper(built.bundle.map)
      following ??= followLog(session, io, {
        appId: () => live?.appId ?? '',
        mapper: () => mapper,
        onLine: tryOut.line,
      })
      tryOut.live(describeApp(built, session.api))
    }
    if (isFirst) {
      io.out(`Try it: ${tryOut.url}`)
      io.out('Waiting for changes; Ctrl-C ends.')
    }
    isFirst = false
  } while (await watch.next())
  await following
}

export const run: Run<typeof DevOptions> = async ({ args: [folder], options: { api, yes, port } }, io) => {
  const project = findProject(io, folder)
  const here = inFolder(io, project.root)
  const session = openSession(here, apiAddress(here, api))
  const watch = watchProject(project.root, io.signal)
  try {
    // What does not load at all is no extension to wait for: the command ends with what is wrong (8.2).
    const first = await buildProject(project)
    const tryOut = await serveTryOut(session.client, port)
    try {
      await runLoop({ io, session, project, yes, tryOut }, watch, first)
    } finally {
      await tryOut.close()
    }
  } finally {
    watch.close()
  }
  return 0
}
