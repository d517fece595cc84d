import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'

export interface ModelUsage {
  readonly model: string
  readonly calls: number
  readonly tokens: number
}

const READ = `select model, count(*)::int as calls, sum(input_tokens + output_tokens)::bigint as tokens from llm.usage
where ($1::text is null or (tenant_id = $1 and user_id = $2))
  and created_at >= coalesce($3::timestamptz, date_trunc('month', now() at time zone 'UTC') at time zone 'UTC')
  and ($4::timestamptz is null or created_at < $4)
group by model order by model`

/** Requests to models and their tokens, of one user or of everybody; without a beginning of the current month in UTC. */
export async function readUsage(
  db: Database,
  of: {
    readonly user: { readonly tenantId: string; readonly userId: string } | null
    readonly from?: string | undefined
    readonly to?: string | undefined
  },
): Promise<ModelUsage[]> {
  const values = [of.user?.tenantId ?? null, of.user?.userId ?? null, of.from ?? null, of.to ?? null]
  const [result] = await db.atomic(of.user?.tenantId ?? EVERY_TENANT, [{ text: READ, values }])
  return (result?.rows ?? []) as ModelUsage[]
}
