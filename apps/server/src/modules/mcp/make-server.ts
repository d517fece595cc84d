import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js'
import type { Kernel, KernelCaller } from '../kernel/index.ts'
import { type CallParts, callTool } from './call-tool.ts'
import type { Questions } from './questions.ts'
import type { Session } from './sessions.ts'
import { toolName, toTool } from './tools.ts'

export interface ServerParts extends CallParts {
  readonly kernel: Pick<Kernel, 'call' | 'catalog' | 'decide'>
  readonly version: string
}

const PAGE = 200
const INSTRUCTIONS =
  'Tools are functions of the apps that this person has installed. Tools with readOnlyHint change nothing. A tool with destructiveHint runs only after the person has approved it: when an answer says so, tell the person where, and do not try again. Never make up ids; take them from answers of other tools.'

function pageOf(cursor: string | undefined): number {
  const start = cursor === undefined ? 0 : Number(cursor)
  if (!Number.isInteger(start) || start < 0)
    throw new McpError(ErrorCode.InvalidParams, 'This is no cursor of this list.')
  return start
}

/** What the handlers of a request get to know of its caller; `authFor` puts it there. */
const callerOf = (authInfo: unknown): KernelCaller => (authInfo as { extra: { caller: KernelCaller } }).extra.caller

export const authFor = ({ tenantId, userId, limitedTo }: KernelCaller) => ({
  token: '',
  clientId: userId,
  scopes: [],
  extra: { caller: { tenantId, userId, limitedTo } satisfies KernelCaller },
})

const canAsk = ({ capabilities: { elicitation } }: Session): boolean =>
  // A client that names no mode means forms; one that only opens addresses cannot show one.
  elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)

/** The way in which a client is talked to. */
export interface Talk {
  readonly session: Session
  readonly transport: Pick<StreamableHTTPServerTransport, 'send'>
  readonly questions: Questions
  /** The client has closed the connection: nobody can be asked on it any more. */
  readonly gone: AbortSignal
}

/** A server of the protocol for one HTTP request of a session. `settled` resolves when nothing runs for it any more. */
export function makeServer(
  parts: ServerParts,
  { session, transport, questions, gone }: Talk,
): { readonly server: Server; settled(): Promise<void> } {
  const server = new Server(
    { name: 'imperal', title: 'Imperal', version: parts.version },
    { capabilities: { tools: { listChanged: true } }, instructions: INSTRUCTIONS },
  )
  const running = new Set<Promise<unknown>>()
  server.setRequestHandler(ListToolsRequestSchema, async ({ params }, extra) => {
    const start = pageOf(params?.cursor)
    const all = await parts.kernel.catalog(callerOf(extra.authInfo))
    const end = start + PAGE
    return { tools: all.slice(start, end).map(toTool), ...(end < all.length ? { nextCursor: String(end) } : {}) }
  })
  const asking = (requestId: RequestId, signal: AbortSignal) =>
    canAsk(session)
      ? (params: Parameters<Questions['ask']>[1], timeoutMs: number) =>
          questions.ask(
            {
              sessionId: session.sessionId,
              requestId,
              send: (message, options) => transport.send(message, options),
            },
            params,
            { signal: AbortSignal.any([signal, gone]), timeoutMs },
          )
      : null
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const caller = callerOf(extra.authInfo)
    const fn = (await parts.kernel.catalog(caller)).find((one) => toolName(one) === params.name)
    if (fn === undefined) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name.slice(0, 100)}.`)
    const { signal, requestId } = extra
    const call = { caller, fn, params: params.arguments ?? {}, signal, ask: asking(requestId, signal) }
    const work = callTool(parts, call)
    running.add(work)
    const done = () => running.delete(work)
    work.then(done, done)
    return work
  })
  return {
    server,
    async settled() {
      while (running.size > 0) await Promise.allSettled(running)
    },
  }
}
