import { auth } from '@imperal/contract'
import type { WhoamiOptions } from '../commands/whoami.ts'
import type { Run } from '../define-command.ts'
import { apiAddress } from '../platform/api-address.ts'
import { openSession } from '../platform/session.ts'

export const run: Run<typeof WhoamiOptions> = async ({ options }, io) => {
  const session = openSession(io, apiAddress(io, options.api))
  const me = await session.client.send(auth.me)
  io.out(`${me.email} (${me.imperal_id}, ${me.role}) at ${session.api}`)
  return 0
}
