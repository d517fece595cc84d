import { type JsonObject, type OAuthEndpoints, USUAL_TOKEN_SECONDS, unixSeconds } from '@imperal/contract'

const TIMEOUT_MS = 10_000
const MOST_BYTES = 256 * 1024

/** How providers are reached: their addresses are the operator's, so they pass no check for private networks. */
export type ProviderFetch = typeof fetch

export interface ProviderAnswer {
  readonly status: number
  readonly body: JsonObject
}

/** Tokens as a provider grants them, with the end of the access in unix seconds. */
export interface Grant {
  readonly accessToken: string
  readonly refreshToken: string | null
  readonly idToken: string | null
  readonly expiresAt: number
  readonly scope: string | null
}

async function answerOf(response: Response): Promise<ProviderAnswer> {
  const text = (await response.text()).slice(0, MOST_BYTES)
  try {
    const body: unknown = JSON.parse(text)
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
    return { status: response.status, body: isObject ? (body as JsonObject) : {} }
  } catch {
    return { status: response.status, body: {} } // a page instead of JSON: the status says enough
  }
}

/** Posts a grant. Status 0 stands for a provider that cannot be reached. */
export async function postGrant(
  doFetch: ProviderFetch,
  endpoints: OAuthEndpoints,
  form: Readonly<Record<string, string>>,
): Promise<ProviderAnswer> {
  try {
    return await answerOf(
      await doFetch(endpoints.token, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    )
  } catch {
    return { status: 0, body: {} } // unreachable or too slow
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Null when the answer grants nothing. `now` in unix seconds. */
export function grantOf({ status, body }: ProviderAnswer, now: number): Grant | null {
  const accessToken = text(body.access_token)
  if (status < 200 || status > 299 || accessToken === null) return null
  return {
    accessToken,
    refreshToken: text(body.refresh_token),
    idToken: text(body.id_token),
    expiresAt: Math.floor(now) + (unixSeconds(body.expires_in) ?? USUAL_TOKEN_SECONDS),
    scope: text(body.scope),
  }
}

export interface Whose {
  readonly subject: string | null
  readonly email: string | null
  readonly name: string | null
}

/** Whose account it is, as far as the provider tells it to these scopes. */
export async function whoIs(doFetch: ProviderFetch, endpoints: OAuthEndpoints, accessToken: string): Promise<Whose> {
  const nobody = { subject: null, email: null, name: null }
  try {
    const { status, body } = await answerOf(
      await doFetch(endpoints.userinfo, {
        headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    )
    return status === 200 ? { subject: text(body.sub), email: text(body.email), name: text(body.name) } : nobody
  } catch {
    return nobody // an account without a name is still an account
  }
}
