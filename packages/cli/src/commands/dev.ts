import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT, YES_OPTION } from '../define-command.ts'

export const DevOptions = z.object({ api: z.string().optional(), yes: z.boolean().default(false) })

export const dev = defineCommand({
  name: 'dev',
  summary: 'Build on every save, deploy to your account, and show what the extension logs',
  arguments: [PATH_ARGUMENT],
  options: [API_OPTION, YES_OPTION],
  input: DevOptions,
  load: () => import('../run/dev.ts'),
})
