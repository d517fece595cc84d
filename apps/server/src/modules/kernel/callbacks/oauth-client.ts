import type { JsonObject } from '@imperal/contract'
import { PlatformError } from '../../../foundation/errors.ts'
import type { ConnectableApp } from '../../connections/index.ts'
import { numberOf, objectAt, optionalObjectAt, textAt, textOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback, toCallbackError } from './refuse-callback.ts'
import { actsForNobody, type CallSession, scopeOf } from './session.ts'

const SKEW = { usual: 60, most: 86_400 }

export const connectableApp = ({ call }: CallSession): ConnectableApp => ({
  appId: call.use.app.appId,
  ownerTenantId: call.use.app.ownerTenantId,
  manifest: call.use.version.manifest,
})

function toOAuthError(error: unknown) {
  if (!(error instanceof PlatformError)) return toCallbackError(error)
  if (error.code === 'CONNECTIONS_NOT_DECLARED')
    return refusedCallback('validation_error', error.message, { field: 'provider' })
  if (error.code === 'CONNECTIONS_NOT_SET_UP') return refusedCallback('api_error', error.message, { status_code: 503 })
  if (error.code === 'CONNECTIONS_REFRESH_FAILED')
    return refusedCallback('token_refresh_error', error.message, error.details as JsonObject)
  return toCallbackError(error)
}

function requireUser(session: CallSession, asUser: string | null): void {
  if (!actsForNobody(session) || asUser !== null) return
  throw refusedCallback('context_unavailable', 'An account belongs to a user; choose one first.', {
    member: 'oauth',
    handler_kind: session.kind,
  })
}

/** Accounts at other services (sdk.md 2.20): the client's secret stays with the platform. */
export const oauthClient: ClientTable<'oauth'> = {
  async authorize_url(session, args, asUser) {
    requireUser(session, asUser)
    const ask = { provider: textAt(args, 0, 'provider'), loginHint: textOf(args[1]) ?? null }
    const who = await scopeOf(session, asUser)
    try {
      return await session.parts.connections.authorizeUrl(who, connectableApp(session), ask)
    } catch (error) {
      throw toOAuthError(error)
    }
  },
  async refresh(session, args, asUser) {
    requireUser(session, asUser)
    const given = objectAt(args, 0, 'request')
    const who = await scopeOf(session, asUser)
    const skew = numberOf(given.skew) ?? SKEW.usual
    try {
      const { access_token, expires_at, refresh_token } = await session.parts.connections.refresh(
        session.writer,
        who,
        connectableApp(session),
        {
          provider: textOf(given.provider) ?? '',
          collection: textOf(given.collection) ?? '',
          accountId: textOf(given.account_id) ?? '',
          account: optionalObjectAt([given.account ?? null], 0, 'account') ?? {},
          force: given.force === true,
          skew: Math.min(Math.max(skew, 0), SKEW.most),
        },
      )
      return { access_token, expires_at, refresh_token }
    } catch (error) {
      throw toOAuthError(error)
    }
  },
}
