import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import type { DatabaseFacts, DeadEvents, RefusedModel, UnwellApp } from './doctor.ts'

const FACTS = `select current_setting('server_version') as version,
  pg_database_size(current_database()) as size,
  (select count(*) from kernel.open_call) as open_calls`

const DEAD_EVENTS = `select app_id, handler, count(*)::int as events, max(failed_at) as last_at from kernel.dead_event
where failed_at > now() - interval '7 days' group by app_id, handler order by events desc limit 20`

/** Handlers that gave up events in the last seven days. */
export async function readDeadEvents(db: Database): Promise<DeadEvents[]> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: DEAD_EVENTS, values: [] }])
  return (result?.rows ?? []).map((row: DeadEventRow) => ({ ...row, last_at: row.last_at.toISOString() }))
}

const UNWELL_APPS = `select app_id, version, status, message, failures, checked_at from kernel.health
where status in ('degraded', 'unhealthy') order by failures desc, app_id limit 50`

/** Apps whose last health check said that they are not well, the worst first. */
export async function readUnwellApps(db: Database): Promise<UnwellApp[]> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: UNWELL_APPS, values: [] }])
  return (result?.rows ?? []).map((row) => ({ ...row, checked_at: row.checked_at.toISOString() }))
}

const REFUSED_MODELS = `with refused as (
  select provider, model, count(*)::int as requests, max(created_at) as last_at from llm.usage
  where created_at > now() - interval '1 day' and not is_own_key and error = 'LLM_KEY_REFUSED' group by provider, model
), answered as (
  select provider, model, max(created_at) as at from llm.usage
  where created_at > now() - interval '1 day' and not is_own_key and error is null group by provider, model
)
select r.*, exists (select 1 from answered a where a.at > r.last_at) as others_answer from refused r
where not exists (select 1 from answered a where a.at > r.last_at and (a.provider, a.model) = (r.provider, r.model))
order by last_at desc limit 20`

/** Models of the installation whose provider did not accept the key when it was asked last, within a day. */
export async function readRefusedModels(db: Database): Promise<RefusedModel[]> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: REFUSED_MODELS, values: [] }])
  return (result?.rows ?? []).map((row) => ({ ...row, last_at: row.last_at.toISOString() }))
}

interface DeadEventRow extends Omit<DeadEvents, 'last_at'> {
  readonly last_at: Date
}

/** Version, size and unfinished calls of the database. */
export async function readDatabaseFacts(db: Database): Promise<DatabaseFacts> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: FACTS, values: [] }])
  const row = result?.rows[0] ?? {}
  return { version: String(row.version), sizeBytes: Number(row.size), openCalls: Number(row.open_calls) }
}
