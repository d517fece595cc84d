import { developerMoney as contract } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, requireInstallation } from '../../foundation/http/index.ts'
import { developerErrors } from './errors.ts'
import { giveTier } from './membership.ts'
import type { DeveloperParts } from './open-developer.ts'
import { noteOf } from './record-audit.ts'
import { TIERS } from './tiers.ts'

type Step = 'approve' | 'reject' | 'pay'

function decide(
  parts: DeveloperParts,
  step: Step,
  request: { principal: Principal | null; params: { payout_id: number }; body: { note: string } },
) {
  requireInstallation(request.principal)
  const actorId = request.principal?.userId ?? '__system__'
  return parts.billing.decidePayout(request.params.payout_id, { step, actorId, note: request.body.note })
}

const pending = (parts: DeveloperParts) =>
  implement(contract.pendingPayouts, async ({ principal, query }) => {
    requireInstallation(principal)
    const waiting = await parts.billing.waitingPayouts(query.include_approved)
    const ids = [...new Set(waiting.map((payout) => payout.developer_id))]
    const known = new Map((await parts.identity.developersOf(ids)).map((record) => [record.userId, record]))
    return waiting.map((payout) => ({
      ...payout,
      developer_email: known.get(payout.developer_id)?.email ?? '',
      nickname: known.get(payout.developer_id)?.nickname ?? null,
    }))
  })

const config = (parts: DeveloperParts) =>
  implement(contract.config, () => ({
    tiers: Object.fromEntries(
      Object.entries(TIERS).map(([name, tier]) => [
        name,
        {
          split: tier.split,
          app_limit: tier.apps,
          analytics_days: tier.analyticsDays,
          rate_limit: tier.rateLimit,
          price: tier.price,
        },
      ]),
    ),
    payout_min_tokens: parts.billing.payoutMinimum,
    token_rate: parts.billing.tokenRate(),
  }))

const give = (parts: DeveloperParts) =>
  implement(contract.giveTier, async (request) => {
    const { principal, body } = request
    requireInstallation(principal)
    const by = principal?.userId
    if (by == null) throw developerErrors.ADMIN_NEEDED()
    const { user_id: userId, tier } = body
    const about = { action: 'developer.tier_given', targetType: 'user', targetId: userId, metadata: { tier } } as const
    await giveTier(parts, { userId, tier, by }, noteOf(parts, request, about))
    return { user_id: body.user_id, tier: body.tier, comped_by: by }
  })

/** What administrators do about tiers and payouts. */
export const payoutRoutes = (parts: DeveloperParts): readonly MountedRoute[] => [
  pending(parts),
  implement(contract.approvePayout, (request) => decide(parts, 'approve', request)),
  implement(contract.rejectPayout, (request) => decide(parts, 'reject', request)),
  implement(contract.payPayout, (request) => decide(parts, 'pay', request)),
  config(parts),
  give(parts),
]
