import { intersectScopes } from '@imperal/contract'
import type { Gateway } from '../modules/gateway/index.ts'
import type { Identity } from '../modules/identity/index.ts'
import type { PlatformPort } from '../modules/kernel/index.ts'

/**
 * Requests of the platform's own apps: in the name of the calling user, as somebody with an API key that lists the app's
 * capabilities. So they reach what the app declared, no administration without an admin capability, and no session of the
 * user.
 */
export const askPlatform =
  (identity: Pick<Identity, 'principalFor'>, inside: Gateway['inside']): PlatformPort =>
  async ({ caller, capabilities, throughApps, agreedAtPanel, releasesMoney, ...request }) => {
    const user = await identity.principalFor(caller.userId)
    if (user === null || user.tenantId !== caller.tenantId) return null
    const limitedTo =
      caller.limitedTo === undefined ? [...capabilities] : intersectScopes(capabilities, caller.limitedTo)
    const scopes = intersectScopes(user.scopes, limitedTo)
    const came = { throughApps, agreedAtPanel, releasesMoney }
    const principal = { ...user, ...came, kind: 'user' as const, credential: 'api_key' as const, limitedTo, scopes }
    return inside({ ...request, principal })
  }
