/** States of a subscription (api.md 5.8); `cancelling` and `changing` are active ones with something to come. */
export type SubscriptionState = 'free' | 'active' | 'cancelling' | 'changing' | 'past_due' | 'expired'

export type SubscriptionEvent =
  | 'subscribe'
  | 'cancel'
  | 'resume'
  | 'upgrade'
  | 'downgrade'
  | 'keep'
  | 'renewed'
  | 'renewal_failed'
  | 'grace_over'
  | 'period_end'

/**
 * What may follow what. `keep` takes a planned change back; `period_end` of `changing` begins the smaller plan. Whoever is
 * past due or expired pays with `renewed`; an expired one may also begin another plan.
 */
export const SUBSCRIPTION_MACHINE: Readonly<
  Record<SubscriptionState, Partial<Record<SubscriptionEvent, SubscriptionState>>>
> = {
  free: { subscribe: 'active' },
  active: {
    cancel: 'cancelling',
    upgrade: 'active',
    downgrade: 'changing',
    renewed: 'active',
    renewal_failed: 'past_due',
  },
  cancelling: { resume: 'active', period_end: 'free' },
  changing: {
    cancel: 'cancelling',
    upgrade: 'active',
    downgrade: 'changing',
    keep: 'active',
    period_end: 'active',
    renewal_failed: 'past_due',
  },
  past_due: { renewed: 'active', renewal_failed: 'past_due', grace_over: 'expired' },
  expired: { renewed: 'active', subscribe: 'active' },
}

export interface StateFacts {
  readonly status: 'active' | 'past_due' | 'expired'
  readonly cancel_at_period_end: boolean
  readonly pending_plan: string | null
}

/** The state that a row stands for; no row is the free plan. */
export function stateOf(row: StateFacts | undefined): SubscriptionState {
  if (row === undefined) return 'free'
  if (row.status !== 'active') return row.status
  if (row.cancel_at_period_end) return 'cancelling'
  return row.pending_plan === null ? 'active' : 'changing'
}

/** The state after an event; null where the event is not possible. */
export const nextState = (state: SubscriptionState, event: SubscriptionEvent): SubscriptionState | null =>
  SUBSCRIPTION_MACHINE[state][event] ?? null
