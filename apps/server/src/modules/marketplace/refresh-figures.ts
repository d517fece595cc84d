import { sql } from 'kysely'
import type { MarketplaceOptions } from './open-marketplace.ts'

const LOCK = 4_780_000_041
const DAYS = 30

/**
 * Counts uses of the last thirty days, by which lists are sorted; an hour's delay is good enough (K10.33). Of many nodes
 * one does it.
 */
export async function refreshFigures(
  options: Pick<MarketplaceOptions, 'db' | 'registry' | 'clock' | 'usesByApp'>,
): Promise<void> {
  const since = new Date(options.clock.now() - DAYS * 86_400_000)
  await options.db.everyTenant(async (tx) => {
    const { rows } = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as taken`.execute(tx)
    if (rows[0]?.taken !== true) return
    const uses = await options.usesByApp(since)
    for (const { app } of await options.registry.liveApps()) {
      const actionCount = uses.get(app.appId) ?? 0
      if (actionCount !== app.actionCount) await options.registry.writeFigures(tx, app.appId, { actionCount })
    }
  })
}
