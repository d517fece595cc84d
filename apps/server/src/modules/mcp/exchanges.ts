import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import {
  isJSONRPCErrorResponse,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { Bus } from '../../foundation/bus.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { makeServer, type ServerParts } from './make-server.ts'
import { openQuestions } from './questions.ts'
import type { Session } from './sessions.ts'

const CHANNEL = 'mcp.message'
const NOTIFY = `select pg_notify('${CHANNEL}', $1)`
const LONGEST_NOTICE = 7_800

/** A message that another node may wait for; without one: the session has ended. */
const Notice = z.object({ session: z.string(), message: z.unknown().optional() })

export interface Request {
  readonly raw: IncomingMessage
  readonly response: ServerResponse
  readonly body: unknown
}

interface Exchange {
  readonly session: Session
  readonly server: Server
  readonly transport: StreamableHTTPServerTransport
  readonly listens: boolean
}

/**
 * Exchanges of this node with clients: each HTTP request is one, with a server of the protocol of its own, so that any node
 * may answer any request of a session. What belongs to an exchange of another node is passed on.
 */
export interface Exchanges {
  /** Resolves when the answer was sent, or the client went away. What it asked for is not cancelled by that. */
  answer(session: Session, request: Request): Promise<void>
  /** An answer or a notice of a client. False: it is too large for the node that waits for it, if another one does. */
  receive(session: Session, message: JSONRPCMessage): Promise<boolean>
  /** Ends everything that is under way in a session, on every node. */
  end(session: Session): Promise<void>
  /** Tools of a user (or with null: of anybody) may be others now. */
  toolsChanged(userId: string | null): void
  /** Sessions that have something under way here. */
  sessions(): string[]
  close(): Promise<void>
}

const isResponse = (message: JSONRPCMessage) => isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)

export function openExchanges(parts: ServerParts & { readonly db: Database; readonly bus: Bus }): Exchanges {
  const open = new Set<Exchange>()
  const questions = openQuestions()
  const of = (sessionId: string) => [...open].filter(({ session }) => session.sessionId === sessionId)
  const closeAll = (which: readonly Exchange[]) => Promise.all(which.map(({ server }) => server.close()))

  const deliver = (sessionId: string, message: JSONRPCMessage): boolean => {
    if (isResponse(message)) return questions.answer(sessionId, message as never)
    // Which of them it is about only their servers know; the others pay no attention.
    for (const { transport } of of(sessionId)) transport.onmessage?.(message)
    return false
  }
  const passOn = async (notice: z.input<typeof Notice>): Promise<boolean> => {
    const text = JSON.stringify(notice)
    if (Buffer.byteLength(text) > LONGEST_NOTICE) return false
    await parts.db.atomic(EVERY_TENANT, [{ text: NOTIFY, values: [text] }])
    return true
  }
  const unsubscribe = parts.bus.subscribe(CHANNEL, (payload) => {
    if (payload === '') return // what was missed, its client repeats or gives up
    const notice = Notice.safeParse(JSON.parse(payload))
    if (!notice.success) return
    const { session, message } = notice.data
    if (message === undefined) return void closeAll(of(session))
    const parsed = JSONRPCMessageSchema.safeParse(message)
    if (parsed.success) deliver(session, parsed.data)
  })

  return {
    async answer(session, { raw, response, body }) {
      const listens = raw.method === 'GET'
      // A client that opens its stream again has lost the one before.
      if (listens) await closeAll(of(session.sessionId).filter((exchange) => exchange.listens))
      const transport = new StreamableHTTPServerTransport({})
      const gone = new AbortController()
      const made = makeServer(parts, { session, transport, questions, gone: gone.signal })
      const exchange = { session, server: made.server, transport, listens }
      open.add(exchange)
      made.server.onclose = () => open.delete(exchange)
      try {
        // The class lets `onclose` be absent, which the interface writes in another way.
        await made.server.connect(transport as Parameters<Server['connect']>[0])
        response.once('close', () => gone.abort())
        await transport.handleRequest(raw, response, body)
        await made.settled()
      } finally {
        await made.server.close()
      }
    },
    async receive({ sessionId }, message) {
      return deliver(sessionId, message) || passOn({ session: sessionId, message })
    },
    async end({ sessionId }) {
      await closeAll(of(sessionId))
      await passOn({ session: sessionId })
    },
    toolsChanged(userId) {
      for (const { session, server, listens } of open) {
        if (!listens || (userId !== null && session.userId !== userId)) continue
        // Who does not listen finds out with the next list.
        server.sendToolListChanged().catch(() => {})
      }
    },
    sessions: () => [...new Set([...open].map(({ session }) => session.sessionId))],
    async close() {
      unsubscribe()
      await closeAll([...open])
    },
  }
}
