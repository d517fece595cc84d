import type { JsonValue } from '@imperal/contract'
import { numberOf, textAt } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { type CallSession, subjectOf } from './session.ts'

async function ownerOf(session: CallSession, asUser: string | null) {
  return { tenantId: session.call.pass.actor.tenantId, userId: await subjectOf(session, asUser) }
}

/** What somebody has paid, and with which card, is for apps of the platform; others learn what the plan allows. */
function demandPlatformApp(session: CallSession): void {
  if (!session.call.use.app.firstParty)
    throw refusedCallback('forbidden', 'Payments of a user are only shown to apps of the platform.')
}

const METER = /^[a-z][a-z0-9_.:-]{0,99}$/
const MOST_AT_ONCE = 1_000_000

function pageOf(args: readonly JsonValue[]) {
  const [limit, offset] = [numberOf(args[0]) ?? 50, numberOf(args[1]) ?? 0]
  return { limit: Math.min(200, Math.max(1, Math.trunc(limit))), offset: Math.max(0, Math.trunc(offset)) }
}

/** `ctx.billing` (sdk.md 3.15): the plan of the acting user. */
export const billingClient: ClientTable<'billing'> = {
  async check_limits(session, _args, asUser): Promise<JsonValue> {
    const owner = await ownerOf(session, asUser)
    const { billing } = session.parts
    const [{ plan, usage, limits, exceeded }, { available }] = await Promise.all([
      billing.usage(owner),
      billing.balance(owner.tenantId, owner.userId),
    ])
    const message = exceeded.length === 0 ? '' : `The plan ${plan} is used up: ${exceeded.join(', ')}.`
    return { allowed: exceeded.length === 0, balance: available, plan, usage, limits, exceeded, message }
  },
  async get_subscription(session, _args, asUser): Promise<JsonValue> {
    const owner = await ownerOf(session, asUser)
    const [subscription, plan] = await Promise.all([
      session.parts.billing.subscription(owner),
      session.parts.billing.plan(owner),
    ])
    const { period_start, ...facts } = subscription
    return {
      ...facts,
      plan_id: facts.plan,
      plan_name: plan.planId === facts.plan ? plan.name : facts.plan,
      current_period_start: period_start ?? '',
      current_period_end: facts.expires_at ?? '',
      started_at: facts.started_at ?? '',
      expires_at: facts.expires_at ?? '',
    }
  },
  async get_balance(session, _args, asUser): Promise<JsonValue> {
    const { tenantId, userId } = await ownerOf(session, asUser)
    const { balance, plan, cap, available, updatedAt } = await session.parts.billing.balance(tenantId, userId)
    return { balance, plan, cap, available, currency: 'token', updated_at: updatedAt }
  },
  async track_usage(session, args, asUser): Promise<JsonValue> {
    const owner = await ownerOf(session, asUser)
    const [meter, quantity] = [textAt(args, 0, 'meter'), numberOf(args[1]) ?? 1]
    if (!METER.test(meter))
      throw refusedCallback('validation_error', 'A meter is lower-case letters, digits and _ . : -', { field: 'meter' })
    if (!Number.isInteger(quantity) || quantity < 0 || quantity > MOST_AT_ONCE)
      throw refusedCallback('validation_error', `A quantity is a whole number up to ${MOST_AT_ONCE}.`, {
        field: 'quantity',
      })
    // Meters of one app say nothing about those of another, or of the platform.
    await session.parts.billing.track(owner, {
      meter: `${session.call.use.app.appId}:${meter}`.slice(0, 100),
      quantity,
    })
    return true
  },
  list_plans: (session) => session.parts.billing.plans() as unknown as JsonValue, // plain members
  async list_entries(session, args, asUser): Promise<JsonValue> {
    demandPlatformApp(session)
    const entries = await session.parts.billing.history(await ownerOf(session, asUser), pageOf(args))
    return entries as unknown as JsonValue // plain members
  },
  async list_payments(session, args, asUser): Promise<JsonValue> {
    demandPlatformApp(session)
    const payments = await session.parts.billing.payments(await ownerOf(session, asUser), pageOf(args))
    return payments as unknown as JsonValue // plain members
  },
  async list_payment_methods(session, _args, asUser): Promise<JsonValue> {
    demandPlatformApp(session)
    const methods = await session.parts.billing.paymentMethods(await ownerOf(session, asUser))
    return methods as unknown as JsonValue // plain members
  },
  async get_auto_topup(session, _args, asUser): Promise<JsonValue> {
    demandPlatformApp(session)
    return { ...(await session.parts.billing.autoTopup(await ownerOf(session, asUser))) }
  },
}
