import { ApiError, type Client, createClient } from '@imperal/client'
import { auth } from '@imperal/contract'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiKey, loginAt } from './api-address.ts'
import { type Credential, readCredential, saveCredential } from './credentials.ts'

/** Seconds before its end at which an access token is exchanged. */
const EARLY = 30

/** A signed-in caller of one platform. */
export interface Session {
  readonly api: string
  readonly client: Client
  /** For streams, which the client does not open. */
  token(): Promise<string | null>
  refresh(): Promise<boolean>
}

export const newCredential = (
  tokens: { access_token: string; refresh_token: string; expires_in: number },
  account: { email: string; user_id: string },
): Credential => ({
  access_token: tokens.access_token,
  refresh_token: tokens.refresh_token,
  expires_at: Math.floor(Date.now() / 1000) + tokens.expires_in,
  email: account.email,
  user_id: account.user_id,
})

export const signedOut = (api: string): CliFailure =>
  new CliFailure(`You are not signed in at ${api}.`, {
    hint: `Run ${loginAt(api)}, or set IMPERAL_API_KEY.`,
  })

/** One exchange at a time; another process may have done it meanwhile, then its result counts. */
class TokenKeeper {
  readonly #io: Io
  readonly #api: string
  #current: Credential
  #running: Promise<boolean> | undefined

  constructor(io: Io, api: string, credential: Credential) {
    this.#io = io
    this.#api = api
    this.#current = credential
  }

  async token(): Promise<string> {
    if (this.#current.expires_at - EARLY < Date.now() / 1000) await this.refresh()
    return this.#current.access_token
  }

  refresh(): Promise<boolean> {
    this.#running ??= this.#exchange().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #exchange(): Promise<boolean> {
    const stored = readCredential(this.#io, this.#api)
    if (stored !== undefined && stored.refresh_token !== this.#current.refresh_token) {
      this.#current = stored
      return true
    }
    const client = createClient({ baseUrl: this.#api })
    try {
      const tokens = await client.send(auth.refresh, { body: { refresh_token: this.#current.refresh_token } })
      this.#current = newCredential(tokens, this.#current)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      throw new CliFailure('Your sign-in has ended.', { hint: 'Run `imperal login` again.', cause: error })
    }
    saveCredential(this.#io, this.#api, this.#current)
    return true
  }
}

/**
 * IMPERAL_API_KEY, else the stored sign-in, else the stored key, of the folder or of the user.
 * @throws CliFailure when there is none
 */
export function openSession(io: Io, api: string): Session {
  const credential = io.env.IMPERAL_API_KEY ? undefined : readCredential(io, api)
  if (credential !== undefined) {
    const keeper = new TokenKeeper(io, api, credential)
    const token = () => keeper.token()
    const refresh = () => keeper.refresh()
    return { api, token, refresh, client: createClient({ baseUrl: api, token, refresh }) }
  }
  const key = apiKey(io, api)
  if (key === undefined) throw signedOut(api)
  const client = createClient({ baseUrl: api, headers: { 'x-api-key': key } })
  return { api, client, token: async () => null, refresh: async () => false }
}
