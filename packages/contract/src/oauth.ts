/** What is known of the providers whose accounts the platform connects (sdk.md 2.20). Free of imports. */

export type OAuthProviderName = 'google' | 'microsoft' | 'yahoo'

const NAMES: readonly string[] = ['google', 'microsoft', 'yahoo']
export const isOAuthProvider = (name: string): name is OAuthProviderName => NAMES.includes(name)

export interface OAuthEndpoints {
  readonly authorize: string
  readonly token: string
  /** Answers `{sub, email}` of whoever the access token belongs to. */
  readonly userinfo: string
  /** Members of the authorize address beside those of every provider. */
  readonly extra: Readonly<Record<string, string>>
}

export const OAUTH_ENDPOINTS: Readonly<Record<OAuthProviderName, OAuthEndpoints>> = {
  google: {
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    userinfo: 'https://openidconnect.googleapis.com/v1/userinfo',
    extra: { access_type: 'offline', prompt: 'consent' },
  },
  microsoft: {
    authorize: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    token: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    userinfo: 'https://graph.microsoft.com/oidc/userinfo',
    extra: { response_mode: 'query' },
  },
  yahoo: {
    authorize: 'https://api.login.yahoo.com/oauth2/request_auth',
    token: 'https://api.login.yahoo.com/oauth2/get_token',
    userinfo: 'https://api.login.yahoo.com/openid/v1/userinfo',
    extra: {},
  },
}

/** Seconds that an access token lives when the provider does not say it. */
export const USUAL_TOKEN_SECONDS = 3600
/** Seconds before its end at which a token counts as old, unless told (sdk.md D40). */
export const TOKEN_SKEW_SECONDS = 60

/** Unix seconds of a number, a numeric text or an ISO time; undefined when it is none of them. */
export function unixSeconds(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value === '') return undefined
  const parsed = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000
  return Number.isNaN(parsed) ? undefined : parsed
}

/** Whether an account's token is missing, its end unknown, or less than `skew` seconds away. `now` in unix seconds. */
export function isTokenOld(
  account: Readonly<Record<string, unknown>>,
  now: number,
  skew = TOKEN_SKEW_SECONDS,
): boolean {
  const { access_token: token, expires_at: expiresAt } = account
  const end = unixSeconds(expiresAt)
  return typeof token !== 'string' || token === '' || end === undefined || end - now <= skew
}

/** Collection of a provider's accounts, unless declared otherwise. */
export const accountsCollection = (provider: string, declared?: string): string => declared ?? `${provider}_accounts`
/** Names of the app-wide secrets that hold the client's credentials. */
export const clientSecretNames = (provider: string) => ({
  id: `${provider}_client_id`,
  secret: `${provider}_client_secret`,
})
