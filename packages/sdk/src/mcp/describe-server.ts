import type { ActionType } from '../extension/declarations.ts'
import { isObject, type JsonObject, type JsonValue } from '../values/json.ts'
import { type Exchange, inConversation, McpFailure } from './exchange.ts'

/** One tool of a server, as a function of the app that stands for it. */
export interface RemoteTool {
  /** Name of the function. */
  readonly name: string
  /** Name at the server. */
  readonly remote: string
  readonly description: string
  /** From the annotations: read-only is `read`, not destructive is `write`, everything else is `destructive`. */
  readonly actionType: ActionType
  /** JSON schema of the arguments. */
  readonly schema: JsonObject
}

/** What a server says about itself. */
export interface RemoteServer {
  readonly name: string
  readonly url: string
  readonly tools: readonly RemoteTool[]
}

const MOST_TOOLS = 200
const MOST_PAGES = 20
const LONGEST_NAME = 64
const LONGEST_DESCRIPTION = 1000
const SHORTEST_DESCRIPTION = 20

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value.trim() : '')

/** A name that a function may have; the first of two alike keeps it. */
function functionName(remote: string, taken: ReadonlySet<string>): string {
  const plain = remote
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, LONGEST_NAME - 4)
  const base = /^[a-z]/.test(plain) ? plain : `tool_${plain}`.replace(/_$/, '')
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}_${count}`
    if (!taken.has(name)) return name
  }
}

/** What the protocol leaves open counts as the worse (MCP: `destructiveHint` is true unless told). */
export function actionTypeOf(annotations: JsonValue | undefined): ActionType {
  const hints = isObject(annotations) ? (annotations as JsonObject) : {}
  if (hints.readOnlyHint === true) return 'read'
  return hints.destructiveHint === false ? 'write' : 'destructive'
}

function toolOf(given: JsonObject, server: string, taken: Set<string>): RemoteTool {
  const remote = text(given.name)
  const name = functionName(remote, taken)
  taken.add(name)
  const title = isObject(given.annotations) ? text((given.annotations as JsonObject).title) : ''
  const said = text(given.description) || text(given.title) || title || remote
  const description = said.length < SHORTEST_DESCRIPTION ? `${said} (a tool of the MCP server ${server})` : said
  return {
    name,
    remote,
    description: description.slice(0, LONGEST_DESCRIPTION),
    actionType: actionTypeOf(given.annotations),
    schema: isObject(given.inputSchema) ? (given.inputSchema as JsonObject) : { type: 'object' },
  }
}

/** Asks a server for its name and tools. @throws McpFailure when it answers with none, or with more than 200 */
export async function describeServer(url: string, exchange: Exchange, token: string | null): Promise<RemoteServer> {
  return inConversation(exchange, token, async (conversation, introduction) => {
    const info = isObject(introduction.serverInfo) ? (introduction.serverInfo as JsonObject) : {}
    const name = text(info.title) || text(info.name) || new URL(url).hostname
    const found: JsonObject[] = []
    let cursor: JsonValue | undefined
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await conversation.request('tools/list', cursor === undefined ? {} : { cursor })
      found.push(...(Array.isArray(answer.tools) ? answer.tools : []).filter((one): one is JsonObject => isObject(one)))
      cursor = answer.nextCursor
      if (typeof cursor !== 'string' || cursor === '') break
    }
    if (found.length === 0) throw new McpFailure('The MCP server offers no tools.', 200)
    if (found.length > MOST_TOOLS)
      throw new McpFailure(`The MCP server offers ${found.length} tools; an app has ${MOST_TOOLS} at most.`, 200)
    const taken = new Set<string>()
    return { name: name.slice(0, 80), url, tools: found.map((one) => toolOf(one, name, taken)) }
  })
}
