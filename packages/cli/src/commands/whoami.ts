import { auth } from '@imperal/contract'
import * as z from 'zod'
import { API_OPTION, defineCommand } from '../define-command.ts'
import { apiAddress } from '../platform/api-address.ts'
import { openSession } from '../platform/session.ts'

export const whoami = defineCommand({
  name: 'whoami',
  summary: 'Show who is signed in at a platform',
  options: [API_OPTION],
  input: z.object({ api: z.string().optional() }),
  async run({ options }, io) {
    const session = await openSession(io, apiAddress(io, options.api))
    const me = await session.client.send(auth.me)
    io.out(`${me.email} (${me.imperal_id}, ${me.role}) at ${session.api}`)
    return 0
  },
})
