import { sql } from 'kysely'
import { type Database, EVERY_TENANT } from '../../../foundation/db/index.ts'
import { DEAD_AFTER_SECONDS } from './node-lease.ts'
import { RECOVER } from './row.ts'

// Consumed by a node that died before it ran them: never run again (K3.27).
const LOST_CONFIRMATIONS = `update kernel.confirmation set status = 'failed'
where status in ('confirmed', 'executing') and decided_at < now() - interval '1 hour'`
const OLD_NODES = "delete from kernel.node where heartbeat_at < now() - interval '1 day'"

/**
 * Ends what dead nodes left: each of their open calls becomes one ledger row of status `unknown`. Any number of nodes
 * may do this at once; the own calls are left alone, for a machine that slept looks dead to itself when it wakes.
 * Returns the calls that it ended.
 */
export async function recoverCalls(db: Database, ownNodeId: string): Promise<string[]> {
  const [recovered] = await db.atomic(EVERY_TENANT, [
    { text: RECOVER, values: [DEAD_AFTER_SECONDS, ownNodeId] },
    { text: LOST_CONFIRMATIONS, values: [] },
    { text: OLD_NODES, values: [] },
  ])
  return (recovered?.rows ?? []).map((row: { call_id: string }) => row.call_id)
}

// Each batch looks for its rows among all that are waiting, so it is not small.
const SEALED_AT_ONCE = 5_000

/**
 * Appends finished rows to the hash chains of their tenants (decision 4). Returns how many. Takes a connection of its own,
 * for calls wait behind whatever shares theirs.
 */
export async function sealLedger(db: Database, stopping?: AbortSignal): Promise<number> {
  let total = 0
  while (stopping?.aborted !== true) {
    const sealed = await db.everyTenant(async (tx) => {
      const { rows } = await sql<{ sealed: number }>`select ledger.seal_rows(${SEALED_AT_ONCE}) as sealed`.execute(tx)
      return rows[0]?.sealed ?? 0
    })
    total += sealed
    if (sealed < SEALED_AT_ONCE) break
  }
  return total
}

/**
 * A restored database counts its transactions anew, and rows numbered beyond the present would be sealed late or twice.
 * Seals them at once and takes their number away. For the start of a node, before it writes.
 */
export async function adoptRestoredLedger(db: Database): Promise<void> {
  await db.everyTenant((tx) => sql`select ledger.adopt_restored()`.execute(tx))
}

export interface LedgerCheck {
  readonly sealed: number
  /** Call ids whose row, or whose place in the chain, is not what was sealed. */
  readonly broken: readonly string[]
}

const CHECK = `select s.call_id from (
  select x.*, lag(x.row_hash) over (partition by x.tenant_id order by x.position) as before,
    lag(x.position) over (partition by x.tenant_id order by x.position) as place_before from ledger.seal x
) s left join ledger.action a using (call_id)
where (a.call_id is null and s.removed_at is null)
  or (a.call_id is not null and s.row_hash is distinct from ledger.row_hash(s.prev_hash, a))
  or (s.place_before is not null and (s.prev_hash is distinct from s.before or s.position <> s.place_before + 1))
order by s.position limit 100`

/** Recomputes every hash: for `imperal doctor` and administrators. Reads the whole ledger. */
export async function checkLedger(db: Database): Promise<LedgerCheck> {
  const [count, broken] = await db.atomic(EVERY_TENANT, [
    { text: 'select count(*)::int as sealed from ledger.seal', values: [] },
    { text: CHECK, values: [] },
  ])
  return {
    sealed: Number(count?.rows[0]?.sealed ?? 0),
    broken: (broken?.rows ?? []).map((row: { call_id: string }) => row.call_id),
  }
}
