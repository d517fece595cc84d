import { type JsonObject, SYSTEM_USER, WEBHOOK_USER } from '@imperal/contract'
import type { Identity } from '../../identity/index.ts'
import type { KernelCaller } from '../types.ts'

/** In whose name a call runs. `system` and `webhook` are nobody's: they see no user's data of themselves. */
export interface ActingUser {
  readonly kind: 'user' | 'system' | 'webhook'
  readonly userId: string
  readonly tenantId: string
  readonly agencyId: string | null
  readonly orgId: string | null
  readonly email: string | null
  readonly role: string
  readonly scopes: readonly string[]
  readonly deniedScopes: readonly string[]
  /** Scopes of the credential that stands behind the call, when it allows less than its user may. */
  readonly limitedTo?: readonly string[] | undefined
  readonly attributes: JsonObject
  readonly isActive: boolean
  readonly isDeveloper?: boolean
  /** What the role allows; nobody's identities have none. */
  readonly limits?: { readonly maxConcurrentTasks: number; readonly monthlyActions: number } | undefined
}

const nobody = (kind: 'system' | 'webhook', tenantId: string): ActingUser => ({
  kind,
  userId: kind === 'system' ? SYSTEM_USER : WEBHOOK_USER,
  tenantId,
  agencyId: null,
  orgId: null,
  email: null,
  role: kind,
  scopes: kind === 'system' ? ['*'] : [],
  deniedScopes: [],
  attributes: {},
  isActive: true,
})

/** Null when the tenant has no such user. */
export async function actingUser(
  identity: Identity,
  { tenantId, userId, limitedTo }: KernelCaller,
): Promise<ActingUser | null> {
  if (userId === SYSTEM_USER) return nobody('system', tenantId)
  if (userId === WEBHOOK_USER) return nobody('webhook', tenantId)
  const actor = await identity.actor(tenantId, userId)
  return actor === null ? null : { kind: 'user', ...actor, limitedTo }
}
