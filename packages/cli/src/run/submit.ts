import { developer } from '@imperal/contract'
import type { SubmitOptions } from '../commands/submit.ts'
import type { Run } from '../define-command.ts'
import { apiAddress, inFolder } from '../platform/api-address.ts'
import { openSession } from '../platform/session.ts'
import { bundleExtension } from '../project/bundle.ts'
import { findProject } from '../project/find-project.ts'
import { loadExtension } from '../project/load-extension.ts'

export const run: Run<typeof SubmitOptions> = async ({ args: [folder], options }, io) => {
  const project = findProject(io, folder)
  const { manifest } = await loadExtension(project, await bundleExtension(project))
  const here = inFolder(io, project.root)
  const session = openSession(here, apiAddress(here, options.api))
  const appId = String(manifest.app_id)
  const answer = await session.client.send(developer.submit, { params: { app_id: appId } })
  for (const { check, ok, message } of answer.checks) {
    io.out(`${ok ? 'ok    ' : 'failed'} ${check.replaceAll('_', ' ')}${message === 'ok' ? '' : `: ${message}`}`)
  }
  io.out(`${appId} is now: ${answer.status.replaceAll('_', ' ')}.`)
  return answer.checks.every(({ ok }) => ok) ? 0 : 1
}
