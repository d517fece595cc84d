import type { JsonObject } from '@imperal/contract'
import type { Statement } from '../../../foundation/db/index.ts'
import type { OutboxMessage } from '../../outbox/index.ts'
import type { Refusal, Verdict } from '../corridor/stages.ts'
import { preview } from '../ledger/mask.ts'
import type { KernelParts } from '../parts.ts'
import type { RunningTasks } from './running-tasks.ts'
import { endMessages } from './task-messages.ts'
import { finishing, type TaskEnd, type TaskHold } from './task-record.ts'

/** What the transaction that records a task's call writes beside it. */
export interface TaskClosing {
  readonly statement: Statement
  readonly messages: readonly OutboxMessage[]
}

type Gone = ReturnType<RunningTasks['remove']>

const STATUS = { success: 'done', timed_out: 'timed_out', cancelled: 'cancelled' } as const
const UNKNOWN = 'Whether it took effect is unknown: look before you ask for it again.'

function textOf(hold: TaskHold, status: TaskEnd['status'], verdict: Verdict): string {
  if (status === 'cancelled') return `“${hold.title}” was cancelled. What it had done until then stays.`
  if (verdict.error === null) return verdict.summary === '' ? `“${hold.title}” is done.` : verdict.summary
  // Long after the question: which of the things that went on is it?
  return `“${hold.title}”: ${verdict.error}${verdict.status === 'unknown' ? ` ${UNKNOWN}` : ''}`
}

function statusOf(verdict: Verdict, gone: Gone): TaskEnd['status'] {
  const status = STATUS[verdict.status as keyof typeof STATUS] ?? 'failed'
  return gone?.cancelled === true && status !== 'done' ? 'cancelled' : status
}

const uiOf = (ui: Verdict['ui']): JsonObject | null =>
  typeof ui === 'object' && ui !== null && !Array.isArray(ui) ? ui : null

function closing(parts: KernelParts, hold: TaskHold, end: TaskEnd): TaskClosing {
  const at = parts.clock.iso()
  return { statement: finishing(hold, parts.nodeId, end, at), messages: endMessages(hold, end, at) }
}

/** The end of a task whose handler ran (K4.10–K4.12): the verdict of the truth gate, in words for its user. */
export function endOfRun(parts: KernelParts, hold: TaskHold, verdict: Verdict): TaskClosing {
  const gone = parts.runningTasks.remove(hold.taskId)
  const status = statusOf(verdict, gone)
  const text = textOf(hold, status, verdict)
  return closing(parts, hold, {
    status,
    error: status === 'done' ? null : text,
    errorCode: status === 'cancelled' ? null : verdict.errorCode,
    preview: preview(text),
    result: {
      text,
      type: status === 'done' ? 'response' : 'task_failed',
      ui: uiOf(verdict.ui),
      refresh_panels: verdict.refreshPanels ?? null,
    },
    progress: gone?.last?.percent ?? null,
    message: gone?.last?.message ?? null,
  })
}

/** The end of a task that a gate turned away when its turn came. */
export function endOfRefusal(parts: KernelParts, hold: TaskHold, refusal: Refusal): TaskClosing {
  parts.runningTasks.remove(hold.taskId)
  return closing(parts, hold, {
    status: 'failed',
    error: refusal.message,
    errorCode: refusal.code,
    preview: preview(refusal.message),
    result: { text: refusal.message, type: 'task_failed', ui: null, refresh_panels: [] },
    progress: null,
    message: null,
  })
}
