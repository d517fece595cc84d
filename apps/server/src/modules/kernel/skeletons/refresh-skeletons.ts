import { type JsonObject, SKELETON_ALERT_PREFIX, SKELETON_REFRESH_PREFIX } from '@imperal/contract'
import { PlatformError } from '../../../foundation/errors.ts'
import { readSectionRules } from '../../registry/index.ts'
import type { SkeletonRow } from '../../state/index.ts'
import type { KernelParts } from '../parts.ts'
import type { CallOutcome } from '../types.ts'

const AT_ONCE = 16
const EVERY_SECONDS = 2
const FAILURES_TO_WARN = 5

const runFor = (parts: KernelParts, row: SkeletonRow, functionName: string, params: JsonObject): Promise<CallOutcome> =>
  parts.runInner({
    source: 'skeleton',
    tenantId: row.tenantId,
    userId: row.userId,
    appId: row.appId,
    function: functionName,
    params,
  })

/** At most one alert a minute and ten an hour per user and section (K5.18). */
async function mayAlert(parts: KernelParts, row: SkeletonRow): Promise<boolean> {
  const key = `skeleton_alert:${row.tenantId}:${row.userId}:${row.appId}:${row.section}`
  const minute = await parts.limiter.take(key, 1, 60)
  return minute.allowed && (await parts.limiter.take(`${key}:h`, 10, 3600)).allowed
}

/** Whether the user has not asked for silence about this section. */
async function wantsAlerts(parts: KernelParts, row: SkeletonRow): Promise<boolean> {
  const rules = await readSectionRules(parts.db, row)
  const rule = rules.find((one) => one.app_id === row.appId && one.section_name === row.section)
  return rule?.alert_config.enabled !== false
}

async function alert(
  parts: KernelParts,
  row: SkeletonRow,
  change: { previous: JsonObject; current: JsonObject },
): Promise<void> {
  const app = await parts.registry.resolve({ tenantId: row.tenantId, userId: row.userId }, row.appId)
  const sections = app === null ? [] : parts.handlerTable(app.version).sections
  if (app === null || !sections.some((section) => section.section === row.section && section.hasAlert)) return
  if (!(await wantsAlerts(parts, row)) || !(await mayAlert(parts, row))) return
  const { response } = await runFor(parts, row, SKELETON_ALERT_PREFIX + row.section, change)
  const data = response.data as JsonObject // of a verified result, or `{}`
  const body = response.summary ?? (typeof data.body === 'string' ? data.body : '')
  if (response.status === 'error' || body === '') return
  await parts.notifications.notify(
    { tenantId: row.tenantId, atomic: (statements) => parts.db.atomic(row.tenantId, statements) },
    {
      tenantId: row.tenantId,
      userId: row.userId,
      appId: row.appId,
      title: typeof data.title === 'string' && data.title !== '' ? data.title : app.app.name,
      body,
      message: body,
      priority: 'normal',
      channel: 'in_app',
      link: null,
      extra: {},
    },
  )
}

async function failed(parts: KernelParts, row: SkeletonRow, outcome: CallOutcome | null): Promise<void> {
  if (outcome?.refusal?.status === 404 || outcome?.response.error_code === 'UNKNOWN_SUB_FUNCTION') {
    await parts.state.skeletonDrop(row) // uninstalled, or a version without this section
    return
  }
  const failures = await parts.state.skeletonFailed(row, row.section)
  if (failures === FAILURES_TO_WARN)
    parts.log.warn({ app: row.appId, section: row.section }, 'a skeleton section fails again and again')
}

/** Runs one section and stores its snapshot; a failure keeps the last one (K5.7). */
export async function refreshSection(parts: KernelParts, row: SkeletonRow): Promise<void> {
  const outcome = await runFor(parts, row, SKELETON_REFRESH_PREFIX + row.section, {})
  if (outcome.response.status === 'error') return failed(parts, row, outcome)
  const current = outcome.response.data as JsonObject // a skeleton's verdict holds an object
  let stored: Awaited<ReturnType<typeof parts.state.skeletonPut>>
  try {
    stored = await parts.state.skeletonPut(row, row.section, current)
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return failed(parts, row, null) // too large
  }
  if (stored.changed && stored.previous !== null) await alert(parts, row, { previous: stored.previous, current })
}

async function refreshDue(parts: KernelParts, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const rows = await parts.state.skeletonClaimDue(AT_ONCE)
    const results = await Promise.allSettled(rows.map((row) => refreshSection(parts, row)))
    for (const result of results)
      if (result.status === 'rejected') parts.log.warn({ err: result.reason }, 'a skeleton was not refreshed')
    if (rows.length < AT_ONCE) return
  }
}

/** Keeps the snapshots of present users fresh (K5.4, K5.5). Returns a function that stops it. */
export const openSkeletons = (parts: KernelParts): (() => Promise<void>) =>
  parts.jobs.every('kernel.skeletons', EVERY_SECONDS, (stopping) => refreshDue(parts, stopping))
