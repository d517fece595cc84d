import { developer } from '@imperal/contract'
import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT } from '../define-command.ts'
import { apiAddress } from '../platform/api-address.ts'
import { openSession } from '../platform/session.ts'
import { bundleExtension } from '../project/bundle.ts'
import { findProject } from '../project/find-project.ts'
import { loadExtension } from '../project/load-extension.ts'

export const submit = defineCommand({
  name: 'submit',
  summary: 'Ask that the deployed extension appears in the marketplace, for everybody',
  arguments: [PATH_ARGUMENT],
  options: [API_OPTION],
  input: z.object({ api: z.string().optional() }),
  async run({ args: [folder], options }, io) {
    const project = findProject(io, folder)
    const { manifest } = await loadExtension(project, await bundleExtension(project))
    const session = await openSession(io, apiAddress(io, options.api, project.root))
    const appId = String(manifest.app_id)
    const answer = await session.client.send(developer.submit, { params: { app_id: appId } })
    for (const { check, ok, message } of answer.checks) {
      io.out(`${ok ? 'ok    ' : 'failed'} ${check.replaceAll('_', ' ')}${message === 'ok' ? '' : `: ${message}`}`)
    }
    io.out(`${appId} is now: ${answer.status.replaceAll('_', ' ')}.`)
    return answer.checks.every(({ ok }) => ok) ? 0 : 1
  },
})
