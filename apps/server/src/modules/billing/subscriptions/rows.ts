import type { SubscriptionResponse } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { billingErrors } from '../errors.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { FREE } from '../plans/types.ts'
import type { SubscriptionTable } from '../tables.ts'
import { nextState, type SubscriptionEvent, type SubscriptionState, stateOf } from './machine.ts'

export type SubscriptionRow = Selectable<SubscriptionTable>

/** The subscription of a user, locked until the transaction ends. */
export async function lockSubscription(tx: Tx, owner: Owner): Promise<SubscriptionRow | undefined> {
  return tx
    .selectFrom('billing.subscription')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .forUpdate()
    .executeTakeFirst()
}

/** The subscription of a user as it is at this moment; nothing waits. */
export const findSubscription = (tx: Tx, owner: Owner): Promise<SubscriptionRow | undefined> =>
  tx
    .selectFrom('billing.subscription')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .executeTakeFirst()

export const readSubscription = (parts: Pick<BillingParts, 'db'>, owner: Owner): Promise<SubscriptionRow | undefined> =>
  parts.db.tenant(owner.tenantId, (tx) => findSubscription(tx, owner))

export const updateSubscription = (
  tx: Tx,
  owner: Owner,
  facts: Partial<{
    plan_id: string
    status: 'active' | 'past_due' | 'expired'
    period: 'monthly' | 'annual'
    billing_mode: 'card' | 'manual' | 'free'
    period_start: string
    expires_at: string
    cancel_at_period_end: boolean
    pending_plan: string | null
    pending_period: 'monthly' | 'annual' | null
    due_at: string
    attempts: number
    granted: number
  }> & { updated_at: string },
): Promise<SubscriptionRow> =>
  tx
    .updateTable('billing.subscription')
    .set(facts)
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .returningAll()
    .executeTakeFirstOrThrow()

const SAID: Readonly<Record<SubscriptionEvent, string>> = {
  subscribe: 'begun',
  cancel: 'cancelled',
  resume: 'resumed',
  upgrade: 'upgraded',
  downgrade: 'downgraded',
  keep: 'kept',
  renewed: 'renewed',
  renewal_failed: 'marked as unpaid',
  grace_over: 'ended',
  period_end: 'ended',
}
const SHOWN: Readonly<Record<SubscriptionState, string>> = {
  free: 'on the free plan',
  active: 'active',
  cancelling: 'cancelled already and ends with its period',
  changing: 'active',
  past_due: 'past due',
  expired: 'expired',
}

/** The state after an event. @throws BILLING_ILLEGAL_STATE naming state and action (api.md 5) */
export function demand(row: SubscriptionRow | undefined, event: SubscriptionEvent): SubscriptionState {
  const state = stateOf(row)
  const next = nextState(state, event)
  if (next === null) throw billingErrors.ILLEGAL_STATE({ state: SHOWN[state], action: SAID[event] })
  return next
}

/** The plan as its owner sees it. */
export function toSubscription(parts: BillingParts, row: SubscriptionRow | undefined): SubscriptionResponse {
  const takesCards = parts.providers.takesCards()
  if (row === undefined)
    return {
      plan: FREE,
      status: 'free',
      started_at: null,
      expires_at: null,
      cancel_at_period_end: false,
      billing_mode: takesCards ? 'card' : 'manual',
      card_required: takesCards,
      contract_amount_cents: null,
      billing_note: null,
      pending_plan: null,
      period: 'monthly',
    }
  return {
    plan: row.plan_id,
    status: row.status,
    started_at: row.started_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    cancel_at_period_end: row.cancel_at_period_end,
    billing_mode: row.billing_mode,
    card_required: row.billing_mode === 'card',
    contract_amount_cents: row.contract_amount_cents,
    billing_note: row.billing_note,
    pending_plan: row.pending_plan,
    period: row.period,
  }
}
