import { admin } from '@imperal/contract'
import type { KeysOptions } from '../commands/keys.ts'
import type { Run } from '../define-command.ts'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiAddress } from '../platform/api-address.ts'
import { openSession, type Session } from '../platform/session.ts'

async function show({ client }: Session, io: Io): Promise<void> {
  const status = await client.send(admin.keys)
  io.out(`Key provider ${status.provider}, current key ${status.current_key_id}.`)
  for (const [id, count] of Object.entries(status.data_keys)) io.out(`  ${count} data keys are locked with ${id}`)
  const { current, older } = status.secrets
  io.out(`${current} secrets are sealed with the newest data key of their tenant, ${older} with older ones.`)
}

export const run: Run<typeof KeysOptions> = async ({ args: [action = 'show'], options }, io) => {
  if (action !== 'show' && action !== 'rotate')
    throw new CliFailure(`There is no action "${action}".`, { hint: 'Say `imperal keys` or `imperal keys rotate`.' })
  const session = openSession(io, apiAddress(io, options.api))
  if (action === 'rotate') {
    const done = await session.client.send(admin.rotateKeys, { body: { data_keys: options.dataKeys } })
    io.out(`${done.rewrapped} data keys are now locked with ${done.key_id}.`)
    if (options.dataKeys) io.out(`The secrets of ${done.tenants} tenants are being sealed anew.`)
  }
  await show(session, io)
  return 0
}
