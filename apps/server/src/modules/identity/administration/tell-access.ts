import type { JsonObject } from '@imperal/contract'
import { CompiledQuery } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { eventMessage } from '../../outbox/index.ts'
import type { IdentityContext } from '../context.ts'
import type { Administration } from '../records.ts'
import type { Account } from './authority.ts'

/** What apps and rules hear of roles and scopes (K6.3), in the form that the specification names. A name is permanent. */
export type AccessEvent =
  /** Of the user whose role it is: `{from, to}`. */
  | 'rbac:role_changed'
  /** Of the user whose own grants they are, besides those of the role: `{scopes, denied_scopes}`, as they are now. */
  | 'rbac:scopes_changed'
  /** Of the administrator who did it: `{role_id, role}`. */
  | 'rbac:role_created'
  | 'rbac:role_updated'
  | 'rbac:role_deleted'

interface Told {
  readonly tenantId: string
  readonly userId: string
  readonly type: AccessEvent
  readonly data: JsonObject
}

async function tell(context: IdentityContext, tx: Tx, by: Administration, events: readonly Told[]): Promise<void> {
  if (events.length === 0) return
  const [timestamp, { userId: actor }] = [context.clock.iso(), by.principal]
  const messages = events.map(
    (event) => eventMessage({ ...event, source: 'rbac', timestamp, ...(actor === null ? {} : { actor }) }).message,
  )
  const { text, values } = context.outbox.publishingMany(messages)
  await tx.executeQuery(CompiledQuery.raw(text, [...values]))
}

/** Those whose own grants a role has just replaced. */
export const tellScopes = (
  context: IdentityContext,
  tx: Tx,
  by: Administration,
  accounts: readonly Pick<Account, 'tenant_id' | 'user_id' | 'scopes' | 'denied_scopes'>[],
): Promise<void> =>
  tell(
    context,
    tx,
    by,
    accounts.map(({ tenant_id, user_id, scopes, denied_scopes }) => ({
      tenantId: tenant_id,
      userId: user_id,
      type: 'rbac:scopes_changed',
      data: { scopes, denied_scopes },
    })),
  )

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((scope) => other.includes(scope))

/** Tells a user of another role or other grants, with the transaction that gives them. Silent when neither changed. */
export async function tellAccess(
  context: IdentityContext,
  tx: Tx,
  by: Administration,
  { before, after }: { readonly before: Account; readonly after: Account },
): Promise<void> {
  if (before.role !== after.role) {
    const whose = { tenantId: after.tenant_id, userId: after.user_id }
    await tell(context, tx, by, [{ ...whose, type: 'rbac:role_changed', data: { from: before.role, to: after.role } }])
  }
  if (!isSame(before.scopes, after.scopes) || !isSame(before.denied_scopes, after.denied_scopes))
    await tellScopes(context, tx, by, [after])
}

/** Tells the administrator what became of a role; a service that acts for nobody has nobody to tell. */
export async function tellRole(
  context: IdentityContext,
  tx: Tx,
  by: Administration,
  { type, role }: { readonly type: AccessEvent; readonly role: { readonly id: string; readonly name: string } },
): Promise<void> {
  const { tenantId, userId } = by.principal
  if (userId === null) return
  await tell(context, tx, by, [{ tenantId, userId, type, data: { role_id: role.id, role: role.name } }])
}
