import { accountsCollection, isTokenOld, unixSeconds } from '@imperal/contract/oauth'
import type { StoreClient } from '../clients/store.ts'
import type { LogLevel } from '../clients/transport.ts'
import { runtimeOf } from '../context/runtime.ts'
import { APIError, HttpStatusError, TokenRefreshError } from '../errors.ts'
import type { OAuthProvider } from '../extension/declarations.ts'
import { type Document, withData } from '../values/document.ts'
import { isObject, type JsonObject } from '../values/json.ts'

/** A connected account as the platform keeps it in `<provider>_accounts`. */
export type OAuthAccount = Document<JsonObject>

/** What renewing needs of ctx; every context with a user has it. */
export interface TokenContext {
  readonly store: StoreClient
  log(message: string, level?: LogLevel): void
}

export interface FreshTokenOptions {
  /** That of the account, else `google`. */
  provider?: OAuthProvider
  /** That of the account. */
  collection?: string
  /** Seconds before its end at which a token counts as old; 60 unless told. */
  skew?: number
  force?: boolean
}

/** Whether the token is missing, its end unknown, or less than `skew` seconds away. `now` is in unix seconds. */
export function needsRefresh(account: OAuthAccount, now: number, skew?: number): boolean {
  return isTokenOld(account.data, now, skew)
}

const providerOf = (account: OAuthAccount): OAuthProvider =>
  (typeof account.data.provider === 'string' ? account.data.provider : 'google') as OAuthProvider // the platform knows which there are

/**
 * The account with an access token that is good now. The platform renews it when it is not, with the client secret of the
 * app, and keeps what was renewed; whoever asks at the same moment gets the same token.
 * @throws TokenRefreshError, whose `reconnectRequired` says that only the user can help
 */
export async function freshToken(
  ctx: TokenContext,
  account: OAuthAccount,
  options: FreshTokenOptions = {},
): Promise<OAuthAccount> {
  const runtime = runtimeOf(ctx)
  if (runtime === undefined) throw new TypeError('freshToken needs the ctx of a handler')
  const { provider = providerOf(account), skew, force = false } = options
  if (!force && !needsRefresh(account, runtime.now() / 1000, skew)) return account
  const renewed = await runtime.transport.call('oauth', 'refresh', {
    provider,
    collection: options.collection || account.collection || accountsCollection(provider),
    account_id: account.id,
    account: account.data,
    force,
    skew: skew ?? null,
  })
  if (!isObject(renewed) || typeof renewed.access_token !== 'string')
    throw new TokenRefreshError('The platform answered no token', false, 502)
  const { access_token, expires_at, refresh_token } = renewed
  return withData(account, {
    ...account.data,
    access_token,
    expires_at: unixSeconds(expires_at) ?? 0,
    ...(typeof refresh_token === 'string' ? { refresh_token } : {}),
  })
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
