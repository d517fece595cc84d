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
  isLate,
  leavePlace,
  type RunEnd,
  recordUnrun,
  runFence,
  takePlace,
} from './schedule-runs.ts'

const TENANTS_AT_ONCE = 4
const FAILURES_TO_TELL = 3
/** No wait for a place is so long unless all of them are taken. */
const HELD_UP_MS = 90_000

async function call(parts: KernelParts, due: DueMinute, tenantId: string): Promise<boolean> {
  const intent = {
    source: 'schedule',
    tenantId,
    userId: SYSTEM_USER,
    appId: due.app_id,
    function: due.schedule,
    params: {},
  } as const
  const { response } = await parts.runInner(intent, { fence: runFence(parts, due, tenantId) })
  return response.status === 'success'
}

async function runIn(parts: KernelParts, { due, tenants }: DueRun, tenantId: string): Promise<RunEnd> {
  // Before the place is taken: one that is not in here and has this node's name is nobody's.
  tenants.add(tenantId)
  try {
    if (!(await takePlace(parts, due, tenantId))) {
      await recordUnrun(parts, due, { tenantId, why: 'skipped' })
      return 'skipped'
    }
    const isWell = await call(parts, due, tenantId)
    await leavePlace(parts, due, tenantId)
    return isWell ? 'success' : 'failed'
  } catch (error) {
    parts.log.error({ err: error, app: due.app_id, schedule: due.schedule, tenant: tenantId }, 'a schedule was not run')
    return 'failed'
  } finally {
    tenants.delete(tenantId)
  }
}

function lost(parts: KernelParts, { app_id, schedule }: DueSchedule, error: unknown): 'failed' {
  parts.log.error({ err: error, app: app_id, schedule }, 'a schedule was not run everywhere')
  return 'failed'
}

const endOf = (ends: readonly RunEnd[]): RunEnd =>
  ends.includes('failed') ? 'failed' : ends.includes('skipped') ? 'skipped' : 'success'

/** Each tenant by itself: the trouble of one is not that of the others. */
async function runEverywhere(parts: KernelParts, run: DueRun, ends: RunEnd[]): Promise<RunEnd> {
  const tenants = await tenantsOf(parts, run.due.app_id)
  let next = 0
  const worker = async () => {
    for (let index = next++; index < tenants.length; index = next++)
      ends.push(await runIn(parts, run, tenants[index] ?? ''))
  }
  await Promise.all(Array.from({ length: Math.min(TENANTS_AT_ONCE, tenants.length) }, worker))
  return endOf(ends)
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

/** A minute that nobody runs is written down where its owner looks. */
async function passBy(parts: KernelParts, due: DueMinute, why: 'skipped' | 'missed'): Promise<false> {
  const app = await parts.registry.app(due.app_id)
  if ((await claimMinute(parts, due, why)) === why && app !== null)
    await recordUnrun(parts, due, { tenantId: app.ownerTenantId, why })
  return false
}

/**
 * Runs a schedule for the last minute that was due at a moment, once in the whole installation whoever asks
 * (SCHED-EXT-I1): in system context, in each tenant that has the app and is through with the minute before. Answers whether
 * this was the one, and ran.
 */
export async function fireSchedule(parts: KernelParts, due: DueSchedule, at: Date): Promise<boolean> {
  const minute = parseCron(due.cron)?.lastDue(at) ?? null
  if (minute === null) return false
  const run: DueRun = { due: { ...due, minute }, tenants: new Set(), ended: null }
  if (isLate(run.due, at)) return passBy(parts, run.due, 'missed')
  // Before the minute is taken: what is not in here and has this node's name is nobody's.
  parts.dueRuns.add(run)
  let claim: Claim
  try {
    claim = await claimMinute(parts, run.due, 'run')
  } catch (error) {
    parts.dueRuns.delete(run)
    throw error
  }
  if (claim !== 'run') {
    parts.dueRuns.delete(run)
    return false
  }
  const ends: RunEnd[] = []
  run.ended = await runEverywhere(parts, run, ends).catch((error) => lost(parts, due, error))
  await finishMinute(parts, run)
  parts.dueRuns.delete(run)
  if (run.ended === 'failed' && (await hasJustFailed(parts, due, FAILURES_TO_TELL))) await tell(parts, due)
  return ends.length === 0 || ends.some((end) => end !== 'skipped')
}

/**
 * The same for a minute that was sent to this node a while ago. Its age counts from now, for what was sent may have outlived
 * a crash: one that is too old for the catch-up was missed (K6.26). One that waited for a place until the next minute was
 * due is passed by, so that what was held up does not come all at once (K7.3).
 */
export async function fireSent(parts: KernelParts, due: DueSchedule, sent: Date): Promise<boolean> {
  const cron = parseCron(due.cron)
  const now = parts.clock.now()
  const minute = cron?.lastDue(sent) ?? null
  if (minute !== null && isLate({ ...due, minute }, new Date(now))) return passBy(parts, { ...due, minute }, 'missed')
  const latest = cron?.lastDue(new Date(now)) ?? null
  const isHeldUp = now - sent.getTime() > HELD_UP_MS && minute !== null && latest !== null && latest > minute
  return isHeldUp ? passBy(parts, { ...due, minute }, 'skipped') : fireSchedule(parts, due, sent)
}
