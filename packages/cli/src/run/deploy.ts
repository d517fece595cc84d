import type { DeployOptions } from '../commands/deploy.ts'
import type { Run } from '../define-command.ts'
import { deployOnce, validateBuild } from '../dev/deploy-once.ts'
import type { Io } from '../io.ts'
import { apiAddress, inFolder } from '../platform/api-address.ts'
import { ensureApp } from '../platform/ensure-app.ts'
import { openSession } from '../platform/session.ts'
import { changelogOf } from '../platform/upload.ts'
import { type BuiltProject, buildProject, writeBuild } from '../project/build-project.ts'
import { startTypeCheck } from '../project/check-types.ts'
import { findProject, type Project } from '../project/find-project.ts'

async function buildAndValidate(project: Project, io: Io): Promise<BuiltProject> {
  const types = startTypeCheck(project.root)
  try {
    const built = await buildProject(project, types)
    await writeBuild(built)
    io.out(`Built: ${built.appId} v${built.version}`)
    for (const notice of built.bundle.notices) io.err(`Note: ${notice}`)
    await validateBuild(built, io, types)
    return built
  } finally {
    types.stop()
  }
}

export const run: Run<typeof DeployOptions> = async ({ args: [folder], options }, io) => {
  const project = findProject(io, folder)
  const built = await buildAndValidate(project, io)
  const here = inFolder(io, project.root)
  const session = openSession(here, apiAddress(here, options.api))
  await ensureApp(session.client, io, built, options.yes)
  io.out(`Uploading to ${session.api} …`)
  const changelog = options.changelog ?? (await changelogOf(project.root, built.version))
  await deployOnce(session, built, { io, changelog })
  return 0
}
