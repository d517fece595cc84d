import { newCallId, newTraceId } from '../../foundation/ids.ts'
import type { CallIntent, CatalogFunction } from '../kernel/index.ts'
import type { ChatUser } from './messages.ts'
import { begin } from './turn/run-turn.ts'
import type { StepRow, StepStore } from './turn/step-record.ts'
import type { TurnTools } from './turn/turn-tools.ts'

/** Words that nobody sits in front of: no history, no questions back. */
export interface Request {
  readonly text: string
  readonly timezone: string
  /** Functions that may be used at all. */
  readonly allows: (entry: CatalogFunction) => boolean
  /** Laid over every call that the words lead to. */
  readonly intent: Partial<CallIntent>
  readonly signal: AbortSignal
}

export interface Answer {
  readonly text: string
  /** False: they were not understood, a question came back, or a call failed. */
  readonly isDone: boolean
  readonly changed: boolean
  /** The last call; null when nothing was called. */
  readonly callId: string | null
}

const DONE: ReadonlySet<string> = new Set(['function_call', 'navigate', 'response'])

/** Steps that live as long as the request: whoever asked asks again when it is lost. */
function stepsInMemory(): StepStore {
  const rows: StepRow[] = []
  const put = (row: StepRow) => {
    const at = rows.findIndex((one) => one.stepNo === row.stepNo && one.itemNo === row.itemNo)
    if (at >= 0) rows[at] = row
    else rows.push(row)
  }
  const blank = { outcome: null, reason: null, told: false } as const
  return {
    load: async () => [...rows],
    async begin(stepNo, items) {
      const callIds = items.map(() => newCallId())
      for (const [index, item] of items.entries())
        put({ ...blank, stepNo, ...item, state: 'running', callId: callIds[index] ?? '' })
      return callIds
    },
    async end(stepNo, itemNo, outcome) {
      const row = rows.find((one) => one.stepNo === stepNo && one.itemNo === itemNo)
      const state = outcome.status === 'intercepted' ? 'waiting' : 'done'
      put({ ...blank, stepNo, itemNo, args: row?.args ?? {}, callId: outcome.callId, state, outcome })
    },
    async skip(stepNo, reason, itemNo = 0) {
      put({ ...blank, stepNo, itemNo, state: 'skipped', callId: null, args: {}, reason })
    },
  }
}

/** Understands words and does them as a turn of the chat does, without storing anything in a conversation. */
export async function answerOnce(tools: TurnTools, user: ChatUser, request: Request): Promise<Answer> {
  const { kernel } = tools
  const [catalog, hasModel, limits] = await Promise.all([
    kernel.catalog(user),
    tools.llm.available(user.tenantId, user.userId),
    tools.limits(user),
  ])
  const { result } = await begin({
    hold: {
      conversationId: '',
      traceId: request.intent.traceId ?? newTraceId(),
      request: { text: request.text, surface: 'automation', openApp: null },
    },
    progress: {
      move: async () => {},
      steps: stepsInMemory(),
      fence: { text: 'select 1 as ours', values: [] },
    },
    user,
    text: request.text,
    catalog: catalog.filter(request.allows),
    history: [],
    skeletons: hasModel ? await tools.skeletons(user) : '',
    attached: [],
    session: { hint: null, isFresh: false, language: null },
    pending: [],
    limits,
    timezone: request.timezone,
    now: tools.now(),
    language: null,
    hasModel,
    tools: {
      ...tools,
      kernel: {
        ...kernel,
        runSteps: (steps) =>
          kernel.runSteps(
            steps.map(({ intent, hold }) => ({
              intent: { ...intent, conversationId: undefined, ...request.intent },
              hold,
            })),
          ),
      },
    },
    voice: {
      signal: request.signal,
      calls: request.signal,
      isLeaving: () => false,
      status: () => {},
      text: () => {},
      count: () => {},
    },
  })
  const actions = result.actions ?? []
  return {
    text: result.text,
    isDone: DONE.has(result.type) && actions.every((action) => action.status === 'success'),
    changed: actions.some((action) => action.action_type !== 'read'),
    callId: actions.at(-1)?.call_id ?? null,
  }
}
