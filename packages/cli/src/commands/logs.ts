import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT } from '../define-command.ts'

const LIMIT = '--limit takes a whole number from 1 to 20.'

export const LogsOptions = z.object({
  api: z.string().optional(),
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(20, LIMIT).default(10),
  follow: z.boolean().default(false),
})

export const logs = defineCommand({
  name: 'logs',
  summary: 'Show the latest deploys of an extension, and with --follow what it logs',
  arguments: [PATH_ARGUMENT],
  options: [
    API_OPTION,
    { flags: '--limit <n>', description: 'deploys to show, 1 to 20 (10)' },
    { flags: '-f, --follow', description: 'go on with what the extension logs, until Ctrl-C' },
  ],
  input: LogsOptions,
  load: () => import('../run/logs.ts'),
})
