import * as z from 'zod'
import { defineCommand } from '../define-command.ts'

export const CompletionOptions = z.object({})

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print what makes a shell complete commands, options and values; its first lines say where it goes',
  arguments: [{ name: '<shell>', description: 'bash, zsh, fish', values: ['bash', 'zsh', 'fish'] }],
  input: CompletionOptions,
  load: () => import('../run/completion.ts'),
})
