import type { LoginOptions } from '../commands/login.ts'
import type { Run } from '../define-command.ts'
import { apiAddress } from '../platform/api-address.ts'
import { deviceLogin } from '../platform/device-login.ts'

export const run: Run<typeof LoginOptions> = async ({ options }, io) => {
  const api = apiAddress(io, options.api)
  const { email } = await deviceLogin(io, api)
  io.out(`Signed in at ${api} as ${email}.`)
  return 0
}
