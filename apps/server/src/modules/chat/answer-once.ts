import type { CallIntent, CatalogFunction } from '../kernel/index.ts'
import type { ChatUser } from './messages.ts'
import { runTurn, type TurnTools } from './run-turn.ts'

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

/** Understands words and does them as a turn of the chat does, without storing anything in a conversation. */
export async function answerOnce(tools: TurnTools, user: ChatUser, request: Request): Promise<Answer> {
  const { kernel } = tools
  const limited = {
    ...kernel,
    catalog: async (who: ChatUser) => (await kernel.catalog(who)).filter(request.allows),
    call: (intent: CallIntent) => kernel.call({ ...intent, ...request.intent }),
  }
  const result = await runTurn(
    {
      user,
      conversationId: '',
      text: request.text,
      openApp: null,
      timezone: request.timezone,
      history: [],
      signal: request.signal,
      onStatus: () => {},
      onText: () => {},
    },
    { ...tools, kernel: limited },
  )
  const actions = result.actions ?? []
  return {
    text: result.text,
    isDone: DONE.has(result.type) && actions.every((action) => action.status === 'success'),
    changed: actions.some((action) => action.action_type !== 'read'),
    callId: actions.at(-1)?.call_id ?? null,
  }
}
