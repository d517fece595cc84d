import { developer } from '@imperal/contract'
import type { LogsOptions } from '../commands/logs.ts'
import type { Run } from '../define-command.ts'
import { followLog } from '../dev/live-log.ts'
import { apiAddress, inFolder } from '../platform/api-address.ts'
import { openSession } from '../platform/session.ts'
import { buildProject } from '../project/build-project.ts'
import { findProject } from '../project/find-project.ts'
import { createStackMapper } from '../project/map-stack.ts'

export const run: Run<typeof LogsOptions> = async ({ args: [folder], options }, io) => {
  const project = findProject(io, folder)
  const { appId, bundle } = await buildProject(project)
  const here = inFolder(io, project.root)
  const session = openSession(here, apiAddress(here, options.api))
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
}
