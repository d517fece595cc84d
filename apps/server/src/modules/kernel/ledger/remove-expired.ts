import { sql } from 'kysely'
import type { KernelParts } from '../parts.ts'

const AT_ONCE = 10_000
const CALLS_KEPT_HOURS = 24
const CONFIRMATIONS_KEPT_DAYS = 90

interface Removed {
  readonly tenant_id: string
  readonly retention_class: string
  readonly removed: number
}

async function record(parts: KernelParts, { tenant_id: tenantId, retention_class, removed }: Removed): Promise<void> {
  await parts.audit.record({
    tenantId,
    actorId: 'platform',
    actorType: 'system',
    action: 'ledger.retention',
    targetType: 'ledger',
    metadata: { retention_class, removed },
    source: 'kernel',
    retentionClass: 'security_forever',
  })
}

/**
 * Removes ledger rows whose class has run out: reads after 90 days, all others after 7 years, security rows never (kernel
 * 11.2). Each removal is itself an audit row with its count (K11.3). Any number of nodes may do it at once.
 */
export async function removeExpired(parts: KernelParts, stopping?: AbortSignal): Promise<number> {
  let total = 0
  while (stopping?.aborted !== true) {
    const rows = await parts.db.everyTenant(
      async (tx) => (await sql<Removed>`select * from ledger.remove_expired(${AT_ONCE})`.execute(tx)).rows,
    )
    for (const row of rows) await record(parts, row)
    const removed = rows.reduce((sum, row) => sum + row.removed, 0)
    total += removed
    if (removed < AT_ONCE) break
  }
  return total
}

/**
 * A decided question keeps its exact arguments and results for a day, for whoever asks what came of it, and then nothing but
 * that it was asked; the ledger has what was done, masked. After 90 days the row goes.
 */
export async function forgetConfirmations(parts: KernelParts): Promise<void> {
  await parts.db.everyTenant(async (tx) => {
    await sql`update kernel.confirmation
      set calls = '[]', results = null, outcomes = null, message_preview = null,
        items = (select coalesce(jsonb_agg(item || '{"args_masked": {}}'), '[]') from jsonb_array_elements(items) item)
      where status in ('executed', 'cancelled', 'expired', 'failed') and calls <> '[]'
        and coalesce(decided_at, expires_at) < now() - make_interval(hours => ${CALLS_KEPT_HOURS}::integer)`.execute(tx)
    await sql`delete from kernel.confirmation where status in ('executed', 'cancelled', 'expired', 'failed')
      and coalesce(decided_at, expires_at) < now() - make_interval(days => ${CONFIRMATIONS_KEPT_DAYS}::integer)`.execute(
      tx,
    )
  })
}
