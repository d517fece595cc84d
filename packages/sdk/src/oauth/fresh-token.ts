import type { HttpClient } from '../clients/http.ts'
import type { SecretsClient } from '../clients/secrets.ts'
import type { StoreClient } from '../clients/store.ts'
import type { LogLevel } from '../clients/transport.ts'
import { APIError, HttpStatusError, TokenRefreshError, ValidationError } from '../errors.ts'
import type { OAuthProvider } from '../extension/declarations.ts'
import type { Document } from '../values/document.ts'
import { isObject, type JsonObject, type JsonValue } from '../values/json.ts'

/** A connected account as the platform keeps it in `<provider>_accounts`. */
export type OAuthAccount = Document<JsonObject>

/** What renewing needs of ctx; every context with a user has it. */
export interface TokenContext {
  readonly http: HttpClient
  readonly store: StoreClient
  readonly secrets: SecretsClient
  readonly time: { readonly nowUtc: string }
  log(message: string, level?: LogLevel): void
}

export interface FreshTokenOptions {
  provider?: OAuthProvider
  /** `<provider>_accounts` unless told. */
  collection?: string
  /** Seconds before its end at which a token counts as old; 60 unless told. */
  skew?: number
  force?: boolean
}

const TOKEN_ENDPOINTS: Readonly<Record<OAuthProvider, string>> = {
  google: 'https://oauth2.googleapis.com/token',
  microsoft: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
  yahoo: 'https://api.login.yahoo.com/oauth2/get_token',
}
const DEFAULT_SECONDS = 3600
const SKEW_SECONDS = 60

/** Unix seconds of a number, a numeric text or an ISO time; undefined when it is none of them. */
function seconds(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value === '') return undefined
  const parsed = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000
  return Number.isNaN(parsed) ? undefined : parsed
}

/** Whether the token is missing, its end unknown, or less than `skew` seconds away. `now` is in unix seconds. */
export function needsRefresh(account: OAuthAccount, now: number, skew = SKEW_SECONDS): boolean {
  const { access_token: token, expires_at: expiresAt } = account.data
  const end = seconds(expiresAt)
  return typeof token !== 'string' || token === '' || end === undefined || end - now <= skew
}

async function grant(ctx: TokenContext, provider: OAuthProvider, refreshToken: string): Promise<JsonObject> {
  const form = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: (await ctx.secrets.get(`${provider}_client_id`)) ?? '',
    client_secret: (await ctx.secrets.get(`${provider}_client_secret`)) ?? '',
  }
  const answer = await ctx.http.post(TOKEN_ENDPOINTS[provider], { form })
  const body = isObject(answer.body) ? (answer.body as JsonObject) : {}
  if (answer.ok && typeof body.access_token === 'string') return body
  const reconnect = body.error === 'invalid_grant' || answer.statusCode === 400 || answer.statusCode === 401
  throw new TokenRefreshError(`${provider} did not renew the access token`, reconnect, answer.statusCode)
}

/**
 * The account with an access token that is good now; renews it when it is not, and keeps what was renewed.
 * @throws TokenRefreshError, whose `reconnectRequired` says that only the user can help
 */
export async function freshToken(
  ctx: TokenContext,
  account: OAuthAccount,
  options: FreshTokenOptions = {},
): Promise<OAuthAccount> {
  const { provider = 'google', skew = SKEW_SECONDS, force = false } = options
  if (!Object.hasOwn(TOKEN_ENDPOINTS, provider)) throw new ValidationError('provider', `'${provider}' is not known`)
  const now = Date.parse(ctx.time.nowUtc) / 1000
  if (!force && !needsRefresh(account, now, skew)) return account
  const { refresh_token: refreshToken } = account.data
  if (typeof refreshToken !== 'string' || refreshToken === '')
    throw new TokenRefreshError('The account has no refresh token', true, 0)
  const renewed = await grant(ctx, provider, refreshToken)
  const patch: JsonObject = {
    access_token: renewed.access_token ?? '',
    expires_at: Math.floor(now) + (seconds(renewed.expires_in) ?? DEFAULT_SECONDS),
    ...(typeof renewed.refresh_token === 'string' ? { refresh_token: renewed.refresh_token } : {}),
  }
  try {
    return await ctx.store.update(options.collection ?? `${provider}_accounts`, account.id, patch)
  } catch (error) {
    ctx.log(`a renewed token was not kept: ${error instanceof Error ? error.name : 'unknown'}`, 'warn')
    return Object.freeze({ ...account, data: { ...account.data, ...patch } })
  }
}

const isUnauthorized = (error: unknown): boolean =>
  (error instanceof APIError || error instanceof HttpStatusError) && error.statusCode === 401

/**
 * Runs `call` with a good token; when it fails with HTTP 401, renews once by force and tries once more. A passing
 * trouble with renewing still tries the token at hand.
 */
export async function withFreshToken<T>(
  ctx: TokenContext,
  account: OAuthAccount,
  call: (account: OAuthAccount) => Promise<T>,
  options: FreshTokenOptions = {},
): Promise<T> {
  const ready = await freshToken(ctx, account, options).catch((error: unknown) => {
    if (error instanceof TokenRefreshError && !error.reconnectRequired) return account
    throw error
  })
  try {
    return await call(ready)
  } catch (error) {
    if (!isUnauthorized(error)) throw error
    return call(await freshToken(ctx, ready, { ...options, force: true }))
  }
}
