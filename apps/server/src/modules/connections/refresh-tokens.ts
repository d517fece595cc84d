import { isOAuthProvider, isTokenOld, type JsonObject, unixSeconds } from '@imperal/contract'
import type { Writer } from '../../foundation/db/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { claimRenewal } from './claim-renewal.ts'
import { clientOf, declaredProvider } from './client-credentials.ts'
import { connectionsErrors } from './errors.ts'
import type { ConnectionsParts } from './open-connections.ts'
import { grantOf, type ProviderAnswer, postGrant } from './provider-requests.ts'
import { openTokens, sealTokens } from './sealed-accounts.ts'
import type { ConnectableApp, RefreshedTokens, RefreshRequest } from './types.ts'

interface Asked {
  readonly who: StoreScope
  readonly app: ConnectableApp
  readonly request: RefreshRequest
  readonly writer: Writer
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const tokensOf = (account: JsonObject): RefreshedTokens => ({
  access_token: text(account.access_token),
  expires_at: unixSeconds(account.expires_at) ?? 0,
  refresh_token: text(account.refresh_token) || null,
})

const failed = (provider: string, reconnect: boolean, status: number) =>
  connectionsErrors.REFRESH_FAILED({ provider, reconnect_required: reconnect, status_code: status })

/** The account as it is kept now, or what the app has in hand when it is kept nowhere. */
async function present(parts: ConnectionsParts, { who, app, request }: Asked): Promise<JsonObject> {
  const stored = await parts.store.get(who, request.collection, request.accountId)
  return stored === null ? request.account : openTokens(parts.keyring, app.appId, who.tenantId, stored.data)
}

/** Somebody else has renewed it meanwhile: the token is another one than the app has in hand, and good. */
const isRenewedMeanwhile = (account: JsonObject, { account: inHand, skew }: RefreshRequest, now: number): boolean =>
  text(account.access_token) !== text(inHand.access_token) && !isTokenOld(account, now, skew)

function refusalOf(provider: string, { status, body }: ProviderAnswer) {
  const reconnect = body.error === 'invalid_grant' || status === 400 || status === 401
  return failed(provider, reconnect, status)
}

async function keep(parts: ConnectionsParts, { who, app, request, writer }: Asked, renewed: RefreshedTokens) {
  const { refresh_token: refreshToken, ...access } = renewed
  const patch = { ...access, ...(refreshToken === null ? {} : { refresh_token: refreshToken }) }
  try {
    const sealed = sealTokens(parts.keyring, app.appId, who.tenantId, patch)
    await parts.store.update(writer, who, request.collection, request.accountId, sealed)
  } catch (error) {
    // The token is good all the same; the next call renews again.
    parts.log.warn({ err: error, app: app.appId }, 'a renewed token was not kept')
  }
}

/** Tokens that are good already, so that nobody has to be asked. */
function goodNow(account: JsonObject, request: RefreshRequest, now: number): RefreshedTokens | null {
  const isGood = isRenewedMeanwhile(account, request, now) || !(request.force || isTokenOld(account, now, request.skew))
  return isGood ? tokensOf(account) : null
}

async function renew(parts: ConnectionsParts, asked: Asked): Promise<RefreshedTokens> {
  const now = parts.clock.now() / 1000
  const before = goodNow(await present(parts, asked), asked.request, now)
  if (before !== null) return before
  const claim = await claimRenewal(parts.db, asked.who, asked.request.accountId)
  try {
    // The node that held the claim before has kept its outcome by now: then it is ours.
    const account = await present(parts, asked)
    return goodNow(account, asked.request, now) ?? (await askProvider(parts, asked, { account, now }))
  } finally {
    await claim
      ?.release()
      .catch((err) => parts.log.warn({ err, app: asked.app.appId }, 'a claim to renew a token lapses by itself'))
  }
}

async function askProvider(
  parts: ConnectionsParts,
  asked: Asked,
  { account, now }: { readonly account: JsonObject; readonly now: number },
): Promise<RefreshedTokens> {
  const { app, request } = asked
  const { provider } = request
  const refreshToken = text(account.refresh_token) || text(request.account.refresh_token)
  if (refreshToken === '') throw failed(provider, true, 0)
  if (!isOAuthProvider(provider)) throw connectionsErrors.NOT_DECLARED({ provider: provider.slice(0, 64) })
  const client = await clientOf(parts.secrets, app, provider)
  const answer = await postGrant(parts.fetch, parts.endpoints[provider], {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: client.id,
    ...(client.secret === '' ? {} : { client_secret: client.secret }),
  })
  const grant = grantOf(answer, now)
  if (grant === null) {
    // Another node may have used the rotated token a moment before: then its outcome is ours.
    const again = await present(parts, asked)
    if (isRenewedMeanwhile(again, request, now)) return tokensOf(again)
    throw refusalOf(provider, answer)
  }
  const renewed = {
    access_token: grant.accessToken,
    expires_at: grant.expiresAt,
    refresh_token: grant.refreshToken ?? refreshToken,
  }
  await keep(parts, asked, renewed)
  return renewed
}

/** One renewal at a time for an account; whoever asks meanwhile waits for its outcome. */
export function openRefresh(parts: ConnectionsParts): (asked: Asked) => Promise<RefreshedTokens> {
  const running = new Map<string, Promise<RefreshedTokens>>()
  return async (asked) => {
    const { who, app, request } = asked
    declaredProvider(app, request.provider)
    const key = JSON.stringify([who.tenantId, who.userId, who.appId, request.collection, request.accountId])
    const before = running.get(key)
    if (before !== undefined) return before
    const renewal = renew(parts, asked).finally(() => running.delete(key))
    running.set(key, renewal)
    return renewal
  }
}
