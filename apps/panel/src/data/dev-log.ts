import type { StreamEvent } from '@imperal/client'
import { type DevCall, DevCallPayload, type DevLogLine, DevLogPayload } from '@imperal/contract'

/** One line of what an app does: something it logged, or a call that ended. */
export type DevLine =
  | { readonly kind: 'log'; readonly key: string; readonly at: string; readonly log: DevLogLine }
  | { readonly kind: 'call'; readonly key: string; readonly at: string; readonly call: DevCall }
  | { readonly kind: 'skipped'; readonly key: string; readonly at: string; readonly count: number }

/** More than this nobody reads back; the oldest go. */
export const MOST_LINES = 1000

/** What one message of the stream adds to the log of an app, in the order of the message. Others add nothing. */
export function linesOf({ type, payload, ts }: StreamEvent, appId: string): DevLine[] {
  if (payload.app_id !== appId) return []
  if (type === 'dev_log') {
    const read = DevLogPayload.safeParse(payload)
    if (!read.success) return []
    const lines = read.data.lines.map(
      (log): DevLine => ({ kind: 'log', key: `l${log.version}/${log.call_id}/${log.seq}`, at: log.ts, log }),
    )
    return [...lines, ...left(read.data.skipped, `l${ts}`, ts)]
  }
  if (type !== 'dev_call') return []
  const read = DevCallPayload.safeParse(payload)
  if (!read.success) return []
  const calls = read.data.calls.map(
    (call): DevLine => ({ kind: 'call', key: `c${call.call_id}`, at: call.completed_at, call }),
  )
  return [...calls, ...left(read.data.skipped, `c${ts}`, ts)]
}

const left = (count: number, key: string, at: string): DevLine[] =>
  count > 0 ? [{ kind: 'skipped', key: `s${key}`, at, count }] : []

/** The lines with those that came, without the oldest where there are too many. */
export const withLines = (before: readonly DevLine[], more: readonly DevLine[]): readonly DevLine[] =>
  more.length === 0 ? before : [...before, ...more].slice(-MOST_LINES)
