import * as z from 'zod'
import { API_OPTION, defineCommand } from '../define-command.ts'
import { apiAddress } from '../platform/api-address.ts'
import { deviceLogin } from '../platform/device-login.ts'

export const login = defineCommand({
  name: 'login',
  summary: 'Sign in at a platform by approving a code in the browser',
  options: [API_OPTION],
  input: z.object({ api: z.string().optional() }),
  async run({ options }, io) {
    const api = apiAddress(io, options.api)
    const { email } = await deviceLogin(io, api)
    io.out(`Signed in at ${api} as ${email}.`)
    return 0
  },
})
