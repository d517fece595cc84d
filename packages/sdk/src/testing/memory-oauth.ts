import {
  clientSecretNames,
  isOAuthProvider,
  isTokenOld,
  OAUTH_ENDPOINTS,
  USUAL_TOKEN_SECONDS,
  unixSeconds,
} from '@imperal/contract/oauth'
import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../encoding.ts'
import { isObject, type JsonObject, type JsonValue, stringOr } from '../values/json.ts'
import type { MemoryClock } from './memory-clock.ts'
import type { MemoryHttp } from './memory-http.ts'
import type { Owner } from './memory-store.ts'
import { portError } from './port-error.ts'

type Ask = (owner: Owner, args: readonly JsonValue[]) => JsonValue

interface Surroundings {
  readonly http: MemoryHttp
  readonly clock: MemoryClock
  readonly secret: (owner: Owner, name: string) => string | null
  readonly store: Readonly<Record<string, Ask>>
  /** Undefined when no extension is under test: then every provider is declared. */
  readonly providers: ReadonlyMap<string, { readonly scopes: readonly string[] }> | undefined
}

const members = (value: JsonValue | undefined): JsonObject => (isObject(value) ? (value as JsonObject) : {})

function checkedProvider({ providers }: Surroundings, name: string) {
  if (isOAuthProvider(name) && (providers === undefined || providers.has(name)))
    return { endpoints: OAUTH_ENDPOINTS[name], scopes: providers?.get(name)?.scopes ?? [] }
  throw portError('validation_error', `The app does not connect accounts of ${name}.`, { field: 'provider' })
}

function authorizeUrl(around: Surroundings, owner: Owner, name: string, hint: JsonValue | undefined): string {
  const { endpoints, scopes } = checkedProvider(around, name)
  const clientId = around.secret(owner, clientSecretNames(name).id)
  if (clientId === null) throw portError('api_error', `The app has no client id of ${name}.`, { status_code: 503 })
  const url = new URL(endpoints.authorize)
  const query = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: `https://panel.imperal.io/v1/ext/${owner.appId}/oauth/${name}/callback`,
    scope: scopes.join(' '),
    state: `test.${owner.userId}`,
    ...endpoints.extra,
    ...(typeof hint === 'string' && hint !== '' ? { login_hint: hint } : {}),
  }
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  return url.href
}

/** The post of a refresh token through the network of the test. */
function grant(around: Surroundings, owner: Owner, name: string, refreshToken: string): JsonObject {
  const { endpoints } = checkedProvider(around, name)
  const names = clientSecretNames(name)
  const form = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: around.secret(owner, names.id) ?? '',
    client_secret: around.secret(owner, names.secret) ?? '',
  }
  const answer = around.http.request({
    method: 'POST',
    url: endpoints.token,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body_base64: toBase64Url(utf8(new URLSearchParams(form).toString())),
  })
  const status = Number(answer.status_code)
  const text = fromUtf8(fromBase64Url(String(answer.body_base64)))
  const body = members(/^\s*\{/.test(text) ? JSON.parse(text) : {})
  if (status >= 200 && status < 300 && typeof body.access_token === 'string') return body
  const reconnect = body.error === 'invalid_grant' || status === 400 || status === 401
  throw portError('token_refresh_error', `${name} did not renew the access token.`, {
    reconnect_required: reconnect,
    status_code: status,
  })
}

function refresh(around: Surroundings, owner: Owner, request: JsonObject): JsonObject {
  const { provider, collection, account_id: id, account: given, force, skew } = request
  const stored = around.store.get?.(owner, [String(collection), String(id)]) ?? null
  const inHand = members(given)
  const account = isObject(stored) ? members(stored.data as JsonValue) : inHand
  const now = around.clock.now() / 1000
  const isOld = isTokenOld(account, now, typeof skew === 'number' ? skew : undefined)
  const isRenewed = account.access_token !== inHand.access_token
  if (!isOld && (force !== true || isRenewed)) return account
  const refreshToken = stringOr(account.refresh_token, stringOr(inHand.refresh_token, ''))
  if (refreshToken === '')
    throw portError('token_refresh_error', 'The account has no refresh token.', {
      reconnect_required: true,
      status_code: 0,
    })
  const renewed = grant(around, owner, String(provider), refreshToken)
  const tokens: JsonObject = {
    access_token: renewed.access_token ?? '',
    expires_at: Math.floor(now) + (unixSeconds(renewed.expires_in) ?? USUAL_TOKEN_SECONDS),
    refresh_token: stringOr(renewed.refresh_token, refreshToken),
  }
  if (stored !== null) around.store.update?.(owner, [String(collection), String(id), tokens, {}])
  return tokens
}

/** Accounts of a test: consents are never shown, tokens are renewed through the test's network. */
export const memoryOAuth = (around: Surroundings): Readonly<Record<string, Ask>> => ({
  authorize_url: (owner, [provider, hint]) => authorizeUrl(around, owner, String(provider), hint),
  refresh: (owner, [request]) => {
    const { access_token, expires_at, refresh_token } = refresh(around, owner, members(request))
    return { access_token: access_token ?? '', expires_at: expires_at ?? 0, refresh_token: refresh_token ?? null }
  },
})
