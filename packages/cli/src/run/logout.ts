import { ApiError, createClient } from '@imperal/client'
import { auth } from '@imperal/contract'
import type { LogoutOptions } from '../commands/logout.ts'
import type { Run } from '../define-command.ts'
import { apiAddress } from '../platform/api-address.ts'
import { forgetCredential, readCredential } from '../platform/credentials.ts'

export const run: Run<typeof LogoutOptions> = async ({ options }, io) => {
  const api = apiAddress(io, options.api)
  const credential = readCredential(io, api)
  if (credential === undefined) {
    io.out(`You were not signed in at ${api}.`)
    return 0
  }
  forgetCredential(io, api)
  try {
    await createClient({ baseUrl: api }).send(auth.logout, { body: { refresh_token: credential.refresh_token } })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    io.err(`The session could not be ended there: ${error.message} End it in your settings.`)
  }
  io.out(`Signed out at ${api}.`)
  return 0
}
