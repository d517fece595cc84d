import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { ApiError, type Client, createClient } from '@imperal/client'
import { auth, type TokenResponse } from '@imperal/contract'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import { type Credential, saveCredential } from './credentials.ts'
import { newCredential } from './session.ts'

/** Seconds that a too fast poll adds to the interval. */
const SLOWER = 5

const REFUSALS: Readonly<Record<string, string>> = {
  access_denied: 'The request was denied.',
  expired_token: 'The code has expired before it was approved.',
  invalid_grant: 'The code is no longer valid.',
}

interface Pending {
  readonly deviceCode: string
  readonly verifier: string
  readonly intervalSeconds: number
  readonly expiresInSeconds: number
}

async function begin(client: Client, io: Io): Promise<Pending> {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const device = await client.send(auth.deviceAuthorize, {
    body: {
      code_challenge: challenge,
      code_challenge_method: 'S256',
      client_name: `imperal on ${hostname()}`.slice(0, 100),
      surface: 'terminal',
    },
  })
  io.out(`Open ${device.verification_uri_complete}`)
  io.out(`and approve the code ${device.user_code}.`)
  if (io.isInteractive) io.openBrowser(device.verification_uri_complete)
  return {
    deviceCode: device.device_code,
    verifier,
    intervalSeconds: device.interval,
    expiresInSeconds: device.expires_in,
  }
}

async function poll(client: Client, { deviceCode, verifier }: Pending) {
  try {
    return await client.send(auth.deviceToken, { body: { device_code: deviceCode, code_verifier: verifier } })
  } catch (error) {
    const refusal = error instanceof ApiError ? REFUSALS[error.code] : undefined
    if (refusal === undefined) throw error
    throw new CliFailure(refusal, { hint: 'Run `imperal login` again.', cause: error })
  }
}

async function waitForApproval(client: Client, pending: Pending, io: Io): Promise<TokenResponse> {
  let interval = pending.intervalSeconds
  const end = Date.now() + pending.expiresInSeconds * 1000
  while (Date.now() < end) {
    await io.pause(interval * 1000)
    if (io.signal.aborted) throw new CliFailure('Not signed in: interrupted.')
    const answer = await poll(client, pending)
    if ('access_token' in answer) return answer
    if (answer.error === 'slow_down') interval += SLOWER
  }
  throw new CliFailure(REFUSALS.expired_token ?? '', { hint: 'Run `imperal login` again.' })
}

/** Signs in by a code that the user approves in the panel, and stores the tokens. @throws CliFailure, ApiError */
export async function deviceLogin(io: Io, api: string): Promise<Credential> {
  const anonymous = createClient({ baseUrl: api })
  const tokens = await waitForApproval(anonymous, await begin(anonymous, io), io)
  const signedIn = createClient({ baseUrl: api, token: () => tokens.access_token })
  const me = await signedIn.send(auth.me)
  const credential = newCredential(tokens, { email: me.email, user_id: me.imperal_id })
  saveCredential(io, api, credential)
  return credential
}
