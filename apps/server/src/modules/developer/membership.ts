import type { DeveloperTier } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import { developerErrors } from './errors.ts'
import type { DeveloperParts } from './open-developer.ts'
import type { Note } from './record-audit.ts'
import { appLimit, TIERS, tierOf } from './tiers.ts'

interface Owner {
  readonly tenantId: string
  readonly userId: string
}

/** A developer's tier and its end. */
export interface Membership {
  readonly tier: DeveloperTier
  readonly expiresAt: string | null
}

function inAYear(now: number): string {
  const date = new Date(now)
  date.setUTCFullYear(date.getUTCFullYear() + 1)
  return date.toISOString()
}

async function save(
  parts: Pick<DeveloperParts, 'clock'>,
  tx: Tx,
  membership: Owner & Membership & { readonly compedBy?: string },
): Promise<void> {
  const { tenantId, userId, tier, expiresAt, compedBy = null } = membership
  const values = { tier, expires_at: expiresAt, comped_by: compedBy, updated_at: parts.clock.iso() }
  await tx
    .insertInto('developer.membership')
    .values({ user_id: userId, tenant_id: tenantId, ...values })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
    .execute()
}

const endOf = async (tx: Tx, userId: string): Promise<string | null> => {
  const row = await tx
    .selectFrom('developer.membership')
    .select('expires_at')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.expires_at?.toISOString() ?? null
}

/** When the bought tier of a developer ends; null without an end. */
export const tierEnd = (parts: Pick<DeveloperParts, 'db'>, userId: string): Promise<string | null> =>
  parts.db.everyTenant((tx) => endOf(tx, userId))

/**
 * Pays a tier from the wallet, for a year from now; a free one costs nothing and has no end. For the transaction that
 * makes somebody a developer. @throws DEVELOPER_TIER_UNAVAILABLE, BILLING_INSUFFICIENT
 */
export async function buyTier(parts: DeveloperParts, tx: Tx, owner: Owner, tier: DeveloperTier): Promise<Membership> {
  if (tier === 'partner') throw developerErrors.TIER_UNAVAILABLE({ tier })
  const { price } = TIERS[tier]
  await parts.billing.sell(tx, owner, {
    price,
    description: `Developer tier ${tier}, one year`,
    eventId: orderedId('tier'),
  })
  const membership = { tier, expiresAt: price === 0 ? null : inAYear(parts.clock.now()) }
  await save(parts, tx, { ...owner, ...membership })
  return membership
}

/** @throws DEVELOPER_TOO_MANY_APPS */
function refuseTooMany(parts: DeveloperParts, tier: DeveloperTier, apps: number): void {
  const limit = appLimit(tier, parts.appLimitFactor)
  if (limit !== null && apps > limit) throw developerErrors.TOO_MANY_APPS({ tier, limit, apps })
}

/**
 * Moves a developer to another tier. Up: the year is paid now. Down: what was paid lasts on for the lower tier, and only
 * explorer ends it. The tier that one has already costs nothing.
 * @throws DEVELOPER_NOT_REGISTERED, DEVELOPER_TIER_UNAVAILABLE, DEVELOPER_TOO_MANY_APPS, BILLING_INSUFFICIENT
 */
export async function moveToTier(
  parts: DeveloperParts,
  { owner, tier }: { readonly owner: Owner; readonly tier: DeveloperTier },
  note: Note,
): Promise<Membership> {
  const owned = await parts.registry.ownedBy(owner.userId)
  const moved = await parts.identity.changeTier(owner.userId, async (tx, before): Promise<Membership> => {
    const expiresAt = await endOf(tx, owner.userId)
    await note(tx, { before: before.tier })
    if (before.tier === tier) return { tier, expiresAt }
    if (TIERS[tier].price >= tierOf(before.tier).price) return buyTier(parts, tx, owner, tier)
    refuseTooMany(parts, tier, owned.length)
    const kept = { tier, expiresAt: tier === 'explorer' ? null : expiresAt }
    await save(parts, tx, { ...owner, ...kept })
    return kept
  })
  if (moved === null) throw developerErrors.NOT_REGISTERED()
  return moved
}

/** A tier without payment and without an end. @throws DEVELOPER_NO_SUCH_DEVELOPER */
export async function giveTier(
  parts: DeveloperParts,
  given: { readonly userId: string; readonly tier: DeveloperTier; readonly by: string },
  note: Note,
): Promise<void> {
  const { userId, tier, by } = given
  const done = await parts.identity.changeTier(userId, async (tx, { tenantId }) => {
    await save(parts, tx, { tenantId, userId, tier, expiresAt: null, compedBy: by })
    await note(tx)
    return { tier }
  })
  if (done === null) throw developerErrors.NO_SUCH_DEVELOPER()
}

/** Developers whose bought year is over are explorers again; their apps stay. */
export async function endTiers(parts: DeveloperParts): Promise<void> {
  const ended = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('developer.membership')
      .select(['user_id', 'tenant_id'])
      .where('expires_at', '<=', new Date(parts.clock.now()))
      .limit(500)
      .execute(),
  )
  for (const { user_id: userId, tenant_id: tenantId } of ended) {
    await parts.identity.changeTier(userId, async (tx, before) => {
      const end = await endOf(tx, userId)
      // Bought again since we looked.
      if (end === null || Date.parse(end) > parts.clock.now()) return before
      await save(parts, tx, { tenantId, userId, tier: 'explorer', expiresAt: null })
      await parts.audit.append(tx, {
        tenantId,
        actorId: '__system__',
        actorType: 'service',
        action: 'developer.tier_ended',
        targetType: 'user',
        targetId: userId,
        source: 'service',
      })
      return { tier: 'explorer' }
    })
  }
}
