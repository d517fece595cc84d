import { type RawBuilder, sql } from 'kysely'
import type { Database, Tx } from '../../../foundation/db/index.ts'

const MONTH = sql<Date>`date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'`
const DONE = sql`status = 'success'`
const FAILED = sql`status in ('failed', 'timed_out', 'unknown')`
/** What the platform does by itself around an app is no use of it. */
const USE = sql<boolean>`source not in ('lifecycle', 'skeleton', 'health')`
/** What the monthly allowance counts (G5). */
const COUNTED = sql`source in ('chat', 'panel', 'api', 'mcp', 'automation')`
/** A function or a tool; a panel that is drawn is no use of the app. */
const CALLED = sql`function not like '\\_\\_%'`
/** Calls that ran: what a gate turned away says nothing about an app. */
const RAN = sql`status in ('success', 'failed', 'timed_out', 'unknown')`

export interface AppCounts {
  readonly total_actions: number
  readonly completed: number
  readonly failed: number
  readonly unique_users: number
  /** 0 to 1; of calls that ran. */
  readonly success_rate: number
  readonly avg_duration_ms: number
}

const counted = (tx: Tx, appId: string, since: RawBuilder<Date> | null): Promise<AppCounts> =>
  tx
    .selectFrom('ledger.action')
    .select([
      sql<number>`count(*)::int`.as('total_actions'),
      sql<number>`(count(*) filter (where ${DONE}))::int`.as('completed'),
      sql<number>`(count(*) filter (where ${FAILED}))::int`.as('failed'),
      sql<number>`count(distinct (tenant_id, user_id))::int`.as('unique_users'),
      sql<number>`coalesce(round((count(*) filter (where ${DONE}))::numeric / nullif(count(*) filter (where ${RAN}), 0), 4), 0)::float8`.as(
        'success_rate',
      ),
      sql<number>`coalesce(round(avg(duration_ms) filter (where ${RAN})), 0)::int`.as('avg_duration_ms'),
    ])
    .where('app_id', '=', appId)
    .where(USE)
    .$if(since !== null, (query) => query.where('received_at', '>=', since ?? MONTH))
    .executeTakeFirstOrThrow()

/** Counts of an app over all tenants; numbers alone, nobody's rows. */
export const countApp = (db: Database, appId: string): Promise<AppCounts> =>
  db.everyTenant((tx) => counted(tx, appId, null))

/** The same of the current month, and by function. */
export function countAppMonth(db: Database, appId: string) {
  return db.everyTenant(async (tx) => {
    const totals = await counted(tx, appId, MONTH)
    const by_tool = await tx
      .selectFrom('ledger.action')
      .select([
        'function as tool',
        sql<number>`count(*)::int`.as('total'),
        sql<number>`(count(*) filter (where ${DONE}))::int`.as('completed'),
        sql<number>`(count(*) filter (where ${FAILED}))::int`.as('failed'),
      ])
      .where('app_id', '=', appId)
      .where(USE)
      .where('received_at', '>=', MONTH)
      .groupBy('function')
      .orderBy('total', 'desc')
      .orderBy('function')
      .limit(500)
      .execute()
    return { ...totals, app_id: appId, period: new Date().toISOString().slice(0, 7), by_tool }
  })
}

export interface CountedUse {
  readonly by_app: { app_id: string; total: number; completed: number; failed: number; used: number }[]
  readonly by_model: { model: string; calls: number; tokens: number }[]
}

