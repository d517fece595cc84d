import { developerMoney as contract } from '@imperal/contract'
import { implement, type MountedRoute, type RouteRequest } from '../../foundation/http/index.ts'
import { developerErrors } from './errors.ts'
import { moveToTier } from './membership.ts'
import type { DeveloperParts } from './open-developer.ts'
import { ownApp } from './own-app.ts'
import { noteOf } from './record-audit.ts'
import { tierOf } from './tiers.ts'

const DAY_MS = 86_400_000
const USUAL_DAYS = 30

async function tierName(parts: DeveloperParts, user: { tenantId: string; userId: string }): Promise<string> {
  return (await parts.identity.developer(user.tenantId, user.userId))?.tier ?? 'explorer'
}

/** The first moment of the first of `days` days, today being the last. */
function firstDay(now: number, days: number): Date {
  const today = Math.floor(now / DAY_MS) * DAY_MS
  return new Date(today - (days - 1) * DAY_MS)
}

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

const analytics = (parts: DeveloperParts) =>
  implement(contract.analytics, async ({ user, params, query }) => {
    const { appId } = await ownApp(parts.registry, user, params.app_id)
    const tier = await tierName(parts, user)
    const most = tierOf(tier).analyticsDays
    const days = query.days ?? Math.min(USUAL_DAYS, most)
    if (days > most) throw developerErrors.ANALYTICS_WINDOW({ tier, days: most })
    const since = firstDay(parts.clock.now(), days)
    const [use, earned] = await Promise.all([
      parts.analyse(appId, since),
      parts.billing.earnedByDay({ userId: user.userId, appId, since }),
    ])
    const actionsOn = new Map(use.by_day.map(({ date, actions }) => [date, actions]))
    const earnedOn = new Map(earned.map((day) => [day.date, day.earned]))
    const dates = Array.from({ length: days }, (_, index) => dateOf(since.getTime() + index * DAY_MS))
    return {
      app_id: appId,
      days,
      total_actions: use.total_actions,
      unique_users: use.unique_users,
      success_rate: use.success_rate,
      avg_duration_ms: use.avg_duration_ms,
      earnings: earned.reduce((total, day) => total + day.earned, 0),
      by_day: dates.map((date) => ({
        date,
        actions: actionsOn.get(date) ?? 0,
        earnings: earnedOn.get(date) ?? 0,
      })),
      by_tool: use.by_tool,
    }
  })

const earnings = (parts: DeveloperParts) =>
  implement(contract.earnings, async ({ user }) => {
    const earned = await parts.billing.earnings(user.userId)
    const { total, platformShare, ofGiven, pendingPayout, paidOut, payable, disputed } = earned
    return {
      total_earnings: total,
      total_platform_share: platformShare,
      pending_payout: pendingPayout,
      paid_out: paidOut,
      of_given_credits: ofGiven,
      disputed,
      payable,
      payout_min_tokens: parts.billing.payoutMinimum,
    }
  })

const earningsOfApp = (parts: DeveloperParts) =>
  implement(contract.earningsOfApp, async ({ user, params }) => {
    const { appId } = await ownApp(parts.registry, user, params.app_id)
    const days = await parts.billing.earnedByDay({ userId: user.userId, appId })
    const months = new Map<string, { period: string; earned: number; actions: number }>()
    for (const { date, earned, actions } of days) {
      const period = date.slice(0, 7)
      const before = months.get(period) ?? { period, earned: 0, actions: 0 }
      months.set(period, { period, earned: before.earned + earned, actions: before.actions + actions })
    }
    return {
      app_id: appId,
      total_earnings: days.reduce((total, day) => total + day.earned, 0),
      action_count: days.reduce((total, day) => total + day.actions, 0),
      by_period: [...months.values()],
    }
  })

type PayoutAsked = RouteRequest<typeof contract.requestPayout>

async function requestPayout(parts: DeveloperParts, { user, body }: Pick<PayoutAsked, 'user' | 'body'>) {
  if (!tierOf(await tierName(parts, user)).paysOut) throw developerErrors.TIER_WITHOUT_PAYOUT()
  const { amount_tokens: amount = body.amount ?? 0, payout_method: method, notes } = body
  const asked = await parts.billing.requestPayout(user, { amount, method, notes })
  await parts.tellAdministrators({
    title: 'A payout was asked for',
    body: `${user.email ?? user.userId} asks for ${asked.amount_tokens} credits (${asked.amount_usd} USD).`,
    link: '/admin/money',
  })
  return asked
}

const setTier = (parts: DeveloperParts) =>
  implement(contract.setTier, async (request) => {
    const { user, body } = request
    const about = { action: 'developer.tier_changed', targetType: 'user', targetId: user.userId } as const
    const note = noteOf(parts, request, { ...about, metadata: { tier: body.tier } })
    const { tier, expiresAt } = await moveToTier(parts, { owner: user, tier: body.tier }, note)
    return { tier, revenue_split_dev: tierOf(tier).split, expires_at: expiresAt }
  })

/** What own apps do and earn, and what the tier costs. */
export const earningRoutes = (parts: DeveloperParts): readonly MountedRoute[] => [
  analytics(parts),
  earnings(parts),
  earningsOfApp(parts),
  implement(contract.payouts, ({ user }) => parts.billing.payoutsOf(user.userId)),
  implement(contract.requestPayout, (request) => requestPayout(parts, request)),
  implement(contract.requestPayoutAlias, (request) => requestPayout(parts, request)),
  setTier(parts),
]
