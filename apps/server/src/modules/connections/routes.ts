import { connections as routes } from '@imperal/contract'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import { type Callback, connectAccount } from './connect-account.ts'
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
  return [
    implement(routes.callback, ({ params, query }) =>
      back({ appId: params.app_id, provider: params.provider, ...query }),
    ),
  ]
}
