import type { JsonValue } from '@imperal/contract'
import type { ClientTable } from './client-table.ts'
import { type CallSession, subjectOf } from './session.ts'

async function balanceOf(session: CallSession, asUser: string | null) {
  return session.parts.billing.balance(session.call.pass.actor.tenantId, await subjectOf(session, asUser))
}

/** `ctx.billing` (sdk.md 3.15). Nothing is charged yet: limits are never exceeded, and meters are not kept. */
export const billingClient: ClientTable<'billing'> = {
  async check_limits(session, _args, asUser): Promise<JsonValue> {
    const { balance, plan } = await balanceOf(session, asUser)
    return { allowed: true, balance, plan, limits: {}, usage: {}, exceeded: [], message: '' }
  },
  async get_subscription(session, _args, asUser): Promise<JsonValue> {
    const { plan } = await balanceOf(session, asUser)
    return {
      plan_id: plan,
      plan_name: plan,
      plan,
      status: 'active',
      period: 'monthly',
      current_period_start: '',
      current_period_end: '',
      started_at: '',
      expires_at: '',
    }
  },
  async get_balance(session, _args, asUser): Promise<JsonValue> {
    const { balance, plan, cap } = await balanceOf(session, asUser)
    return { balance, plan, cap }
  },
  track_usage: () => false,
}
