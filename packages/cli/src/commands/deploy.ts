import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT, YES_OPTION } from '../define-command.ts'
import { deployOnce, validateBuild } from '../dev/deploy-once.ts'
import { apiAddress } from '../platform/api-address.ts'
import { ensureApp } from '../platform/ensure-app.ts'
import { openSession } from '../platform/session.ts'
import { changelogOf } from '../platform/upload.ts'
import { buildProject, writeBuild } from '../project/build-project.ts'
import { findProject } from '../project/find-project.ts'

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'Build, check and upload an extension, and make it live for your account',
  arguments: [PATH_ARGUMENT],
  options: [
    API_OPTION,
    YES_OPTION,
    { flags: '--changelog <text>', description: 'what is new; else the section of CHANGELOG.md' },
  ],
  input: z.object({ api: z.string().optional(), yes: z.boolean().default(false), changelog: z.string().optional() }),
  async run({ args: [folder], options }, io) {
    const project = findProject(io, folder)
    const built = await buildProject(project)
    await writeBuild(built)
    io.out(`Built: ${built.appId} v${built.version}`)
    for (const notice of built.bundle.notices) io.err(`Note: ${notice}`)
    await validateBuild(built, io, 'everything')
    const session = await openSession(io, apiAddress(io, options.api, project.root))
    await ensureApp(session.client, io, built, options.yes)
    io.out(`Uploading to ${session.api} …`)
    const changelog = options.changelog ?? (await changelogOf(project.root, built.version))
    await deployOnce(session, built, { io, changelog })
    return 0
  },
})
