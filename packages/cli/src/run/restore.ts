import path from 'node:path'
import type { RestoreOptions } from '../commands/restore.ts'
import type { Run } from '../define-command.ts'
import { runInCheckout } from '../run-in-checkout.ts'

export const run: Run<typeof RestoreOptions> = ({ args: [file = ''], options }, io) =>
  runInCheckout(io, [
    'scripts/start.mjs',
    'restore',
    path.resolve(io.cwd, file),
    ...(options.replace ? ['--replace'] : []),
  ])
