import * as z from 'zod'
import { defineCommand, PATH_ARGUMENT } from '../define-command.ts'

/** What can be added. */
export const KINDS = ['function', 'panel', 'skeleton', 'schedule', 'webhook', 'secret'] as const

export const AddOptions = z.object({
  description: z.string().optional(),
  action: z.string().optional(),
  cron: z.string().optional(),
  slot: z.string().optional(),
  method: z.string().optional(),
  file: z.string().optional(),
})

export const add = defineCommand({
  name: 'add',
  summary: 'Add a function, panel, skeleton, schedule, webhook or secret to the code of an extension',
  arguments: [
    { name: '<kind>', description: KINDS.join(', '), values: KINDS },
    { name: '<name>', description: 'what it is called, for example send_mail; a path for a webhook' },
    PATH_ARGUMENT,
  ],
  options: [
    { flags: '--description <text>', description: 'what it is for' },
    {
      flags: '--action <type>',
      description: 'of a function: read, write or destructive; else its name says so',
      values: ['read', 'write', 'destructive'],
    },
    { flags: '--cron <time>', description: "of a schedule, in UTC ('0 9 * * *')" },
    {
      flags: '--slot <slot>',
      description: 'of a panel (left)',
      values: ['left', 'center', 'right', 'overlay', 'bottom', 'chat-sidebar'],
    },
    {
      flags: '--method <method>',
      description: 'of a webhook (POST)',
      values: ['GET', 'POST', 'PUT', 'DELETE'],
    },
    { flags: '--file <file>', description: 'source to write it into; else the one that holds its like' },
  ],
  input: AddOptions,
  load: () => import('../run/add.ts'),
})
