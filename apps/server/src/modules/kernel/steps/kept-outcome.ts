import type { Database, Statement } from '../../../foundation/db/index.ts'
import { toDatabaseJson } from '../ledger/mask.ts'
import { recoverOne } from '../ledger/row.ts'
import type { CallOutcome } from '../types.ts'

/** The right to run one step of durable work, and the pass under which it runs. */
export interface StepHold {
  /** Of this attempt; a further attempt takes a new one. */
  readonly callId: string
  /** Divides by zero when the work belongs to somebody else by now: then the step has no effect. */
  readonly fence: Statement
}

/** What is known of a step that somebody began: `none` had no effect and may run again, `unknown` may have had one. */
export type StepEnd = CallOutcome | 'unknown' | 'none'

const KEEP = `insert into kernel.kept_outcome (call_id, tenant_id, outcome) values ($1, $2, $3)
on conflict (call_id) do nothing`
const READ = 'select outcome from kernel.kept_outcome where call_id = $1'
const RECORDED = 'select status from ledger.action where tenant_id = $1 and call_id = $2'
const TRIM = "delete from kernel.kept_outcome where kept_at < now() - interval '2 days'"

/** For the transaction that records the call. */
export const keeping = (tenantId: string, outcome: CallOutcome): Statement => ({
  text: KEEP,
  values: [outcome.callId, tenantId, toDatabaseJson(outcome)],
})

/**
 * Ends an attempt that is nobody's any more and says what came of it. Call it only after the fence of the attempt has
 * fallen: then an effect is either committed, and its call becomes `unknown` here, or can never be.
 */
export async function settleStep(db: Database, tenantId: string, callId: string): Promise<StepEnd> {
  const [kept, open, recorded] = await db.atomic(tenantId, [
    { text: READ, values: [callId] },
    recoverOne(callId),
    { text: RECORDED, values: [tenantId, callId] },
  ])
  const outcome = kept?.rows[0]?.outcome as CallOutcome | undefined
  if (outcome !== undefined) return outcome.cutOff === true ? 'none' : outcome
  return (open?.rows.length ?? 0) > 0 || (recorded?.rows.length ?? 0) > 0 ? 'unknown' : 'none'
}

export const trimKept: Statement = { text: TRIM, values: [] }
