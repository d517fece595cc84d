import { unwrapBareValue } from '../clients/extensions.ts'
import type { ActionType } from '../extension/declarations.ts'
import { exposedResult } from '../port/results.ts'
import { isObject, type JsonObject, type JsonValue, type MaybePromise } from '../values/json.ts'
import type { Owner } from './memory-store.ts'
import { portError } from './port-error.ts'

export interface MockToolOptions {
  description?: string
  scopes?: readonly string[]
  /** A destructive tool waits for the user's confirmation, as on the platform. */
  actionType?: ActionType
}

interface RegisteredTool {
  readonly appId: string
  readonly name: string
  readonly options: MockToolOptions
  readonly handler: (params: JsonObject) => MaybePromise<unknown>
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** Share of the query's words that a tool speaks of. */
function relevanceOf({ appId, name, options }: RegisteredTool, query: string): number {
  const known = new Set(wordsOf(`${appId} ${name.replaceAll('_', ' ')} ${options.description ?? ''}`))
  const asked = wordsOf(query)
  return asked.length === 0 ? 0 : asked.filter((word) => known.has(word)).length / asked.length
}

const wrong = (field: string, message: string) => portError('validation_error', message, { field })

/** Tools of other apps in a test. Without any, nothing is found and calls answer nothing, as where the kernel is absent. */
export class MemoryTools {
  readonly #tools = new Map<string, RegisteredTool>()

  register(
    appId: string,
    name: string,
    handler: (params: JsonObject) => MaybePromise<unknown>,
    options: MockToolOptions = {},
  ): void {
    this.#tools.set(`${appId}.${name}`, { appId, name, handler, options })
  }

  readonly methods = {
    discover: (owner: Owner, [query, topK]: readonly JsonValue[]): JsonValue => this.#discover(owner, query, topK),
    call: (owner: Owner, [name, params]: readonly JsonValue[]): Promise<JsonValue> => this.#call(owner, name, params),
  }

  #discover(owner: Owner, query: JsonValue | undefined, topK: JsonValue | undefined): JsonValue {
    if (typeof query !== 'string' || query.length > 1_000) throw wrong('query', 'A query has at most 1000 characters.')
    if (!Number.isInteger(topK) || Number(topK) < 1 || Number(topK) > 50)
      throw wrong('top_k', '“top_k” must be a whole number from 1 to 50.')
    return [...this.#tools.entries()]
      .filter(([, { appId }]) => appId !== owner.appId)
      .map(([activity, tool]) => ({
        app_id: tool.appId,
        activity_name: activity,
        name: tool.name,
        description: tool.options.description ?? '',
        domains: [],
        required_scopes: [...(tool.options.scopes ?? [])],
        relevance: relevanceOf(tool, query),
      }))
      .filter(({ relevance }) => relevance > 0)
      .toSorted((a, b) => b.relevance - a.relevance)
      .slice(0, Number(topK))
  }

  async #call(owner: Owner, activity: JsonValue | undefined, params: JsonValue | undefined): Promise<JsonValue> {
    const name = String(activity)
    if (!isObject(params)) throw wrong('params', '“params” must be an object.')
    if (this.#tools.size === 0) return { response: null, app_id: '', tool_name: name }
    const [appId = ''] = name.split('.')
    if (appId === owner.appId)
      throw portError('circular_call_error', `Circular call detected: ${appId} -> ${appId}`, {
        call_stack: [appId, appId],
      })
    const tool = this.#tools.get(name)
    if (tool === undefined) throw portError('not_found', `tool '${name}' not found`, { resource: 'tool', id: name })
    const failed = (message: string, code: JsonValue) =>
      portError('extension_error', message, { app_id: appId, error_code: code })
    if (tool.options.actionType === 'destructive')
      throw failed('This needs your confirmation first.', 'CONFIRMATION_REQUIRED')
    const result = exposedResult(await tool.handler(params as JsonObject))
    if (result.status === 'error') throw failed(String(result.error), result.error_code ?? 'INTERNAL')
    return { response: unwrapBareValue(result.data ?? null), app_id: appId, tool_name: tool.name }
  }
}
