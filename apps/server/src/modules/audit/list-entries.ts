import type { AuditRow, audit, RouteQuery } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Tables, Tx, Whose } from '../../foundation/db/index.ts'

export type AuditFilter = RouteQuery<typeof audit.list>

interface Bounds {
  readonly from: Date | null
  readonly to: Date | null
}

function boundsOf(filter: AuditFilter, now: number): Bounds {
  const from = filter.from ?? filter.since
  const since = filter.hours === undefined ? null : new Date(now - filter.hours * 3_600_000)
  return {
    from: from === undefined ? since : new Date(from),
    to: filter.to === undefined ? null : new Date(filter.to),
  }
}

function filtered(tx: Tx, filter: AuditFilter, bounds: Bounds) {
  let query = tx.selectFrom('audit.entry')
  const equal = {
    actor_id: filter.actor_id ?? filter.actor,
    target_type: filter.target_type,
    target_id: filter.target_id ?? filter.target,
    action: filter.action,
    source: filter.source,
  }
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) query = query.where(column as keyof typeof equal, '=', value) // the keys of `equal`
  }
  if (bounds.from !== null) query = query.where('created_at', '>=', bounds.from)
  if (bounds.to !== null) query = query.where('created_at', '<=', bounds.to)
  return query
}

const toWire = (row: Selectable<Tables['audit.entry']>): AuditRow => ({
  ...row,
  created_at: row.created_at.toISOString(),
  details: row.metadata,
})

/** One page of the log, newest first. `whose` is everybody's for those who see every tenant. */
export async function listEntries(
  options: { readonly db: Database; readonly clock: Clock },
  whose: Whose,
  filter: AuditFilter,
): Promise<{ entries: AuditRow[]; total: number; page: number; per_page: number }> {
  const perPage = filter.limit ?? filter.per_page
  const bounds = boundsOf(filter, options.clock.now())
  return options.db.tenant(whose, async (tx) => {
    const counted = await filtered(tx, filter, bounds)
      .select((build) => build.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    const rows = await filtered(tx, filter, bounds)
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(perPage)
      .offset((filter.page - 1) * perPage)
      .execute()
    return { entries: rows.map(toWire), total: counted.total, page: filter.page, per_page: perPage }
  })
}
