import { offerLost } from './hold-execution.ts'
import { tellLeftNotices } from './notify-owner.ts'
import { settleExecution } from './settle-execution.ts'
import { enqueue } from './trigger-rule.ts'
import type { Parts } from './types.ts'

const EVERY_SECONDS = 20
const LOOK_SECONDS = 5
const FORGET_SECONDS = 3_600
const KEPT_DAYS = 30
/** A run that waits so long after its time has lost its job, with the node that had it. */
const LOST_MS = 120_000
const AT_ONCE = 100

/** Fails the runs that are overdue: too slow, or their node is gone (K6.22). Answers their ids. */
export async function failOverdue(parts: Parts): Promise<string[]> {
  const now = new Date(parts.clock.now())
  const overdue = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('automations.execution')
      .selectAll()
      .where('status', 'in', ['running', 'triggered'])
      .where((eb) => eb.or([eb('status', '=', 'running'), eb('external', '=', true)]))
      .where('timeout_at', '<', now)
      .orderBy('timeout_at')
      .limit(AT_ONCE)
      .execute(),
  )
  const failed: string[] = []
  for (const run of overdue) {
    if (run.status === 'triggered') await beginExternal(parts, run.execution_id, run.tenant_id)
    await settleExecution(parts, run, {
      kind: 'failed',
      code: 'BACKEND_TIMEOUT',
      message: 'The run did not end in time; the last step that had begun may or may not have happened.',
      // Nobody here could carry it out again.
      isFinal: run.external,
    })
    failed.push(run.execution_id)
  }
  return failed
}

const beginExternal = (parts: Parts, executionId: string, tenantId: string): Promise<unknown> =>
  parts.db.tenant(tenantId, (tx) =>
    tx
      .updateTable('automations.execution')
      .set({ status: 'running' })
      .where('execution_id', '=', executionId)
      .where('status', '=', 'triggered')
      .execute(),
  )

/** Runs whose job is lost are sent again; one that still has its job is taken once all the same. */
export async function sendLostAgain(parts: Parts): Promise<number> {
  const now = parts.clock.now()
  return parts.db.everyTenant(async (tx) => {
    const lost = await tx
      .selectFrom('automations.execution')
      .select(['execution_id', 'tenant_id', 'user_id'])
      .where('status', '=', 'triggered')
      .where('external', '=', false)
      .where('due_at', '<', new Date(now - LOST_MS))
      .orderBy('due_at')
      .limit(AT_ONCE)
      .forUpdate()
      .skipLocked()
      .execute()
    for (const run of lost) {
      await enqueue(parts, tx, { tenant_id: run.tenant_id, execution_id: run.execution_id, userId: run.user_id })
      await tx
        .updateTable('automations.execution')
        .set({ due_at: new Date(now) })
        .where('execution_id', '=', run.execution_id)
        .execute()
    }
    return lost.length
  })
}

const forgetOld = (parts: Parts): Promise<unknown> =>
  parts.db.everyTenant((tx) =>
    tx
      .deleteFrom('automations.execution')
      .where('created_at', '<', new Date(parts.clock.now() - KEPT_DAYS * 86_400_000))
      .where('status', 'not in', ['triggered', 'running'])
      .execute(),
  )

/** Returns a function that stops it. */
export function openWatch(parts: Parts): () => Promise<void> {
  const stops = [
    parts.jobs.upkeep('automations.watch', EVERY_SECONDS, async () => {
      await failOverdue(parts)
      await sendLostAgain(parts)
    }),
    parts.jobs.upkeep('automations.lost', LOOK_SECONDS, () => offerLost(parts)),
    parts.jobs.upkeep('automations.tell', EVERY_SECONDS, () => tellLeftNotices(parts)),
    parts.jobs.upkeep('automations.forget', FORGET_SECONDS, () => forgetOld(parts)),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}
