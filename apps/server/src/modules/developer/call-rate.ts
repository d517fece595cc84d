import type { Clock } from '../../foundation/clock.ts'
import { NoticedCache } from '../../foundation/noticed-cache.ts'
import type { Identity } from '../identity/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { tierOf } from './tiers.ts'

/** How long a node may go on by the tier of before. */
const LIFE_MS = 60_000

/** Calls in a minute that an app may have by the tier of its developer (kernel 10.5); null: its owner has no tier. */
export type CallRate = (app: Pick<AppRecord, 'ownerId' | 'ownerTenantId'>) => number | null | Promise<number | null>

/** Tiers are read once a minute and node, so that a warm call reads nothing. */
export function createCallRate(identity: Pick<Identity, 'developer'>, clock: Clock): CallRate {
  const known = new NoticedCache<{ readonly rate: number | null }>(clock, { lifeMs: LIFE_MS, most: 10_000 })
  return ({ ownerId, ownerTenantId }) => {
    if (ownerId === null) return null
    const key = `${ownerTenantId}\n${ownerId}`
    const held = known.peek(key)
    if (held !== undefined) return held.rate
    return known
      .read(key, async () => {
        const developer = await identity.developer(ownerTenantId, ownerId)
        return { rate: developer === null ? null : tierOf(developer.tier).rateLimit }
      })
      .then((read) => read?.rate ?? null)
  }
}
