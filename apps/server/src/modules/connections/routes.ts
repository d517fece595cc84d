import { connections as routes } from '@imperal/contract'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import { type Callback, connectAccount } from './connect-account.ts'
import { connectionsErrors } from './errors.ts'
import { takeGmailPush } from './gmail-push.ts'
import { accountsOf } from './known-accounts.ts'
import type { ConnectionsParts } from './open-connections.ts'

// The address holds the code and the state: nothing on the way may keep it or tell it on.
const HEADERS = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }

export function connectionsHandlers(parts: ConnectionsParts): MountedRoute[] {
  const back = async (callback: Callback) => {
    const outcome = await connectAccount(parts, callback)
    // The panel's own page and nothing else is ever the target.
    const target = new URL(`/ext/${callback.appId}`, parts.publicUrl)
    target.searchParams.set(outcome === null ? 'connected' : 'oauth_error', outcome ?? callback.provider)
    return reply(302, '', { location: target.href, ...HEADERS })
  }
  const accounts = async (userId: string) => {
    const tenantId = await parts.tenantOf(userId)
    if (tenantId === null) throw connectionsErrors.USER_UNKNOWN()
    const found = await accountsOf(parts, { tenantId, userId })
    return {
      accounts: found.map(({ provider, email, connectedAt, status }, index) => ({
        provider,
        email,
        connected_at: connectedAt.toISOString(),
        is_primary: index === 0,
        status,
      })),
    }
  }
  return [
    implement(routes.gmailPush, ({ query, body, headers }) => {
      const sent = /^Bearer (.+)$/i.exec(String(headers.authorization ?? ''))?.[1] ?? query.token
      // Answered at once; Google sends again what it takes for lost, and that may be ignored, too.
      takeGmailPush(parts, { token: sent, body }).catch((error: unknown) =>
        parts.log.warn({ err: error }, 'a message about a mailbox could not be handed on'),
      )
      return reply(200, { received: true as const }, { deprecation: 'true' })
    }),
    implement(routes.mailAccounts, ({ query }) => accounts(query.user_id)),
    implement(routes.gmailAccounts, ({ query }) => accounts(query.user_id)),
    implement(routes.callback, ({ params, query }) =>
      back({ appId: params.app_id, provider: params.provider, ...query }),
    ),
  ]
}
