import { codec, figure, text, texts } from '../values/codec.ts'
import { freeze, isObject, type JsonObject, type JsonValue, stringOr, toJson } from '../values/json.ts'
import type { Transport } from './transport.ts'

export interface ToolInfo {
  readonly appId: string
  readonly activityName: string
  readonly name: string
  readonly description: string
  readonly domains: readonly string[]
  readonly requiredScopes: readonly string[]
  readonly relevance: number
}

/** Search and calls over everything that the user may call. */
export interface ToolsClient {
  discover(query: string, options?: { topK?: number }): Promise<readonly ToolInfo[]>
  call(activityName: string, params: JsonObject): Promise<{ response: JsonValue; appId: string; toolName: string }>
}

export function createTools(transport: Transport): ToolsClient {
  return freeze({
    discover: async (query: string, options: { topK?: number } = {}) => {
      const wire = await transport.call('tools', 'discover', query, options.topK ?? 3)
      return Array.isArray(wire) ? wire.map(Tool.fromWire) : []
    },
    call: async (activityName: string, params: JsonObject) => {
      const wire = await transport.call('tools', 'call', activityName, toJson(params, 'params'))
      const answer = isObject(wire) ? wire : { response: wire }
      return {
        response: (answer.response ?? null) as JsonValue, // JSON came in, JSON goes out
        appId: stringOr(answer.app_id, ''),
        toolName: stringOr(answer.tool_name, ''),
      }
    },
  })
}

const Tool = codec<ToolInfo>({
  appId: text,
  activityName: text,
  name: text,
  description: text,
  domains: texts,
  requiredScopes: texts,
  relevance: figure,
})
