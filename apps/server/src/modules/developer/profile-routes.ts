import { developer as contract, type JsonObject } from '@imperal/contract'
import { administers, implement, type MountedRoute } from '../../foundation/http/index.ts'
import type { DeveloperRecord } from '../identity/index.ts'
import { developerErrors } from './errors.ts'
import { buyTier, tierEnd } from './membership.ts'
import type { DeveloperParts } from './open-developer.ts'
import { noteOf } from './record-audit.ts'
import { appLimit, tierOf } from './tiers.ts'
import type { DeveloperProfile } from './types.ts'

const text = (profile: JsonObject, member: string): string => {
  const value = profile[member]
  return typeof value === 'string' ? value : ''
}

/** A handle for developers who never chose one. */
const handleOf = (record: DeveloperRecord): string =>
  record.nickname ?? record.userId.toLowerCase().replace(/^imp_u_/, 'dev-')

const nameOf = (record: DeveloperRecord): string => text(record.profile, 'display_name') || handleOf(record)

async function developerOf(parts: DeveloperParts, userId: string): Promise<DeveloperRecord | null> {
  return (await parts.identity.developersOf([userId]))[0] ?? null
}

/** What anybody may read about a developer. */
export async function publicProfile(parts: DeveloperParts, userId: string): Promise<DeveloperProfile | null> {
  const record = await developerOf(parts, userId)
  if (!record) return null
  return {
    developerId: record.userId,
    nickname: handleOf(record),
    displayName: nameOf(record),
    website: text(record.profile, 'website'),
    description: text(record.profile, 'description'),
    tier: record.tier,
    registeredAt: record.registeredAt,
  }
}

/** Names to show beside apps. */
export async function namesOf(parts: DeveloperParts, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const records = await parts.identity.developersOf(ids)
  return new Map(records.map((record) => [record.userId, nameOf(record)]))
}

const register = (parts: DeveloperParts) =>
  implement(contract.register, async (request) => {
    const { user, body } = request
    if (body.tier === 'partner') throw developerErrors.TIER_UNAVAILABLE({ tier: body.tier })
    const profile = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== undefined && value !== ''),
    ) as JsonObject
    const about = { action: 'developer.registered', targetType: 'user', targetId: user.userId } as const
    await parts.identity.enrolDeveloper(user.tenantId, user.userId, profile, async (tx) => {
      await buyTier(parts, tx, user, body.tier)
      await noteOf(parts, request, about)(tx)
    })
    return {}
  })

const profile = (parts: DeveloperParts) =>
  implement(contract.profile, async ({ user, query }) => {
    const subject = query.user_id === undefined ? user : await parts.identity.principalFor(query.user_id)
    const isVisible = subject?.userId === user.userId || administers(user, subject?.tenantId ?? '')
    const record = subject?.userId && isVisible ? await developerOf(parts, subject.userId) : null
    if (!record) throw developerErrors.NOT_REGISTERED()
    const [owned, { total }, end] = await Promise.all([
      parts.registry.ownedBy(record.userId),
      parts.billing.earnings(record.userId),
      tierEnd(parts, record.userId),
    ])
    const tier = tierOf(record.tier)
    return {
      imperal_id: record.userId,
      email: record.email,
      nickname: record.nickname,
      tier: record.tier,
      apps_count: owned.length,
      total_earnings: total,
      registered_at: record.registeredAt,
      display_name: text(record.profile, 'display_name'),
      website: text(record.profile, 'website'),
      description: text(record.profile, 'description'),
      revenue_split_dev: tier.split,
      app_limit: appLimit(record.tier, parts.appLimitFactor),
      analytics_days: tier.analyticsDays,
      tier_expires_at: end,
    }
  })

/** Enrolment and the developer's own profile. */
export const profileRoutes = (parts: DeveloperParts): readonly MountedRoute[] => [register(parts), profile(parts)]
