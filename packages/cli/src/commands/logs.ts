import { developer } from '@imperal/contract'
import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT } from '../define-command.ts'
import { followLog } from '../dev/live-log.ts'
import { apiAddress } from '../platform/api-address.ts'
import { openSession } from '../platform/session.ts'
import { buildProject } from '../project/build-project.ts'
import { findProject } from '../project/find-project.ts'
import { createStackMapper } from '../project/map-stack.ts'

export const logs = defineCommand({
  name: 'logs',
  summary: 'Show the latest deploys of an extension, and with --follow what it logs',
  arguments: [PATH_ARGUMENT],
  options: [
    API_OPTION,
    { flags: '--limit <n>', description: 'deploys to show, 1 to 20 (10)' },
    { flags: '-f, --follow', description: 'go on with what the extension logs, until Ctrl-C' },
  ],
  input: z.object({
    api: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(20).default(10),
    follow: z.boolean().default(false),
  }),
  async run({ args: [folder], options }, io) {
    const project = findProject(io, folder)
    const { appId, bundle } = await buildProject(project)
    const session = await openSession(io, apiAddress(io, options.api, project.root))
    const deploys = await session.client.send(developer.listDeploys, {
      params: { app_id: appId },
      query: { limit: options.limit },
    })
    if (deploys.length === 0) io.out(`${appId} was not deployed yet.`)
    for (const entry of deploys) {
      const commit = entry.commit_sha === null ? '' : ` ${entry.commit_sha.slice(0, 8)}`
      const reason = entry.error_message === null ? '' : ` ${entry.error_message}`
      io.out(`${entry.deployed_at ?? entry.created_at} ${entry.version} ${entry.status}${commit}${reason}`)
    }
    if (!options.follow) {
      io.out('What the extension logs: `imperal logs --follow`.')
      return 0
    }
    const mapper = createStackMapper(bundle.map)
    await followLog(session, io, { appId: () => appId, mapper: () => mapper })
    return 0
  },
})
