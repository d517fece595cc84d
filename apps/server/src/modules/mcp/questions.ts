import { randomUUID } from 'node:crypto'
import {
  type ElicitRequestFormParams,
  type ElicitResult,
  ElicitResultSchema,
  type JSONRPCMessage,
  type JSONRPCResponse,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js'

/** Where a question travels: the stream of the request that it is about. */
export interface QuestionRoute {
  readonly sessionId: string
  readonly requestId: RequestId
  send(message: JSONRPCMessage, options: { relatedRequestId: RequestId }): Promise<void>
}

/** Questions of this node to clients that wait for an answer. The answer may reach any node. */
export interface Questions {
  /** Null: nobody answered within the time, or the client went away. */
  ask(
    route: QuestionRoute,
    params: ElicitRequestFormParams,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<ElicitResult | null>
  /** False: no question of this session waits here for it. */
  answer(sessionId: string, message: JSONRPCResponse): boolean
}

interface Waiting {
  readonly sessionId: string
  readonly settle: (answer: ElicitResult | null) => void
}

export function openQuestions(): Questions {
  const waiting = new Map<RequestId, Waiting>()
  return {
    async ask(route, params, { signal, timeoutMs }) {
      // Unlike a number, it is one of its own in the whole session, whichever node asks.
      const id = `ask_${randomUUID()}`
      const { promise, resolve } = Promise.withResolvers<ElicitResult | null>()
      const nobody = () => resolve(null)
      const timer = setTimeout(nobody, timeoutMs)
      waiting.set(id, { sessionId: route.sessionId, settle: resolve })
      signal.addEventListener('abort', nobody, { once: true })
      if (signal.aborted) nobody()
      const related = { relatedRequestId: route.requestId }
      const say = (message: JSONRPCMessage) => route.send(message, related)
      try {
        await say({ jsonrpc: '2.0', id, method: 'elicitation/create', params })
        const answer = await promise
        if (answer === null) await say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } })
        return answer
      } catch {
        return null // the client went away: nothing was decided
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', nobody)
        waiting.delete(id)
      }
    },
    answer(sessionId, message) {
      const found = message.id === undefined ? undefined : waiting.get(message.id)
      if (found === undefined || found.sessionId !== sessionId) return false
      const result = 'result' in message ? ElicitResultSchema.safeParse(message.result) : null
      // A client that cannot show it after all has decided nothing.
      found.settle(result?.success === true ? result.data : null)
      return true
    },
  }
}
