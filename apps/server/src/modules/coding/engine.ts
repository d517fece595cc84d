import { PlatformError } from '../../foundation/errors.ts'
import { askModel } from './ask-model.ts'
import { claimWork, holdWork, renewLease, type Work } from './claim-work.ts'
import { endTurn, stoppedFrame } from './end-turn.ts'
import { appendFrame, noticeOf } from './frames.ts'
import { recordAnswer } from './record-answer.ts'
import { runFunction } from './run-function.ts'
import type { SessionKey } from './session-id.ts'
import { ask, finishStep } from './steps.ts'
import type { CodingOptions } from './types.ts'

const RENEW_MS = 20_000

/** Works on sessions. All of its state is in the database: any node goes on where another one stopped. */
export interface Engine {
  /** Something has changed: goes on with the session, if it can go on. */
  kick(key: SessionKey): void
  /** What this node does for the session is given up; its turn is over. */
  abort(key: SessionKey): void
  close(): Promise<void>
}

async function doFunction(
  parts: CodingOptions,
  work: Extract<Work, { kind: 'function' }>,
  signal: AbortSignal,
): Promise<void> {
  const end = await runFunction(parts, work, signal)
  const { step } = work
  await parts.db.tenant(work.session.tenant_id, async (tx) => {
    const session = await holdWork(tx, work)
    if (session === null) return
    if (end.kind === 'done') return finishStep(parts, tx, session, step, end.outcome)
    if (end.kind === 'ask') {
      const question = { kind: 'consent', tool: step.tool, args: step.args } as const
      await ask(parts, tx, session, step, { ...question, confirmationId: end.card.confirmation_id })
      return
    }
    await appendFrame(parts, tx, session, { type: 'panel_release_required', panel_url: end.url, summary: end.summary })
    const after = end.isMoney
      ? 'call it again after that, with the same arguments'
      : 'it runs there then. Do not call it again'
    const content = `${end.summary} A person has to approve it first, at ${end.url} — ${after}.`
    await finishStep(parts, tx, session, step, { ok: false, content })
  })
}

/** A turn whose work failed ends with the reason; what was done stays. */
async function fail(parts: CodingOptions, work: Work, error: unknown): Promise<void> {
  const known = error instanceof PlatformError
  if (!known) parts.log.error({ err: error, session: work.session.session_id }, 'a coding session failed')
  const text = known ? error.message : 'Something went wrong on the platform. What was done so far is kept.'
  await parts.db.tenant(work.session.tenant_id, async (tx) => {
    const session = await holdWork(tx, work)
    if (session === null) return
    const frame = stoppedFrame(session, text, known ? error.code.toLowerCase() : 'failed')
    await endTurn(parts, tx, session, work.turn, { action: 'finish', status: 'failed', frame })
  })
}

async function doWork(parts: CodingOptions, work: Work, stop: AbortController): Promise<void> {
  const renewing = setInterval(() => {
    renewLease(parts.db, work)
      .then((kept) => kept || stop.abort())
      .catch((error: unknown) => parts.log.warn({ err: error }, 'the lease of a coding session was not renewed'))
  }, RENEW_MS)
  try {
    if (work.kind === 'function') await doFunction(parts, work, stop.signal)
    else await recordAnswer(parts, work, await askModel(parts, work, stop.signal))
  } catch (error) {
    // Whoever stopped it has ended its turn, or goes on with it.
    if (!stop.signal.aborted) await fail(parts, work, error)
  } finally {
    clearInterval(renewing)
  }
}

export function openEngine(parts: CodingOptions): Engine {
  const running = new Map<string, { again: boolean; stop: AbortController; done: Promise<void> }>()
  let closed = false

  const advance = async (key: SessionKey, state: { again: boolean; stop: AbortController }): Promise<void> => {
    for (let work = await claimWork(parts, key); work !== null && !closed; work = await claimWork(parts, key)) {
      state.stop = new AbortController()
      await doWork(parts, work, state.stop)
    }
  }
  const kick = (key: SessionKey): void => {
    const name = noticeOf(key)
    const current = running.get(name)
    if (closed) return
    if (current !== undefined) {
      current.again = true
      return
    }
    const state = { again: false, stop: new AbortController(), done: Promise.resolve() }
    running.set(name, state)
    state.done = advance(key, state)
      .catch((error: unknown) =>
        parts.log.error({ err: error, session: key.sessionId }, 'a coding session did not go on'),
      )
      .then(() => {
        running.delete(name)
        if (state.again) kick(key)
      })
  }
  return {
    kick,
    abort: (key) => running.get(noticeOf(key))?.stop.abort(),
    async close() {
      closed = true
      for (const { stop } of running.values()) stop.abort()
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}
