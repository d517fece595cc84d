import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from '@modelcontextprotocol/sdk/types.js'
import type { Kernel, KernelCaller } from '../kernel/index.ts'
import { type CallParts, callTool } from './call-tool.ts'
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

/** A server of the protocol for one session. Who calls is said by each request; the session belongs to one user. */
export function makeServer(parts: ServerParts, callerOf: (authInfo: unknown) => KernelCaller): Server {
  const server = new Server(
    { name: 'imperal', title: 'Imperal', version: parts.version },
    { capabilities: { tools: { listChanged: true } }, instructions: INSTRUCTIONS },
  )
  server.setRequestHandler(ListToolsRequestSchema, async ({ params }, extra) => {
    const start = pageOf(params?.cursor)
    const all = await parts.kernel.catalog(callerOf(extra.authInfo))
    const end = start + PAGE
    return { tools: all.slice(start, end).map(toTool), ...(end < all.length ? { nextCursor: String(end) } : {}) }
  })
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const caller = callerOf(extra.authInfo)
    const fn = (await parts.kernel.catalog(caller)).find((one) => toolName(one) === params.name)
    if (fn === undefined) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name.slice(0, 100)}.`)
    const { signal, requestId } = extra
    return callTool(parts, server, { caller, fn, params: params.arguments ?? {}, signal, requestId })
  })
  return server
}
