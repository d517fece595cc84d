import * as z from 'zod'
import { defineCommand } from '../define-command.ts'

export const BackupOptions = z.object({ withKeys: z.boolean().default(false) })

export const backup = defineCommand({
  name: 'backup',
  summary: 'For operators: write the whole platform of this checkout into one file',
  arguments: [{ name: '<file>', description: 'the backup' }],
  options: [{ flags: '--with-keys', description: 'take the keys of secrets into the file as well' }],
  input: BackupOptions,
  load: () => import('../run/backup.ts'),
})
