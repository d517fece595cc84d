import type { Action, ActionStatus, actions, JsonObject, JsonValue, RouteQuery } from '@imperal/contract'
import { type Selectable, sql } from 'kysely'
import type { Database } from '../../../foundation/db/index.ts'
import type { ActionTable } from '../tables.ts'
import { LEDGER_COLUMNS } from './row.ts'

const numberOf = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0)
const textOf = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? value : null)
/** What services report as the price of an action, in its parts. */
const CHARGES = ['action_price', 'extension_price', 'platform_fee'] as const

/** Row of api.md 3.18. */
const toAction = (row: Selectable<ActionTable>): Action => ({
  id: row.call_id,
  call_id: row.call_id,
  trace_id: row.trace_id,
  chain_id: row.chain_id,
  step_id: row.step_id,
  parent_task_id: row.parent_task_id,
  user_id: row.user_id,
  tenant_id: row.tenant_id,
  agency_id: row.agency_id,
  actor_kind: row.actor_kind,
  source: row.source,
  app_id: row.app_id,
  tool_name: row.function,
  action_type: row.action_type,
  intent_type: textOf(row.facts.intent_type) ?? row.action_type,
  status: row.status as ActionStatus, // held by a check of the table
  args: row.args,
  masked: true,
  error: row.error_code,
  message_preview: row.message_preview,
  result_preview: row.result_preview,
  confirmation: row.confirmation,
  confirmation_id: row.confirmation_id,
  event_type: row.event_type,
  event_id: row.event_id,
  retention_class: row.retention_class,
  duration_ms: row.duration_ms,
  facts: row.facts,
  tokens_used: numberOf(row.facts.tokens_used),
  charged_credits: CHARGES.reduce((sum, part) => sum + numberOf(row.facts[part]), 0),
  llm_steps: Array.isArray(row.facts.llm_steps) ? (row.facts.llm_steps as JsonObject[]) : [],
  created_at: row.received_at.toISOString(),
  completed_at: row.completed_at.toISOString(),
})

export interface LedgerReader {
  readonly tenantId: string
  readonly userId: string
}

type Filter = RouteQuery<typeof actions.list>

const pattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** Call ids begin with their time, so that the rows of a time lie together under the primary key. */
const firstIdOf = (since: Date): string => `cal_${since.getTime().toString(16).padStart(12, '0')}`

/** Changes that somebody made since a moment. */
export function countChanges(db: Database, user: LedgerReader, since: Date): Promise<number> {
  return db.tenant(user.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('ledger.action')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('call_id', '>=', firstIdOf(since))
      .where('status', '=', 'success')
      .where('action_type', '<>', 'read')
      .executeTakeFirst()
    return Number(row?.total ?? 0)
  })
}

/** Own rows, newest first, with their number. */
export function listActions(
  db: Database,
  user: LedgerReader,
  filter: Filter,
): Promise<{ actions: Action[]; total: number }> {
  return db.tenant(user.tenantId, async (tx) => {
    let query = tx.selectFrom('ledger.action').where('tenant_id', '=', user.tenantId).where('user_id', '=', user.userId)
    if (filter.app_id !== undefined) query = query.where('app_id', '=', filter.app_id)
    if (filter.action_type !== undefined) query = query.where('action_type', '=', filter.action_type)
    // `completed` is an older word for success (kernel 11.1).
    if (filter.status !== undefined)
      query = query.where('status', '=', filter.status === 'completed' ? 'success' : filter.status)
    if (filter.source !== undefined && filter.source !== '')
      query = query.where(
        'source',
        'in',
        filter.source.split(',').map((source) => source.trim()),
      )
    // Functions whose name begins like this belong to surfaces (ui 1.7); authors cannot name theirs so.
    if (!filter.surfaces) query = query.where('function', 'not like', String.raw`\_\_%`)
    if (filter.search !== undefined && filter.search !== '') {
      const like = pattern(filter.search)
      query = query.where((where) =>
        where.or([
          where('function', 'ilike', like),
          where('app_id', 'ilike', like),
          where('message_preview', 'ilike', like),
          where('result_preview', 'ilike', like),
        ]),
      )
    }
    const { total } = await query.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
    const rows = await query
      .select([...LEDGER_COLUMNS])
      .orderBy('call_id', 'desc')
      .limit(filter.per_page)
      .offset((filter.page - 1) * filter.per_page)
      .execute()
    return { actions: rows.map(toAction), total }
  })
}

/** Every call of one trace in its order, as far as the reader may see them (K11.4, K11.5). */
export function readTrace(
  db: Database,
  user: LedgerReader & { readonly isAdmin: boolean },
  traceId: string,
): Promise<Action[]> {
  return db.tenant(user.tenantId, async (tx) => {
    let query = tx
      .selectFrom('ledger.action')
      .select([...LEDGER_COLUMNS])
      .where('tenant_id', '=', user.tenantId)
      .where('trace_id', '=', traceId)
    if (!user.isAdmin) query = query.where('user_id', '=', user.userId)
    return (await query.orderBy('call_id').limit(500).execute()).map(toAction)
  })
}
