import path from 'node:path'
import type { BackupOptions } from '../commands/backup.ts'
import type { Run } from '../define-command.ts'
import { runInCheckout } from '../run-in-checkout.ts'

export const run: Run<typeof BackupOptions> = ({ args: [file = ''], options }, io) =>
  runInCheckout(io, [
    'scripts/start.mjs',
    'backup',
    path.resolve(io.cwd, file),
    ...(options.withKeys ? ['--with-keys'] : []),
  ])
