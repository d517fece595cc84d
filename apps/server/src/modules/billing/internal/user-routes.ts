import { billingInternal as routes } from '@imperal/contract'
import {
  implement,
  type MountedRoute,
  type Principal,
  pageOf,
  type RouteRequest,
  runsInstallation,
} from '../../../foundation/http/index.ts'
import { randomId } from '../../../foundation/ids.ts'
import { billingErrors } from '../errors.ts'
import { bookingOfHold } from '../ledger/book.ts'
import { isOverdrawn, putHold, releasing } from '../ledger/holds.ts'
import { linesOf, moveCredits, runIn } from '../ledger/move-credits.ts'
import { readWallet } from '../ledger/read-wallet.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { methodsOf } from '../payments/customers.ts'
import { expirePlanCredits } from '../plans/grant-credits.ts'
import { FREE } from '../plans/types.ts'
import { beginPeriod } from '../subscriptions/activate.ts'
import { lockSubscription, readSubscription, toSubscription } from '../subscriptions/rows.ts'
import { auditing } from '../subscriptions/subscribe.ts'
import { readUsage, trackUsage } from '../usage.ts'
import { countPayments, paymentsOf } from '../user-routes.ts'
import { shared } from '../wallet-routes.ts'
import { actingAdmin } from './setting-routes.ts'

/** @throws BILLING_USER_UNKNOWN */
export async function ownerOf(parts: BillingParts, userId: string): Promise<Owner> {
  const tenantId = await parts.ports.tenantOf(userId)
  if (tenantId === null) throw billingErrors.USER_UNKNOWN()
  return { tenantId, userId }
}

const track = (parts: BillingParts) =>
  implement(routes.trackUsage, async ({ body, principal }) => {
    const userId = body.user_id ?? principal?.userId
    if (userId == null) throw billingErrors.NO_USER()
    const owner = await ownerOf(parts, userId)
    if (body.tenant_id !== undefined && body.tenant_id !== owner.tenantId) throw billingErrors.USER_UNKNOWN()
    const { used, limit, exceeded } = await trackUsage(parts, owner, body)
    return { tracked: true as const, meter: body.meter, used, limit, exceeded }
  })

const balance = (parts: BillingParts) =>
  implement(routes.balance, async ({ params }) => {
    const owner = await ownerOf(parts, params.user_id)
    const wallet = await readWallet(parts, owner.tenantId, owner.userId)
    const holds = await parts.db.tenant(owner.tenantId, (tx) =>
      tx
        .selectFrom('billing.hold')
        .select(['hold_id', 'amount', 'app_id', 'created_at'])
        .where('user_id', '=', owner.userId)
        .where('status', '=', 'held')
        .orderBy('created_at')
        .limit(200)
        .execute(),
    )
    const shown = holds.map((hold) => ({ ...hold, created_at: hold.created_at.toISOString() }))
    return { ...shared(wallet), held: wallet.held, available: wallet.available, holds: shown }
  })

const adjust = (parts: BillingParts) =>
  implement(routes.adjust, async ({ principal, body }) => {
    const by = actingAdmin(principal)
    const owner = await ownerOf(parts, body.user_id)
    const eventId = randomId('adj')
    const movement = { ...owner, amount: body.amount, reason: 'adjustment', description: body.reason, eventId } as const
    try {
      await parts.db.tenant(owner.tenantId, async (tx) => {
        await moveCredits(parts, tx, [movement])
        await runIn(
          tx,
          parts.audit.recording({
            tenantId: owner.tenantId,
            actorId: by,
            actorType: 'user',
            userId: owner.userId,
            action: 'wallet.adjusted',
            targetType: 'user',
            targetId: owner.userId,
            metadata: { amount: body.amount, reason: body.reason },
            source: 'service',
          }),
        )
      })
    } catch (error) {
      if (isOverdrawn(error)) throw billingErrors.BELOW_ZERO({}, error)
      throw error
    }
    parts.watch.moved(owner, 'adjustment', body.amount)
    const wallet = await readWallet(parts, owner.tenantId, owner.userId)
    return { user_id: owner.userId, balance: wallet.balance, adjustment: body.amount, reason: body.reason }
  })

/** Gives a plan without charge; the free one takes away what is there. */
const userPlan = (parts: BillingParts) =>
  implement(routes.userPlan, async ({ principal, body }) => {
    const by = actingAdmin(principal)
    const owner = await ownerOf(parts, body.user_id)
    const ref = body.plan_ref.toLowerCase()
    const plan = parts.book.plans().find((one) => one.planId === ref || one.name.toLowerCase() === ref)
    if (plan === undefined) throw billingErrors.NO_PLAN({ plan: body.plan_ref })
    const eventId = randomId('comp')
    const status = await parts.db.tenant(owner.tenantId, async (tx) => {
      await auditing(parts, owner, { action: 'billing.plan_given', plan: plan.planId, actorId: by })(tx)
      if (plan.planId !== FREE) {
        const mode = plan.byContract ? 'manual' : 'free'
        return (await beginPeriod(parts, tx, owner, { plan, period: 'monthly', mode, paidCents: 0, eventId })).status
      }
      if ((await lockSubscription(tx, owner)) === undefined) return FREE
      await expirePlanCredits(parts, tx, owner, eventId)
      await tx
        .deleteFrom('billing.subscription')
        .where('tenant_id', '=', owner.tenantId)
        .where('user_id', '=', owner.userId)
        .execute()
      return FREE
    })
    parts.watch.moved(owner, 'plan_credit', 0)
    return { plan: plan.name, plan_id: plan.planId, status }
  })

