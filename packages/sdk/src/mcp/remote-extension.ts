import * as z from 'zod'
import type { FunctionContext } from '../context/types.ts'
import { ChatExtension } from '../extension/chat-extension.ts'
import { Extension } from '../extension/extension.ts'
import { ActionResult } from '../values/action-result.ts'
import { HealthStatus } from '../values/health.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import type { RemoteServer, RemoteTool } from './describe-server.ts'
import { type Exchange, inConversation, McpFailure } from './exchange.ts'

/** The secret that holds a user's token for the server. */
export const TOKEN = 'mcp_token'

/** A server that is to be an app. */
export interface RemoteApp extends RemoteServer {
  readonly appId: string
  readonly version: string
  /** Its users have to enter a token. */
  readonly needsToken: boolean
}

const CALL_SECONDS = 60
const LONGEST_SUMMARY = 280

const Answer = z.object({
  text: z.string(),
  structured: z.unknown().optional(),
  content: z.array(z.unknown()).optional(),
})

/** Where a schema cannot be said as a model of named fields: the arguments as one JSON text. */
const JSON_ARGUMENTS = 'arguments_json'
const AsJson = z.object({
  [JSON_ARGUMENTS]: z.string().default('{}').describe('All arguments of the tool as one JSON object.'),
})

/** The members that the server published, and no others. */
function paramsOf({ schema }: RemoteTool): z.ZodObject {
  try {
    const read = z.fromJSONSchema(schema as never) // whatever the server sent: a failure is caught
    if (!(read instanceof z.ZodObject)) return AsJson
    const isFree = schema.additionalProperties === true || isObject(schema.additionalProperties)
    return isFree && Object.keys(read.shape).length === 0 ? AsJson : z.object(read.shape)
  } catch {
    return AsJson
  }
}

/** @throws SyntaxError when the one JSON text is none */
function argumentsOf(params: z.ZodObject, given: Record<string, unknown>): JsonObject {
  if (params !== AsJson) return given as JsonObject
  const read: unknown = JSON.parse(String(given[JSON_ARGUMENTS]))
  if (isObject(read)) return read as JsonObject
  throw new SyntaxError('it is no object')
}

/** Requests go the way of all requests of an app: past the checks of addresses, within the time of the call. */
const through =
  (ctx: FunctionContext, url: string): Exchange =>
  async ({ method, headers, body }) => {
    const options = { headers, timeout: CALL_SECONDS, signal: ctx.signal }
    const answer =
      method === 'DELETE'
        ? await ctx.http.delete(url, options)
        : await ctx.http.post(url, { ...options, content: body ?? '' })
    return { status: answer.statusCode, headers: answer.headers, text: answer.text }
  }

const textsOf = (content: unknown[]): string =>
  content
    .flatMap((one) => (isObject(one) && one.type === 'text' && typeof one.text === 'string' ? [one.text] : []))
    .join('\n')

function toResult(tool: RemoteTool, answer: JsonObject) {
  const content = Array.isArray(answer.content) ? answer.content : []
  const said = textsOf(content)
  if (answer.isError === true) return ActionResult.error(said || `${tool.remote} failed.`, { code: 'MCP_TOOL_FAILED' })
  const others = content.filter((one) => !(isObject(one) && one.type === 'text'))
  const data = {
    text: said,
    ...(answer.structuredContent === undefined ? {} : { structured: answer.structuredContent }),
    ...(others.length === 0 ? {} : { content: others }),
  }
  return ActionResult.success(data, said.slice(0, LONGEST_SUMMARY) || `${tool.remote} is done.`)
}

function toFailure(failure: unknown) {
  if (failure instanceof SyntaxError)
    return ActionResult.error(`${JSON_ARGUMENTS} is no JSON object: ${failure.message}`, { code: 'MCP_BAD_ARGUMENTS' })
  if (!(failure instanceof McpFailure)) throw failure
  const isToken = failure.status === 401 || failure.status === 403
  return isToken
    ? ActionResult.error(`${failure.message} Enter another one in the settings of this app.`, {
        code: 'MCP_UNAUTHORIZED',
      })
    : ActionResult.error(failure.message, { code: 'MCP_SERVER_FAILED', retryable: failure.status >= 500 })
}

function addTool(chat: ChatExtension, tool: RemoteTool): void {
  const schema = paramsOf(tool)
  const handler = async (ctx: FunctionContext, params: Record<string, unknown>) => {
    const url = ctx.config.require<string>('mcp_url')
    const token = await ctx.secrets.get(TOKEN)
    try {
      return await inConversation(through(ctx, url), token, async (conversation) =>
        toResult(
          tool,
          await conversation.request('tools/call', { name: tool.remote, arguments: argumentsOf(schema, params) }),
        ),
      )
    } catch (failure) {
      return toFailure(failure)
    }
  }
  const common = { description: tool.description, params: schema, returns: Answer }
  if (tool.actionType === 'read') chat.function(tool.name, { ...common, actionType: 'read' }, handler)
  else chat.function(tool.name, { ...common, actionType: tool.actionType, effects: [`call:${tool.name}`] }, handler)
}

/**
 * An extension whose functions are the tools of an MCP server: each call goes through the platform's gates, asks the user
 * where its tool may destroy something, and takes the user's token from the secrets.
 */
export function remoteExtension(app: RemoteApp): Extension {
  const ext = new Extension(app.appId, {
    version: app.version,
    displayName: app.name,
    description: `The tools of the MCP server ${app.name} at ${new URL(app.url).host}, ${app.tools.length} in all.`,
    icon: 'icon.svg',
    capabilities: ['read', 'write', 'destructive'].map((action) => `${app.appId}:${action}`),
    configDefaults: { mcp_url: app.url },
  })
  ext.secret({
    name: TOKEN,
    description: `Your token for the MCP server ${app.name}, sent to it as Bearer.`,
    required: app.needsToken,
    writeMode: 'user',
  })
  ext.healthCheck(async (ctx) => {
    const answer = await ctx.http.get(app.url, { timeout: 3 })
    return answer.statusCode < 500 ? HealthStatus.ok() : HealthStatus.degraded(`It answers ${answer.statusCode}.`)
  })
  const chat = new ChatExtension(ext, { description: `Tools of the MCP server ${app.name}.` })
  for (const tool of app.tools) addTool(chat, tool)
  return ext
}
