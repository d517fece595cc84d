import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT, YES_OPTION } from '../define-command.ts'

const PORT = '--port takes a whole number from 1 to 65535.'

export const DevOptions = z.object({
  api: z.string().optional(),
  yes: z.boolean().default(false),
  port: z.coerce.number(PORT).int(PORT).min(1, PORT).max(65_535, PORT).optional(),
})

export const dev = defineCommand({
  name: 'dev',
  summary: 'Build on every save, deploy to your account, show every call, and serve a page to try them',
  arguments: [PATH_ARGUMENT],
  options: [
    API_OPTION,
    YES_OPTION,
    {
      flags: '--port <number>',
      description: 'port of the page to try functions and panels; 4788, or another when that is taken',
    },
  ],
  input: DevOptions,
  load: () => import('../run/dev.ts'),
})
