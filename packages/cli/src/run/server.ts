import type { ServerOptions } from '../commands/server.ts'
import type { Run } from '../define-command.ts'
import { runInCheckout } from '../run-in-checkout.ts'

export const run: Run<typeof ServerOptions> = ({ args }, io) => runInCheckout(io, ['scripts/start.mjs', ...args])
