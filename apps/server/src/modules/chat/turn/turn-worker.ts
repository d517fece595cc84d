import type { ChatMessage, JsonObject } from '@imperal/contract'
import { EVERY_TENANT, type Tx } from '../../../foundation/db/index.ts'
import { hexId } from '../../../foundation/ids.ts'
import { setStatusText } from '../messages.ts'
import { phrase } from '../words/phrases.ts'
import { ended, type TurnEnd } from './carry-out.ts'
import { type ConversationKey, claimTurn, LEASE_SECONDS, renewLeases, waitingConversations } from './claim-turn.ts'
import { finishTurn } from './finish-turn.ts'
import { runTurn } from './run-turn.ts'
import { languageOfTurn } from './turn-language.ts'
import { type TurnHold, TurnLost, userOf } from './turn-record.ts'
import type { TruthEvent, TurnTools, TurnVoice } from './turn-tools.ts'
import { wakeIfDecided } from './wake-turn.ts'

export interface TurnWorker {
  /** There may be something to do in this conversation. */
  kick(key: ConversationKey): void
  /** Stops a turn that this node works on. False: it works on no such turn. */
  stop(fits: (hold: TurnHold) => boolean): boolean
  /** How often each thing happened that should not, since this node started. */
  readonly counters: ReadonlyMap<TruthEvent, number>
  close(): Promise<void>
}

const RENEW_MS = 4_000
const LOOK_MS = 2_000
const MOST_AT_ONCE = 64
const STOPPED = 'stopped by the user'
const LOST = 'lost'
const CLOSING = 'closing'
/** As the kernel ends what runs on a node that stops: what had no effect yet is known to have had none. */
const SHUTDOWN = 'shutdown'
/** Nodes that a turn may take with it: then it ends, and says so. */
const MOST_LOSSES = 3
/** A call that runs when this node is told to end gets so long to be done. */
const GRACE_MS = 3_000

interface Running {
  readonly hold: TurnHold
  readonly abort: AbortController
  /** Of the calls that run. */
  readonly calls: AbortController
  readonly done: Promise<void>
  /** `performance.now()` of the last renewal that the database took. */
  renewedAt: number
}

