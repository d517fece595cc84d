import * as z from 'zod'
import { API_OPTION, defineCommand, YES_OPTION } from '../define-command.ts'

export const DocumentOptions = z.object({
  check: z.boolean().default(false),
  review: z.boolean().default(false),
  yes: z.boolean().default(false),
  api: z.string().optional(),
})

export const document = defineCommand({
  name: 'document',
  summary: 'Check and deploy declarative apps: JSON documents instead of code',
  arguments: [{ name: '<files...>', description: 'the documents' }],
  options: [
    { flags: '--check', description: 'only check them' },
    { flags: '--review', description: 'send the apps to review, too' },
    YES_OPTION,
    API_OPTION,
  ],
  input: DocumentOptions,
  load: () => import('../run/document.ts'),
})
