import * as z from 'zod'
import { defineCommand, PATH_ARGUMENT } from '../define-command.ts'

export const ValidateOptions = z.object({ json: z.boolean().default(false), strict: z.boolean().default(false) })

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check an extension against every rule and its types, each finding with its place and its fix',
  arguments: [PATH_ARGUMENT],
  options: [
    { flags: '--json', description: 'print the report as JSON' },
    { flags: '--strict', description: 'fail on warnings too' },
  ],
  input: ValidateOptions,
  load: () => import('../run/validate.ts'),
})
