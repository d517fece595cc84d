import { createHash } from 'node:crypto'
import { accountsCollection, isOAuthProvider, type JsonObject } from '@imperal/contract'
import type { Writer } from '../../foundation/db/index.ts'
import { uuidv7 } from '../../foundation/ids.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { clientOf, declaredProvider } from './client-credentials.ts'
import { connectionsErrors } from './errors.ts'
import { rememberAccount } from './known-accounts.ts'
import { type LaxPayload, readState } from './oauth-state.ts'
import type { ConnectionsParts } from './open-connections.ts'
import { type Grant, grantOf, postGrant, type Whose, whoIs } from './provider-requests.ts'
import { redirectUri } from './redirect-uri.ts'
import { sealTokens } from './sealed-accounts.ts'
import type { ConnectableApp } from './types.ts'

export interface Callback {
  readonly appId: string
  readonly provider: string
  readonly code: string
  readonly state: string
  readonly error: string
}

const writerOf = (parts: ConnectionsParts, tenantId: string): Writer => ({
  tenantId,
  atomic: (statements) => parts.db.atomic(tenantId, statements),
})

/** One account of a person is one document, however often it is connected. */
const accountId = (provider: string, { subject, email }: Whose): string => {
  const who = subject ?? email
  return who === null
    ? `acc_${uuidv7()}`
    : `acc_${createHash('sha256')
        .update(JSON.stringify([provider, who]))
        .digest('hex')
        .slice(0, 24)}`
}

const withoutNulls = (members: Record<string, string | number | null>): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))

/** Google grants a refresh token only at the first consent, so one that is there already stays. */
const tokensOf = (grant: Grant): JsonObject =>
  withoutNulls({
    access_token: grant.accessToken,
    refresh_token: grant.refreshToken,
    id_token: grant.idToken,
    expires_at: grant.expiresAt,
    scope: grant.scope,
  })

async function keep(
  parts: ConnectionsParts,
  who: StoreScope,
  app: ConnectableApp,
  found: { readonly provider: string; readonly collection: string; readonly grant: Grant; readonly whose: Whose },
): Promise<string> {
  const { provider, collection, grant, whose } = found
  const id = accountId(provider, whose)
  const writer = writerOf(parts, who.tenantId)
  const data = sealTokens(parts.keyring, app.appId, who.tenantId, {
    provider,
    ...withoutNulls({ email: whose.email, subject: whose.subject, name: whose.name }),
    ...tokensOf(grant),
    connected_at: parts.clock.iso(),
    status: 'connected',
  })
  const before = await parts.store.get(who, collection, id)
  await parts.store.set(writer, who, collection, id, { ...before?.data, ...data })
  const connectedAt = new Date(parts.clock.now())
  await rememberAccount(parts.db, { ...who, accountId: id, provider, collection, email: whose.email, connectedAt })
  return id
}

/** The app tells its panels and its handlers; the audit tells everybody else. */
async function tell(
  parts: ConnectionsParts,
  who: StoreScope,
  account: { readonly provider: string; readonly id: string; readonly email: string | null },
): Promise<void> {
  const data: JsonObject = { provider: account.provider, account_id: account.id, email: account.email }
  await parts.db.tenant(who.tenantId, (tx) =>
    parts.outbox.publish(tx, {
      tenantId: who.tenantId,
      userId: who.userId,
      type: 'event',
      payload: {
        event_type: `${who.appId}.oauth_connected`,
        event_id: uuidv7(),
        source: 'user',
        data,
        timestamp: parts.clock.iso(),
        user_id: who.userId,
        tenant_id: who.tenantId,
        schema_version: 1,
      },
    }),
  )
  await parts.audit.record({
    tenantId: who.tenantId,
    actorId: who.userId,
    actorType: 'user',
    userId: who.userId,
    action: 'oauth.connected',
    targetType: 'app',
    targetId: who.appId,
    metadata: { provider: account.provider, account_id: account.id },
    source: 'oauth',
    retentionClass: 'security_forever',
  })
}

/** What the state is worth: signed here, for this app and provider, not too old. @throws CONNECTIONS_BAD_STATE */
function checkedState(parts: ConnectionsParts, { state, appId, provider }: Callback): LaxPayload {
  const payload = readState(parts.stateKeys, state, { now: parts.clock.now(), strict: parts.strictState })
  if (payload === null || payload.app_id !== appId || payload.provider !== provider) throw connectionsErrors.BAD_STATE()
  return payload
}

/** The member of the grant that proves who began; none for a state that an app signed itself. @throws CONNECTIONS_BAD_STATE */
async function proofOf(parts: ConnectionsParts, state: LaxPayload): Promise<{ readonly code_verifier?: string }> {
  const { nonce } = state
  if (nonce === undefined) return {}
  const verifier = await parts.attempts.take({ ...state, nonce })
  if (verifier === null) throw connectionsErrors.BAD_STATE()
  return { code_verifier: verifier }
}

/**
 * The way back from a consent page (api.md 7.6). Gives the code of what went wrong, or null when the account is kept.
 * @throws CONNECTIONS_BAD_STATE, CONNECTIONS_NOT_DECLARED: nobody may be sent anywhere on such a request
 */
export async function connectAccount(parts: ConnectionsParts, callback: Callback): Promise<string | null> {
  const { provider } = callback
  if (!isOAuthProvider(provider)) throw connectionsErrors.NOT_DECLARED({ provider: provider.slice(0, 64) })
  const state = checkedState(parts, callback)
  const who: StoreScope = { tenantId: state.tenant_id, userId: state.user_id, appId: state.app_id }
  const mine = await parts.appOf(who)
  if (mine === null) throw connectionsErrors.NOT_DECLARED({ provider })
  const declared = declaredProvider(mine, provider)
  const proof = await proofOf(parts, state)
  if (callback.error !== '') return /^[a-z0-9_]{1,64}$/.test(callback.error) ? callback.error : 'provider_error'
  if (callback.code === '') return 'invalid_request'
  const client = await clientOf(parts.secrets, mine, provider)
  const endpoints = parts.endpoints[provider]
  const answer = await postGrant(parts.fetch, endpoints, {
    grant_type: 'authorization_code',
    code: callback.code,
    redirect_uri: redirectUri(parts.publicUrl, who.appId, provider),
    ...proof,
    client_id: client.id,
    ...(client.secret === '' ? {} : { client_secret: client.secret }),
  })
  const grant = grantOf(answer, parts.clock.now() / 1000)
  if (grant === null) {
    parts.log.warn({ app: who.appId, provider, status: answer.status }, 'a consent could not be exchanged for tokens')
    return answer.status === 0 ? 'provider_unavailable' : 'exchange_failed'
  }
  const whose = await whoIs(parts.fetch, endpoints, grant.accessToken)
  const collection = accountsCollection(provider, declared.collection)
  const id = await keep(parts, who, mine, { provider, collection, grant, whose })
  await tell(parts, who, { provider, id, email: whose.email })
  return null
}
