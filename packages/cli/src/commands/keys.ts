import * as z from 'zod'
import { API_OPTION, defineCommand } from '../define-command.ts'

export const KeysOptions = z.object({ api: z.string().optional(), dataKeys: z.boolean().default(false) })

export const keys = defineCommand({
  name: 'keys',
  summary: 'For operators: show which keys lock the secrets of the platform, or `keys rotate` them',
  arguments: [{ name: '[action]', description: 'show (the default) or rotate', values: ['show', 'rotate'] }],
  options: [
    API_OPTION,
    { flags: '--data-keys', description: 'with rotate: make the data keys anew, too, and seal every secret with them' },
  ],
  input: KeysOptions,
  load: () => import('../run/keys.ts'),
})
