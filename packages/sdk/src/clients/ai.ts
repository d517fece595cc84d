import * as z from 'zod'
import { refuse } from '../refuse.ts'
import { freeze, isObject, type JsonObject, type JsonValue } from '../values/json.ts'
import { CompletionResult } from '../values/results.ts'
import { type CompletionStream, PulledStream } from './completion-stream.ts'
import type { Transport } from './transport.ts'
import { withSignal } from './with-signal.ts'

export interface CompleteOptions {
  /** Empty or absent: the user's configured model. */
  model?: string
  temperature?: number
  maxTokens?: number
  system?: string
  signal?: AbortSignal
}

/** Completions, metered against the user's plan. With a schema the answer carries a checked `object`. */
export interface AIClient {
  /** @throws APIError when no model answers, ValidationError when the answer does not fit the schema */
  complete(prompt: string, options?: CompleteOptions): Promise<CompletionResult>
  complete<S extends z.ZodType>(
    prompt: string,
    options: CompleteOptions & { schema: S },
  ): Promise<CompletionResult & { readonly object: z.output<S> }>
  /** The answer piece by piece: `for await (const text of ctx.ai.stream(prompt))`, and `await stream.result` for the whole. */
  stream(prompt: string, options?: CompleteOptions): CompletionStream
}

interface AnyOptions extends CompleteOptions {
  schema?: z.ZodType
}

const requestOf = (prompt: string, options: AnyOptions): JsonObject => ({
  prompt,
  model: options.model ?? '',
  system: options.system ?? null,
  temperature: options.temperature ?? null,
  max_tokens: options.maxTokens ?? null,
  schema: options.schema === undefined ? null : (z.toJSONSchema(options.schema, { io: 'input' }) as JsonObject),
})

export function createAi(transport: Transport): AIClient {
  const complete = async (
    prompt: string,
    options: AnyOptions = {},
  ): Promise<CompletionResult & { object?: unknown }> => {
    options.signal?.throwIfAborted()
    const wire = await withSignal(transport.call('ai', 'complete', requestOf(prompt, options)), options.signal)
    const result = CompletionResult.fromWire(wire)
    if (options.schema === undefined) return result
    return freeze({ ...result, object: typedObject(options.schema, wire, result.text) })
  }
  return freeze({
    complete: complete as AIClient['complete'], // one function serves both overloads
    stream: (prompt: string, options: CompleteOptions = {}) =>
      new PulledStream(transport, requestOf(prompt, options), options.signal),
  })
}

/** @throws ValidationError when the model's answer does not fit the schema */
function typedObject(schema: z.ZodType, wire: JsonValue, text: string): unknown {
  const parsed = schema.safeParse(isObject(wire) && wire.object !== undefined ? wire.object : jsonIn(text))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  refuse(
    ['object', ...(issue?.path ?? [])].join('.'),
    `The model's answer does not fit the schema: ${issue?.message ?? 'it is something else'}`,
  )
}

/** The JSON of a text answer, with or without a Markdown fence around it. */
function jsonIn(text: string): unknown {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text)?.[1]
  try {
    return JSON.parse(fenced ?? text)
  } catch {
    return undefined // not JSON at all: the schema check says so
  }
}
