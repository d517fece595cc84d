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

/** One pass of the loop: what was built, or undefined when the author has something to correct first. */
async function deployChange(
  session: Session,
  project: Project,
  options: { io: Io; yes: boolean; isFirst: boolean },
): Promise<BuiltProject | undefined> {
  const { io, yes, isFirst } = options
  try {
    const built = await buildProject(project)
    if (isFirst) describe(built, io)
    for (const notice of built.bundle.notices) io.err(`Note: ${notice}`)
    await validateBuild(built, io)
    // The id may change with any save.
    await ensureApp(session.client, io, built, yes)
    await deployOnce(session, built, { io })
    return built
  } catch (error) {
    for (const line of linesOf(error)) io.err(line)
    return undefined
  }
}

export const dev = defineCommand({
  name: 'dev',
  summary: 'Build on every save, deploy to your account, and show what the extension logs',
  arguments: [PATH_ARGUMENT],
  options: [API_OPTION, YES_OPTION],
  input: z.object({ api: z.string().optional(), yes: z.boolean().default(false) }),
  async run({ args: [folder], options: { api, yes } }, io) {
    const project = findProject(io, folder)
    const session = await openSession(io, apiAddress(io, api))
    const watch = watchProject(project.root, io.signal)
    let mapper: StackMapper | undefined
    let followed: Promise<void> | undefined
    let isFirst = true
    do {
      const built = await deployChange(session, project, { io, yes, isFirst })
      if (built !== undefined) {
        mapper = createStackMapper(built.bundle.map)
        followed ??= followLog(session, io, { appId: built.appId, mapper: () => mapper })
      }
      if (isFirst) io.out('Waiting for changes; Ctrl-C ends.')
      isFirst = false
    } while (await watch.next())
    await followed
    return 0
  },
})
