import { setTimeout as delay } from 'node:timers/promises'
import type { HandlerKind } from '@imperal/contract'
import type { ConfirmedCall, HandlerAnswer } from './stages.ts'
import { upstreamCode } from './upstream-failure.ts'

const MOST_ATTEMPTS = 3
const BASE_MS = 1_000
const KINDS: ReadonlySet<HandlerKind> = new Set(['function', 'tool', 'expose', 'background'])
const TRANSIENT: ReadonlySet<unknown> = new Set(['BACKEND_TIMEOUT', 'BACKEND_5XX'])

/** What the extension itself says of its failure: that it passes. A crash, a hang or a time that ran out is no such thing. */
function isTransient(answer: HandlerAnswer): boolean {
  if (!answer.ok) return answer.code === 'EXT_THREW' && TRANSIENT.has(upstreamCode(answer.error))
  if (typeof answer.value !== 'object' || answer.value === null || Array.isArray(answer.value)) return false
  const { status, retryable, error_code: code } = answer.value
  return status === 'error' && (retryable === true || TRANSIENT.has(code))
}

/** Pause before a further attempt: exponential, with full jitter, so that many callers do not come back at once. */
const pauseBefore = (attempt: number): number => Math.random() * BASE_MS * 2 ** (attempt - 1)

/**
 * Runs a handler, a reading one up to three times while its failure is transient and there is time (kernel 4.7). Changes
 * are never repeated: nobody knows how far the first attempt came.
 */
export async function retryRead(
  call: ConfirmedCall,
  options: { readonly signal: AbortSignal; readonly timeLeft: () => number },
  run: () => Promise<HandlerAnswer>,
): Promise<{ answer: HandlerAnswer; attempts: number }> {
  const isRead = call.handler.actionType === 'read' && KINDS.has(call.handler.kind)
  for (let attempts = 1; ; attempts++) {
    const answer = await run()
    if (!isRead || attempts >= MOST_ATTEMPTS || !isTransient(answer)) return { answer, attempts }
    const pause = pauseBefore(attempts)
    if (options.timeLeft() <= pause || options.signal.aborted) return { answer, attempts }
    await delay(pause)
  }
}