const hold = (parts: BillingParts) =>
  implement(routes.hold, async ({ body }) => {
    const owner = await ownerOf(parts, body.user_id)
    const holdId = randomId('hold')
    const given = { appId: body.app_id ?? null, traceId: body.trace_id ?? null, amount: body.amount }
    const put = await putHold(parts, { ...owner, ...given, holdId })
    if (put === null) throw billingErrors.INSUFFICIENT()
    return { hold_id: holdId, available: put.available }
  })

/** The open hold that is named, locked. @throws BILLING_HOLD_UNKNOWN, BILLING_HOLD_CLOSED */
/** A service that acts for somebody closes what is held for them. */
const mayClose = (principal: Principal | null, userId: string): boolean =>
  principal?.userId == null || principal.userId === userId || runsInstallation(principal)

const withHold = async (
  parts: BillingParts,
  request: RouteRequest<typeof routes.release>,
  close: (tx: Parameters<typeof runIn>[0], row: Owner & { amount: number; appId: string | null }) => Promise<number>,
) => {
  const { hold_id: holdId } = request.params
  const { owner, charged } = await parts.db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('billing.hold')
      .selectAll()
      .where('hold_id', '=', holdId)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined || !mayClose(request.principal, row.user_id)) throw billingErrors.HOLD_UNKNOWN()
    if (row.status !== 'held') throw billingErrors.HOLD_CLOSED({ status: row.status })
    const found = { tenantId: row.tenant_id, userId: row.user_id }
    return { owner: found, charged: await close(tx, { ...found, amount: row.amount, appId: row.app_id }) }
  })
  parts.watch.moved(owner, 'action', -charged)
  return { charged, balance: (await readWallet(parts, owner.tenantId, owner.userId)).balance }
}

const settle = (parts: BillingParts) =>
  implement(routes.settle, async (request) => {
    const { amount } = request.body
    const { hold_id: holdId } = request.params
    return withHold(parts, request as never, async (tx, row) => {
      if (amount > row.amount) throw billingErrors.MORE_THAN_HELD({ amount: row.amount })
      const at = parts.clock.iso()
      const description = 'Work of a service'
      const { appId, ...owner } = row
      const movement = { ...owner, amount: -amount, reason: 'action', description, eventId: holdId } as const
      const lines = linesOf(appId === null ? movement : { ...movement, appId })
      await runIn(
        tx,
        bookingOfHold({ tenantId: row.tenantId, transactionId: `txn_${holdId}`, at, lines }, { ...row, holdId }),
      )
      return amount
    })
  })

const release = (parts: BillingParts) =>
  implement(routes.release, (request) =>
    withHold(parts, request, async (tx, row) => {
      await runIn(tx, releasing({ holdId: request.params.hold_id, tenantId: row.tenantId }, parts.clock.iso()))
      return 0
    }),
  )

const planFeature = (parts: BillingParts) =>
  implement(routes.planFeature, async ({ principal, body }) => {
    const by = actingAdmin(principal)
    const { plan_id, feature, enabled } = body
    await parts.db.everyTenant(async (tx) => {
      const row = await tx
        .selectFrom('billing.plan')
        .select('features')
        .where('plan_id', '=', plan_id)
        .forUpdate()
        .executeTakeFirst()
      if (row === undefined) throw billingErrors.NO_PLAN({ plan: plan_id })
      const features = JSON.stringify({ ...row.features, [feature]: enabled })
      await tx.updateTable('billing.plan').set({ features }).where('plan_id', '=', plan_id).execute()
      await runIn(
        tx,
        parts.audit.recording({
          tenantId: 'default',
          actorId: by,
          actorType: 'user',
          action: 'billing.plan_feature_saved',
          targetType: 'plan',
          targetId: plan_id,
          metadata: { feature, enabled },
          source: 'service',
        }),
      )
      await parts.book.changed(tx)
    })
    await parts.book.refresh()
    return { plan_id, feature, enabled }
  })

/** Wallets, plans and payments of any user, for services (api.md 3.11). */
export const internalUserRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  track(parts),
  implement(routes.userLimits, async ({ params }) => readUsage(parts, await ownerOf(parts, params.user_id))),
  balance(parts),
  implement(routes.subscription, async ({ params }) =>
    toSubscription(parts, await readSubscription(parts, await ownerOf(parts, params.user_id))),
  ),
  implement(routes.paymentMethods, async ({ params }) => methodsOf(parts, await ownerOf(parts, params.user_id))),
  implement(routes.payments, async (request) => {
    const owner = await ownerOf(parts, request.params.user_id)
    return pageOf(request, await paymentsOf(parts, owner, request.query), await countPayments(parts, owner))
  }),
  adjust(parts),
  userPlan(parts),
  planFeature(parts),
  hold(parts),
  settle(parts),
  release(parts),
]
