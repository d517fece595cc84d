import { SYSTEM_USER } from '@imperal/contract'
import { parseCron } from '../../../foundation/jobs/index.ts'
import { tenantsOf } from '../context/tenants-of.ts'
import type { KernelParts } from '../parts.ts'
import {
  type Claim,
  claimMinute,
  type DueMinute,
  type DueRun,
  type DueSchedule,
  finishMinute,
  hasJustFailed,
  recordUnrun,
  runFence,
} from './schedule-runs.ts'

const TENANTS_AT_ONCE = 4
const FAILURES_TO_TELL = 3

async function runIn(parts: KernelParts, due: DueMinute, tenantId: string): Promise<boolean> {
  const intent = {
    source: 'schedule',
    tenantId,
    userId: SYSTEM_USER,
    appId: due.app_id,
    function: due.schedule,
    params: {},
  } as const
  try {
    const { response } = await parts.runInner(intent, { fence: runFence(parts, due) })
    return response.status === 'success'
  } catch (error) {
    parts.log.error({ err: error, app: due.app_id, schedule: due.schedule, tenant: tenantId }, 'a schedule was not run')
    return false
  }
}

function lost(parts: KernelParts, { app_id, schedule }: DueSchedule, error: unknown): false {
  parts.log.error({ err: error, app: app_id, schedule }, 'a schedule was not run everywhere')
  return false
}

/** Each tenant by itself: the trouble of one is not that of the others. */
async function runEverywhere(parts: KernelParts, due: DueMinute): Promise<boolean> {
  const tenants = await tenantsOf(parts, due.app_id)
  let next = 0
  let isWell = true
  const worker = async () => {
    for (let index = next++; index < tenants.length; index = next++)
      if (!(await runIn(parts, due, tenants[index] ?? ''))) isWell = false
  }
  await Promise.all(Array.from({ length: Math.min(TENANTS_AT_ONCE, tenants.length) }, worker))
  return isWell
}

/** Who can mend it hears of it: the operator in the log and from the doctor, the app's owner by a notification. */
async function tell(parts: KernelParts, due: DueSchedule): Promise<void> {
  parts.log.error({ app: due.app_id, schedule: due.schedule }, 'a schedule failed three times in a row')
  const app = await parts.registry.app(due.app_id)
  if (app === null || app.ownerId === null) return
  const message = `“${due.schedule}” of ${app.name} failed ${FAILURES_TO_TELL} times in a row. Its log says why.`
  await parts.notifications.notify(
    { tenantId: app.ownerTenantId, atomic: (statements) => parts.db.atomic(app.ownerTenantId, statements) },
    {
      tenantId: app.ownerTenantId,
      userId: app.ownerId,
      appId: app.appId,
      title: `${app.name}: a schedule fails`,
      body: message,
      message,
      priority: 'high',
      channel: 'in_app',
      link: null,
      extra: {},
    },
  )
}

/**
 * Runs a schedule for the last minute that was due at a moment, once in the whole installation whoever asks
 * (SCHED-EXT-I1): in system context, in each tenant that has the app. Answers whether this was the one.
 */
export async function fireSchedule(parts: KernelParts, due: DueSchedule, at: Date): Promise<boolean> {
  const minute = parseCron(due.cron)?.lastDue(at) ?? null
  if (minute === null) return false
  const run: DueRun = { due: { ...due, minute }, ended: null }
  // Before the minute is taken: what is not in here and has this node's name is nobody's.
  parts.dueRuns.add(run)
  let claim: Claim
  try {
    claim = await claimMinute(parts, run.due, at)
  } catch (error) {
    parts.dueRuns.delete(run)
    throw error
  }
  if (claim !== 'run') parts.dueRuns.delete(run)
  if (claim === 'skipped' || claim === 'missed') await recordUnrun(parts, run.due, claim)
  if (claim !== 'run') return false
  run.ended = (await runEverywhere(parts, run.due).catch((error) => lost(parts, due, error))) ? 'success' : 'failed'
  await finishMinute(parts, run)
  parts.dueRuns.delete(run)
  if (run.ended === 'failed' && (await hasJustFailed(parts, due, FAILURES_TO_TELL))) await tell(parts, due)
  return true
}
