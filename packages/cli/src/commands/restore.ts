import * as z from 'zod'
import { defineCommand } from '../define-command.ts'

export const RestoreOptions = z.object({ replace: z.boolean().default(false) })

export const restore = defineCommand({
  name: 'restore',
  summary: 'For operators: make the platform of a backup',
  arguments: [{ name: '<file>', description: 'the backup' }],
  options: [{ flags: '--replace', description: 'remove the installation that is there' }],
  input: RestoreOptions,
  load: () => import('../run/restore.ts'),
})