/** Whose calls are counted, and from when to when; without a beginning the current month in UTC. */
export interface UseOf {
  readonly tenantId: string
  /** Null: everybody's. */
  readonly userId: string | null
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Calls by app, and tokens that services reported with them, by model. */
export async function countUse(tx: Tx, of: UseOf): Promise<CountedUse> {
  const whose = of.userId === null ? sql`true` : sql`tenant_id = ${of.tenantId} and user_id = ${of.userId}`
  const since = of.from === undefined ? sql`received_at >= ${MONTH}` : sql`received_at >= ${of.from}::timestamptz`
  const until = of.to === undefined ? sql`true` : sql`received_at < ${of.to}::timestamptz`
  const within = sql<boolean>`${whose} and ${since} and ${until}`
  const by_app = await tx
    .selectFrom('ledger.action')
    .select([
      'app_id',
      sql<number>`count(*)::int`.as('total'),
      sql<number>`(count(*) filter (where ${DONE}))::int`.as('completed'),
      sql<number>`(count(*) filter (where ${FAILED}))::int`.as('failed'),
      sql<number>`(count(*) filter (where ${DONE} and ${COUNTED} and action_type <> 'read'))::int`.as('used'),
    ])
    .where(within)
    .groupBy('app_id')
    .orderBy('app_id')
    .execute()
  const by_model = await tx
    .selectFrom('ledger.action')
    .select([
      sql<string>`facts ->> 'llm_model'`.as('model'),
      sql<number>`sum((facts ->> 'llm_total_calls')::bigint)::int`.as('calls'),
      sql<number>`sum((facts ->> 'llm_total_tokens')::bigint)::bigint`.as('tokens'),
    ])
    .where(within)
    .where(sql<boolean>`facts ->> 'llm_model' is not null`)
    .groupBy(sql`facts ->> 'llm_model'`)
    .orderBy('model')
    .execute()
  return { by_app, by_model }
}

/** How often somebody has used an app with success, counted up to `most`. */
export async function countUsesOf(
  db: Database,
  of: { readonly tenantId: string; readonly userId: string; readonly appId: string; readonly most: number },
): Promise<number> {
  return db.tenant(of.tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('ledger.action')
      .select('call_id')
      .where('tenant_id', '=', of.tenantId)
      .where('user_id', '=', of.userId)
      .where('app_id', '=', of.appId)
      .where(sql<boolean>`${DONE} and ${COUNTED} and ${CALLED}`)
      .limit(of.most)
      .execute()
    return rows.length
  })
}

/** Uses of every app by everybody since a moment; reads the ledger of that time. */
export function countUsesByApp(db: Database, since: Date): Promise<ReadonlyMap<string, number>> {
  return db.everyTenant(async (tx) => {
    const rows = await tx
      .selectFrom('ledger.action')
      .select(['app_id', sql<number>`count(*)::bigint`.as('total')])
      .where('received_at', '>=', since)
      .where(sql<boolean>`${DONE} and ${COUNTED} and ${CALLED}`)
      .groupBy('app_id')
      .execute()
    return new Map(rows.map(({ app_id, total }) => [app_id, total]))
  })
}

export interface AppAnalytics {
  readonly total_actions: number
  readonly unique_users: number
  /** 0 to 1; of calls that ran. */
  readonly success_rate: number
  readonly avg_duration_ms: number
  /** Days of UTC on which something was called, oldest first. */
  readonly by_day: { date: string; actions: number }[]
  /** The most called first, at most 500. */
  readonly by_tool: { tool: string; actions: number; errors: number }[]
}

/** How an app was used since a moment, in all tenants: numbers alone, nobody's rows. */
export function analyseApp(db: Database, appId: string, since: Date): Promise<AppAnalytics> {
  return db.everyTenant(async (tx) => {
    const { total_actions, unique_users, success_rate, avg_duration_ms } = await counted(
      tx,
      appId,
      sql<Date>`${since}::timestamptz`,
    )
    const used = tx.selectFrom('ledger.action').where('app_id', '=', appId).where(USE).where('received_at', '>=', since)
    const by_day = await used
      .select([
        sql<string>`to_char(received_at at time zone 'UTC', 'YYYY-MM-DD')`.as('date'),
        sql<number>`count(*)::int`.as('actions'),
      ])
      .groupBy('date')
      .orderBy('date')
      .execute()
    const by_tool = await used
      .select([
        'function as tool',
        sql<number>`count(*)::int`.as('actions'),
        sql<number>`(count(*) filter (where ${FAILED}))::int`.as('errors'),
      ])
      .groupBy('function')
      .orderBy('actions', 'desc')
      .orderBy('function')
      .limit(500)
      .execute()
    return { total_actions, unique_users, success_rate, avg_duration_ms, by_day, by_tool }
  })
}
