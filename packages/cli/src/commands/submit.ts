import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT } from '../define-command.ts'

export const SubmitOptions = z.object({ api: z.string().optional() })

export const submit = defineCommand({
  name: 'submit',
  summary: 'Ask that the deployed extension appears in the marketplace, for everybody',
  arguments: [PATH_ARGUMENT],
  options: [API_OPTION],
  input: SubmitOptions,
  load: () => import('../run/submit.ts'),
})
