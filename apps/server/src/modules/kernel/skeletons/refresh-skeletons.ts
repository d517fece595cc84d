import { setTimeout as delay } from 'node:timers/promises'
import { type JsonObject, SKELETON_REFRESH_PREFIX } from '@imperal/contract'
import { PlatformError } from '../../../foundation/errors.ts'
import type { SkeletonRow } from '../../state/index.ts'
import type { KernelParts } from '../parts.ts'
import type { CallOutcome } from '../types.ts'
import { tellChange } from './tell-change.ts'

const EVERY_SECONDS = 2
const TOGETHER_MS = 5
const FAILURES_TO_WARN = 5

/** Nothing of the app is there for this user any more: uninstalled, switched off, or a version without this section. */
const isGone = ({ refusal, response }: CallOutcome): boolean =>
  refusal?.status === 404 || refusal?.status === 403 || response.error_code === 'UNKNOWN_SUB_FUNCTION'

const BUSY: ReadonlySet<string | undefined> = new Set(['BACKEND_TIMEOUT', 'INTERNAL'])

/** No place for the app, no answer in time, a process that ended: a busy machine does the same to an app that is well. */
const passes = ({ response }: CallOutcome): boolean => response.retryable === true && BUSY.has(response.error_code)

interface Failure {
  readonly reason: string
  readonly passes: boolean
}

async function failed(parts: KernelParts, row: SkeletonRow, failure: Failure): Promise<void> {
  const failures = await parts.state.skeletonFailed(row, row.section, failure)
  if (failures === FAILURES_TO_WARN)
    parts.log.warn(
      { app: row.appId, section: row.section, reason: failure.reason },
      'a skeleton section fails again and again',
    )
}

/** Runs one section and stores its snapshot; a failure keeps the last one (K5.7). */
export async function refreshSection(parts: KernelParts, row: SkeletonRow): Promise<void> {
  const outcome = await parts.runInner({
    source: 'skeleton',
    tenantId: row.tenantId,
    userId: row.userId,
    appId: row.appId,
    function: SKELETON_REFRESH_PREFIX + row.section,
    params: {},
  })
  if (isGone(outcome)) return parts.state.skeletonDrop(row)
  if (outcome.response.status === 'error')
    return failed(parts, row, { reason: outcome.response.error ?? 'it failed', passes: passes(outcome) })
  const current = outcome.response.data as JsonObject // a skeleton's verdict holds an object
  let stored: Awaited<ReturnType<typeof parts.state.skeletonPut>>
  try {
    stored = await parts.state.skeletonPut(row, row.section, current)
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    return failed(parts, row, { reason: error.message, passes: false }) // too large
  }
  if (stored.previous !== null && (stored.changed || stored.untold))
    await tellChange(parts, row, { previous: stored.previous, current })
}

/**
 * Refreshes what is due, so many at once; a slow section takes one place and holds up no other. Ends when nothing is due
 * and nothing runs.
 */
export async function refreshDue(parts: KernelParts, stopping?: AbortSignal): Promise<void> {
  const most = parts.settings.limits.skeletonsAtOnce
  const running = new Set<Promise<void>>()
  const start = (row: SkeletonRow): void => {
    const work = refreshSection(parts, row)
      .catch((error) => parts.log.warn({ err: error, app: row.appId }, 'a skeleton was not refreshed'))
      .finally(() => running.delete(work))
    running.add(work)
  }
  while (stopping?.aborted !== true) {
    const rows = await parts.state.skeletonClaimDue(most - running.size)
    for (const row of rows) {
      parts.telemetry.observe('imperal.skeleton.delay', row.late, { app_id: row.appId })
      start(row)
    }
    if (running.size === 0) return
    if (rows.length > 0 && running.size < most) continue
    await Promise.race(running)
    // What ends in the same moment shares the next look: each costs a statement.
    await delay(TOGETHER_MS)
  }
  await Promise.all(running)
}

/** Keeps the snapshots of present users fresh (K5.4, K5.5). Returns a function that stops it. */
export const openSkeletons = (parts: KernelParts): (() => Promise<void>) =>
  parts.jobs.every('kernel.skeletons', EVERY_SECONDS, (stopping) => refreshDue(parts, stopping))

const LOOK_SECONDS = 60

/** Who has an event stream open on this node is here, whether or not anything is called (K5.5). */
export const watchStreams = ({ jobs, outbox, presence }: KernelParts): (() => Promise<void>) =>
  jobs.every('kernel.presence', LOOK_SECONDS, async () => {
    for (const user of outbox.connected()) presence.seen(user)
  })
