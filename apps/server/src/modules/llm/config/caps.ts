import type { LlmConfig } from '@imperal/contract'
import { type Database, EVERY_TENANT } from '../../../foundation/db/index.ts'
import { llmErrors } from '../errors.ts'

type Owner = { readonly tenantId: string; readonly userId: string }

/** A budget that is used up to a part of it, told once a month. */
export interface BudgetAlert {
  /** Null: that of the whole installation. */
  readonly user: Owner | null
  readonly percent: number
  readonly used: number
  readonly cap: number
}

export interface Caps {
  /** @throws LLM_BUDGET_SPENT */
  check(user: Owner, config: LlmConfig): Promise<void>
  /** Tells what has come near its cap. Never throws. */
  watch(user: Owner, config: LlmConfig): Promise<void>
  /** Tokens of the installation's models in this month, of one user or of everybody. */
  used(user: Owner | null): Promise<number>
}

const USED = `select coalesce(sum(input_tokens + output_tokens), 0)::bigint as tokens from llm.usage
where not is_own_key and created_at >= date_trunc('month', $3::timestamptz at time zone 'UTC') at time zone 'UTC'
  and ($1::text is null or (tenant_id = $1 and user_id = $2))`
const TELL = `insert into llm.alert (scope, month, percent) values ($1, $2, $3) on conflict do nothing returning scope`
const DEFAULT_ALERT = 80

export function openCaps(options: {
  readonly db: Database
  /** ISO 8601. */
  now(): string
  tell(alert: BudgetAlert): Promise<void>
  onFailure(error: unknown): void
}): Caps {
  const { db, now } = options
  const used = async (user: Owner | null): Promise<number> => {
    const values = [user?.tenantId ?? null, user?.userId ?? null, now()]
    const [result] = await db.atomic(EVERY_TENANT, [{ text: USED, values }])
    return Number((result?.rows[0] as { tokens: string } | undefined)?.tokens ?? 0)
  }
  const tellOnce = async (scope: string, alert: BudgetAlert): Promise<void> => {
    const values = [scope, now().slice(0, 7), alert.percent]
    const [result] = await db.atomic(EVERY_TENANT, [{ text: TELL, values }])
    if ((result?.rowCount ?? 0) > 0) await options.tell(alert)
  }
  const budgets = (user: Owner, { caps }: LlmConfig) => [
    { scope: `user:${user.tenantId}:${user.userId}`, of: user, cap: caps?.user_monthly_tokens ?? null },
    { scope: 'installation', of: null, cap: caps?.installation_monthly_tokens ?? null },
  ]
  return {
    used,
    async check(user, config) {
      for (const { of, cap } of budgets(user, config))
        if (cap !== null && (await used(of)) >= cap)
          throw llmErrors.BUDGET_SPENT({ whose: of === null ? 'installation' : 'user' })
    },
    async watch(user, config) {
      try {
        for (const { scope, of, cap } of budgets(user, config)) {
          if (cap === null || cap === 0) continue
          const tokens = await used(of)
          for (const percent of new Set([config.caps?.alert_percent ?? DEFAULT_ALERT, 100]))
            if (tokens * 100 >= cap * percent) await tellOnce(scope, { user: of, percent, used: tokens, cap })
        }
      } catch (error) {
        options.onFailure(error)
      }
    },
  }
}
