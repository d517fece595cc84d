import { OAUTH_ENDPOINTS, type OAuthProviderName } from '@imperal/contract'
import { secretFile } from '../foundation/start/index.ts'
import { type Connections, type ConnectionsOptions, openConnections } from '../modules/connections/index.ts'
import type { Ground } from './open-ground.ts'

/** Accounts of users at other services: their providers are those of the contract, unless a setting has other addresses. */
export function openConnectionsOf(
  { settings, ...ground }: Ground,
  facts: Pick<ConnectionsOptions, 'audit' | 'outbox' | 'registry' | 'secrets' | 'store' | 'tenantOf'>,
): Connections {
  const stateKeys = settings.IMPERAL_OAUTH_STATE_SECRET ?? secretFile(settings.keysDir, 'oauth-state.secret').value
  const own = settings.IMPERAL_OAUTH_ENDPOINTS ?? {}
  const withOwn = (name: OAuthProviderName) => {
    const usual = OAUTH_ENDPOINTS[name]
    const { authorize = usual.authorize, token = usual.token, userinfo = usual.userinfo } = own[name] ?? {}
    return { ...usual, authorize, token, userinfo }
  }
  const connections = openConnections({
    ...ground,
    ...facts,
    publicUrl: settings.publicUrl,
    gmailPushToken: settings.IMPERAL_GMAIL_PUSH_TOKEN,
    stateKeys: stateKeys.split(',').map((key) => key.trim()),
    strictState: settings.IMPERAL_OAUTH_STATE_STRICT,
    endpoints: { google: withOwn('google'), microsoft: withOwn('microsoft'), yahoo: withOwn('yahoo') },
    fetch,
  })
  ground.closing.add(() => connections.close())
  return connections
}
