import type { UsageLine } from '@imperal/contract'
import { type Database, EVERY_TENANT } from '../../../foundation/db/index.ts'

type Owner = { readonly tenantId: string; readonly userId: string }
/** Dollars for a thousand tokens. */
export type RateOf = (model: string) => { readonly inputCost: number; readonly outputCost: number } | null

const LINES = `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as date, purpose, provider, model, is_own_key,
  count(*)::int as calls, count(error)::int as failed_calls, count(*) filter (where is_failover)::int as failover_calls,
  sum(input_tokens)::float8 as input_tokens, sum(output_tokens)::float8 as output_tokens
from llm.usage where created_at >= $1::timestamptz and created_at < $2::timestamptz
  and ($3::text is null or (tenant_id = $3 and user_id = $4))
group by 1, 2, 3, 4, 5 order by 1 desc, 2, 3, 4, 5`

const DAY_MS = 86_400_000
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Requests by day, purpose and model of the last days, today included; of one user or of everybody. */
export async function usageLines(
  db: Database,
  wanted: { readonly user: Owner | null; readonly days: number; readonly now: number; readonly rateOf: RateOf },
): Promise<{ from: string; to: string; lines: UsageLine[] }> {
  const from = dayOf(wanted.now - (wanted.days - 1) * DAY_MS)
  const to = dayOf(wanted.now)
  const values = [from, dayOf(wanted.now + DAY_MS), wanted.user?.tenantId ?? null, wanted.user?.userId ?? null]
  const [result] = await db.atomic(wanted.user?.tenantId ?? EVERY_TENANT, [{ text: LINES, values }])
  const lines = (result?.rows ?? []).map((row: Omit<UsageLine, 'cost'>) => {
    const rate = row.is_own_key ? null : wanted.rateOf(row.model)
    const dollars =
      rate === null ? null : (row.input_tokens * rate.inputCost + row.output_tokens * rate.outputCost) / 1000
    return { ...row, cost: dollars === null ? null : Number(dollars.toFixed(6)) }
  })
  return { from, to, lines }
}

const DAY = `select model, count(*)::int as calls, count(*) filter (where is_own_key)::int as byollm_calls,
  sum(input_tokens)::float8 as input_tokens, sum(output_tokens)::float8 as output_tokens,
  count(*) filter (where is_failover)::int as failover_calls, sum(latency_ms)::float8 as total_latency_ms
from llm.usage where created_at >= $1::date and created_at < $1::date + 1 and ($2::text is null or user_id = $2)
group by model order by model`

interface DayRow {
  model: string
  calls: number
  byollm_calls: number
  input_tokens: number
  output_tokens: number
  failover_calls: number
  total_latency_ms: number
}

/** One UTC day in one answer (api.md 3.23). */
export async function usageOfDay(db: Database, date: string, userId: string | null) {
  const [result] = await db
    .atomic(EVERY_TENANT, [
      { text: "set local time zone 'UTC'", values: [] },
      { text: DAY, values: [date, userId] },
    ])
    .then((results) => results.slice(1))
  const rows = (result?.rows ?? []) as DayRow[]
  const sum = (name: Exclude<keyof DayRow, 'model'>) => rows.reduce((total, row) => total + row[name], 0)
  return {
    date,
    calls: sum('calls'),
    byollm_calls: sum('byollm_calls'),
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    failover_calls: sum('failover_calls'),
    total_latency_ms: sum('total_latency_ms'),
    by_model: Object.fromEntries(rows.map((row) => [row.model, row.calls])),
  }
}
