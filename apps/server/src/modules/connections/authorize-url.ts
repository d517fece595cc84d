import { randomBytes } from 'node:crypto'
import { isOAuthProvider } from '@imperal/contract'
import type { StoreScope } from '../../foundation/scope.ts'
import { clientOf, declaredProvider } from './client-credentials.ts'
import { connectionsErrors } from './errors.ts'
import { challengeOf, signState } from './oauth-state.ts'
import type { ConnectionsParts } from './open-connections.ts'
import { redirectUri } from './redirect-uri.ts'
import type { ConnectableApp } from './types.ts'

const randomToken = (bytes: number): string => randomBytes(bytes).toString('base64url')

/** Begins a consent: its address, with a state that is worth one account of one user, and a PKCE challenge. */
export async function authorizeUrl(
  parts: ConnectionsParts,
  who: StoreScope,
  app: ConnectableApp,
  { provider, loginHint }: { readonly provider: string; readonly loginHint: string | null },
): Promise<string> {
  if (!isOAuthProvider(provider)) throw connectionsErrors.NOT_DECLARED({ provider: provider.slice(0, 64) })
  const { scopes } = declaredProvider(app, provider)
  const client = await clientOf(parts.secrets, app, provider)
  const state = {
    app_id: who.appId,
    user_id: who.userId,
    tenant_id: who.tenantId,
    provider,
    iat: Math.floor(parts.clock.now() / 1000),
    nonce: randomToken(24),
  }
  const verifier = randomToken(48)
  await parts.attempts.begin(state, verifier)
  const [key = ''] = parts.stateKeys
  const { authorize, extra } = parts.endpoints[provider]
  const url = new URL(authorize)
  const query = {
    client_id: client.id,
    response_type: 'code',
    redirect_uri: redirectUri(parts.publicUrl, who.appId, provider),
    scope: scopes.join(' '),
    state: signState(key, state),
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    ...extra,
    ...(loginHint === null || loginHint === '' ? {} : { login_hint: loginHint }),
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}
