import * as z from 'zod'
import { API_OPTION, defineCommand } from '../define-command.ts'

export const EventsOptions = z.object({
  api: z.string().optional(),
  app: z.string().optional(),
  handler: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
})

export const events = defineCommand({
  name: 'events',
  summary: 'For operators: show events that apps failed to take, or `events replay` them',
  arguments: [{ name: '[action]', description: 'show (the default) or replay', values: ['show', 'replay'] }],
  options: [
    API_OPTION,
    { flags: '--app <id>', description: 'of this app only; replay needs it' },
    { flags: '--handler <name>', description: 'of this handler only' },
    {
      flags: '--from <time>',
      description: 'with replay: everything that happened since then, taken or not (ISO 8601)',
    },
    { flags: '--to <time>', description: 'with --from: and until then' },
  ],
  input: EventsOptions,
  load: () => import('../run/events.ts'),
})