/** Works on the turns of this node: claims them in order, keeps their leases, runs them, and tells how they end. */
export function openTurnWorker(
  tools: TurnTools,
  announce: (tx: Tx, hold: TurnHold, message: ChatMessage) => Promise<void>,
): TurnWorker {
  const nodeId = hexId('node')
  const running = new Map<string, Running>()
  const claiming = new Map<string, Promise<void>>()
  const again = new Set<string>()
  const counters = new Map<TruthEvent, number>()
  const found = new WeakMap<TurnHold, Set<TruthEvent>>()
  let closing = false

  const deliver = (hold: TurnHold, end: TurnEnd) =>
    tools.db.tenant(hold.tenantId, async (tx) => {
      const message = await finishTurn(tx, hold, end, [...(found.get(hold) ?? [])])
      if (message !== null) await announce(tx, hold, message)
    })

  /** A person may be quicker than the turn that asked. */
  const lookAtCard = async (hold: TurnHold, { state, result }: TurnEnd): Promise<void> => {
    if (state !== 'AWAITING_CONFIRMATION' || result.confirmationId == null) return
    const key = await wakeIfDecided(tools, {
      tenant_id: hold.tenantId,
      user_id: hold.userId,
      trace_id: hold.traceId,
      confirmation_id: result.confirmationId,
    })
    if (key !== null) kick(key)
  }

  const tell = (hold: TurnHold, type: string, payload: JsonObject = {}) =>
    tools.outbox.sendEphemeral({
      tenantId: hold.tenantId,
      userId: hold.userId,
      type,
      payload: { message_id: hold.replyId, conversation_id: hold.conversationId, ...payload },
    })

  const voiceOf = (hold: TurnHold, { abort, calls }: Pick<Running, 'abort' | 'calls'>): TurnVoice => {
    return {
      signal: abort.signal,
      calls: calls.signal,
      isLeaving: () => abort.signal.reason === CLOSING,
      status(status_text, step) {
        tell(hold, 'chat_status', { status_text, ...(step === undefined ? {} : { step: { ...step } as JsonObject }) })
        setStatusText(tools.db, userOf(hold), hold.replyId, status_text).catch((error: unknown) =>
          tools.log.debug({ err: error }, 'a status text was not stored'),
        )
      },
      text: (delta) => tell(hold, 'chat_delta', { delta }),
      count(event) {
        counters.set(event, (counters.get(event) ?? 0) + 1)
        found.set(hold, (found.get(hold) ?? new Set()).add(event))
      },
    }
  }

  /** As far as the turn came: the classifier may have found it since the turn was taken up. */
  const languageFound = async (hold: TurnHold): Promise<string | null> => {
    const row = await tools.db.tenant(hold.tenantId, (tx) =>
      tx.selectFrom('chat.turn').select('language').where('turn_id', '=', hold.turnId).executeTakeFirst(),
    )
    return row?.language ?? hold.language
  }

  const failed = async (hold: TurnHold, error: unknown, signal: AbortSignal): Promise<TurnEnd> => {
    const isStopped = signal.aborted && signal.reason === STOPPED
    if (!isStopped) tools.log.error({ err: error, trace: hold.traceId }, 'a chat turn failed')
    const found = await languageFound(hold)
    const language = await languageOfTurn(tools, userOf(hold), { found, text: hold.request.text })
    return ended(phrase(isStopped ? 'stopped' : 'interrupted', language), {
      type: isStopped ? 'response' : 'error',
      status: isStopped ? 'cancelled' : 'failed',
      state: isStopped ? 'CANCELLED' : 'FAILED',
    })
  }

  const givenUp = (hold: TurnHold): TurnEnd => {
    tools.log.error(
      { turn: hold.turnId, trace: hold.traceId, losses: hold.losses },
      'a chat turn was cut off each time that a node worked on it; it is ended',
    )
    const text = phrase('given_up', hold.language, { times: hold.losses })
    return ended(text, { type: 'error', status: 'failed', state: 'FAILED' })
  }

  const work = async (hold: TurnHold, ending: Pick<Running, 'abort' | 'calls'>): Promise<void> => {
    const { abort } = ending
    const isElsewhere = () => abort.signal.reason === LOST || abort.signal.reason === CLOSING
    try {
      if (hold.cancelRequested) abort.abort(STOPPED)
      abort.signal.throwIfAborted()
      const end = hold.losses < MOST_LOSSES ? await runTurn(hold, tools, voiceOf(hold, ending)) : givenUp(hold)
      if (isElsewhere()) return
      await deliver(hold, end)
      await lookAtCard(hold, end)
    } catch (error) {
      // Whoever has the turn now tells its end; this node's part of it is over.
      if (error instanceof TurnLost || isElsewhere()) return
      await deliver(hold, await failed(hold, error, abort.signal))
    }
  }

  const start = (hold: TurnHold): Promise<void> => {
    const abort = new AbortController()
    const calls = new AbortController()
    abort.signal.addEventListener('abort', () => {
      if (abort.signal.reason !== CLOSING) calls.abort(abort.signal.reason)
    })
    const done = work(hold, { abort, calls })
      .catch((error: unknown) => {
        if (!(error instanceof TurnLost)) tools.log.error({ err: error }, 'the end of a chat turn could not be stored')
      })
      .finally(() => running.delete(hold.turnId))
    running.set(hold.turnId, { hold, abort, calls, done, renewedAt: performance.now() })
    return done
  }

  const keyOf = (key: ConversationKey) => `${key.tenantId}\n${key.userId}\n${key.conversationId}`

  /** One turn after another, as long as there are some. */
  const drain = async (key: ConversationKey): Promise<void> => {
    while (!closing && running.size < MOST_AT_ONCE) {
      const hold = await claimTurn(tools.db, nodeId, key)
      if (hold === null) return
      if (hold.request.queued === true && hold.attempt === 1) tell(hold, 'task_dequeued')
      await start(hold)
    }
  }

  const kick = (key: ConversationKey): void => {
    const name = keyOf(key)
    if (closing) return
    if (claiming.has(name)) {
      again.add(name)
      return
    }
    const done = drain(key)
      .catch((error: unknown) => tools.log.warn({ err: error }, 'looking for a chat turn failed'))
      .finally(() => {
        claiming.delete(name)
        if (again.delete(name)) kick(key)
      })
    claiming.set(name, done)
  }

  const renew = async (): Promise<void> => {
    const mine = [...running.values()]
    if (mine.length === 0) return
    const sent = performance.now()
    try {
      const kept = await renewLeases(
        tools.db,
        nodeId,
        mine.map(({ hold }) => hold),
      )
      for (const one of mine) {
        if (running.get(one.hold.turnId) !== one) continue // it ended meanwhile
        const found = kept.get(one.hold.turnId)
        if (found === undefined) one.abort.abort(LOST)
        else one.renewedAt = sent
        if (found?.cancelRequested) one.abort.abort(STOPPED)
      }
    } catch (error) {
      tools.log.warn({ err: error }, 'the leases of chat turns were not renewed')
      for (const one of mine) if (performance.now() - one.renewedAt > LEASE_SECONDS * 1000) one.abort.abort(LOST)
    }
  }

  const look = async (): Promise<void> => {
    const room = MOST_AT_ONCE - running.size
    if (room <= 0) return
    for (const key of await waitingConversations(tools.db, room)) kick(key)
  }

  const repeat = (milliseconds: number, task: () => Promise<void>) => {
    const timer = setInterval(() => {
      task().catch((error: unknown) => tools.log.warn({ err: error }, 'a task of the chat failed'))
    }, milliseconds)
    timer.unref()
    return timer
  }
  const timers = [repeat(RENEW_MS, renew), repeat(LOOK_MS, look)]

  return {
    kick,
    stop(fits) {
      const found = [...running.values()].filter(({ hold }) => fits(hold))
      for (const { abort } of found) abort.abort(STOPPED)
      return found.length > 0
    },
    counters,
    async close() {
      closing = true
      for (const timer of timers) clearInterval(timer)
      // The turns go on where another node, or the next start, takes them.
      for (const { abort } of running.values()) abort.abort(CLOSING)
      const late = setTimeout(() => {
        for (const { calls } of running.values()) calls.abort(SHUTDOWN)
      }, GRACE_MS)
      await Promise.allSettled([...claiming.values(), ...[...running.values()].map(({ done }) => done)])
      clearTimeout(late)
      await tools.db.atomic(EVERY_TENANT, [{ text: RELEASE, values: [nodeId] }]).catch((error: unknown) => {
        tools.log.warn({ err: error }, 'chat turns wait for the end of their lease')
      })
    },
  }
}

const RELEASE = 'update chat.turn set lease_until = null, node_id = null where node_id = $1 and ended_at is null'
