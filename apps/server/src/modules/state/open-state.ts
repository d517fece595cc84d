import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { cacheState, expireCache } from './cache.ts'
import { skeletonClaims } from './skeleton-claims.ts'
import { skeletonSnapshots } from './skeleton-snapshots.ts'
import type { State } from './types.ts'

const EXPIRE_MS = 60_000

export function openState(options: { readonly db: Database; readonly clock: Clock; readonly log: Log }): State {
  const { db, clock, log } = options
  const timer = setInterval(() => {
    expireCache(db, clock).catch((error) => log.warn({ err: error }, 'expired cache values stay for now'))
  }, EXPIRE_MS)
  timer.unref()
  return {
    ...cacheState(db, clock),
    ...skeletonClaims(db, clock),
    ...skeletonSnapshots(db, clock),
    async close() {
      clearInterval(timer)
    },
  }
}
