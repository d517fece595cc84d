import { isDeepStrictEqual } from 'node:util'
import { type JsonObject, type JsonValue, SKELETON_ALERT_PREFIX } from '@imperal/contract'
import { newCallId, newTraceId } from '../../../foundation/ids.ts'
import type { Notification } from '../../notifications/index.ts'
import { readSectionRules, type UserApp } from '../../registry/index.ts'
import type { SkeletonRow } from '../../state/index.ts'
import { preview } from '../ledger/mask.ts'
import { insertRows } from '../ledger/row.ts'
import type { KernelParts } from '../parts.ts'
import { type SectionSettings, sectionSettings } from './section-settings.ts'

interface Change {
  /** As of the last alert. */
  readonly previous: JsonObject
  readonly current: JsonObject
}

interface Alert {
  readonly title: string
  readonly body: string
  readonly priority: Notification['priority']
  /** The same one is told once an hour. */
  readonly dedupKey: string | null
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const PRIORITY: Readonly<Record<string, Notification['priority']>> = {
  info: 'normal',
  warning: 'high',
  error: 'high',
  critical: 'urgent',
}

const visible = (data: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !name.startsWith('_')))

function changedKeys({ previous, current }: Change): string[] {
  const [before, after] = [visible(previous), visible(current)]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !isDeepStrictEqual(before[key], after[key]),
  )
}

/** The app's own words; null when it has nothing to say. Its call is a row of the ledger like every other (K5.19). */
async function askApp(parts: KernelParts, row: SkeletonRow, use: UserApp, change: Change): Promise<Alert | null> {
  const { response } = await parts.runInner({
    source: 'skeleton',
    tenantId: row.tenantId,
    userId: row.userId,
    appId: row.appId,
    function: SKELETON_ALERT_PREFIX + row.section,
    params: { previous: change.previous, current: change.current },
  })
  const data = response.data as JsonObject // of a verified result, or `{}`
  const body = response.summary ?? textOf(data.body)
  if (response.status === 'error' || body === '') return null
  return {
    title: textOf(data.title) || use.app.name,
    body,
    priority: PRIORITY[textOf(data.level)] ?? 'normal',
    dedupKey: textOf(data.dedup_key) || null,
  }
}

/** Without a handler of the app: how many keys changed, recorded as the app's all the same (K5.17, K5.19). */
async function plainly(parts: KernelParts, row: SkeletonRow, use: UserApp, change: Change): Promise<Alert> {
  const keys = changedKeys(change)
  const body = `${row.section}: ${keys.length} ${keys.length === 1 ? 'value' : 'values'} changed (${keys.slice(0, 5).join(', ')}).`
  const now = parts.clock.iso()
  const statement = insertRows([
    {
      call_id: newCallId(),
      tenant_id: row.tenantId,
      user_id: row.userId,
      agency_id: null,
      trace_id: newTraceId(),
      chain_id: null,
      step_id: null,
      parent_task_id: null,
      conversation_id: null,
      source: 'skeleton',
      actor_kind: 'extension',
      app_id: row.appId,
      function: SKELETON_ALERT_PREFIX + row.section,
      action_type: 'read',
      status: 'success',
      error_code: null,
      args: {},
      message_preview: null,
      result_preview: preview(body),
      confirmation: 'not_required',
      confirmation_id: null,
      event_type: null,
      event_id: null,
      retention_class: 'standard_90d',
      duration_ms: 0,
      facts: { worker_id: parts.nodeId, default_alert: true },
      received_at: now,
      completed_at: now,
    },
  ])
  await parts.db.atomic(row.tenantId, [statement])
  return { title: use.app.name, body, priority: 'normal', dedupKey: null }
}

const HOUR_SECONDS = 3_600

async function say(parts: KernelParts, row: SkeletonRow, section: SectionSettings, alert: Alert): Promise<void> {
  const { tenantId, userId, appId } = row
  await parts.notifications.notify(
    { tenantId, atomic: (statements) => parts.db.atomic(tenantId, statements) },
    {
      tenantId,
      userId,
      appId,
      title: alert.title,
      body: alert.body,
      message: alert.body,
      priority: alert.priority,
      channel: 'in_app',
      link: null,
      extra: { section: row.section },
    },
  )
  if (!section.alerts.inChat) return
  const message = { text: alert.body, type: 'system', refreshPanels: null, conversationId: null, taskId: null } as const
  await parts.deliverChat({ tenantId, userId, appId, ...message })
}

async function isRepeated(parts: KernelParts, row: SkeletonRow, { dedupKey }: Alert): Promise<boolean> {
  if (dedupKey === null) return false
  const key = `skeleton_alert:${row.tenantId}:${row.userId}:${row.appId}:${dedupKey.slice(0, 100)}`
  return !(await parts.limiter.take(key, 1, HOUR_SECONDS)).allowed
}

/**
 * Tells a user that a section changed, in the words of its app, where alerts are wanted and not too many (K5.17, K5.18).
 * What is not told now is told with the next alert.
 */
export async function tellChange(
  parts: KernelParts,
  row: SkeletonRow,
  change: { readonly previous: JsonObject; readonly current: JsonObject },
): Promise<void> {
  const user = { tenantId: row.tenantId, userId: row.userId }
  const [use, rules] = await Promise.all([parts.registry.resolve(user, row.appId), readSectionRules(parts.db, user)])
  const section = use === null ? undefined : sectionSettings(use, rules).find((one) => one.section === row.section)
  if (use === null || section?.alerts.enabled !== true) return
  const due = await parts.state.skeletonAlert(row, row.section, change.previous, section.alerts)
  if (due === null) return
  const whole: Change = { previous: due.since, current: change.current }
  const isBack = changedKeys(whole).length === 0
  const alert = isBack ? null : await (section.hasAlert ? askApp : plainly)(parts, row, use, whole)
  const tells = alert !== null && !(await isRepeated(parts, row, alert))
  if (tells) await say(parts, row, section, alert)
  await parts.state.skeletonAlerted(row, row.section, { current: change.current, at: due.at, told: tells })
}
