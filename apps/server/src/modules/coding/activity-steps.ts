import type { ActivityStep } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import { codingErrors } from './errors.ts'
import { kindOfOwn } from './session-id.ts'

const REF = /^terminal:(.+):([A-Za-z0-9_-]+)$/

/** One step of a session of the user, as previews. @throws CODING_NO_STEP also for one of somebody else */
export async function readStep(
  db: Database,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
  ref: string,
): Promise<ActivityStep> {
  const [, sessionId = '', stepId = ''] = REF.exec(ref) ?? []
  if (kindOfOwn(userId, sessionId) === null) throw codingErrors.NO_STEP()
  const step = await db.tenant(tenantId, (tx) =>
    tx
      .selectFrom('coding.step')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('session_id', '=', sessionId)
      .where('step_id', '=', stepId)
      .executeTakeFirst(),
  )
  if (step === undefined) throw codingErrors.NO_STEP()
  const preview = (text: string, bytes: number) => ({
    preview: text,
    truncated: text.endsWith('…'),
    total_bytes: bytes,
  })
  return {
    ok: step.ok,
    app_id: step.app_id,
    tool: step.tool,
    duration_ms: step.ended_at === null ? null : step.ended_at.getTime() - step.started_at.getTime(),
    trace_id: step.trace_id,
    args: preview(step.args_preview, step.args_bytes),
    result: preview(step.result_preview, step.result_bytes),
    started_at: step.started_at.toISOString(),
  }
}
