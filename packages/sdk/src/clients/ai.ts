import * as z from 'zod'
import { ValidationError } from '../errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../values/json.ts'
import { type CompletionResult, completionFromWire } from '../values/results.ts'
import type { Transport } from './transport.ts'

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
  complete(prompt: string, options?: CompleteOptions): Promise<CompletionResult>
  complete<S extends z.ZodType>(
    prompt: string,
    options: CompleteOptions & { schema: S },
  ): Promise<CompletionResult & { readonly object: z.output<S> }>
}

interface AnyOptions extends CompleteOptions {
  schema?: z.ZodType
}

export function createAi(transport: Transport): AIClient {
  const complete = async (
    prompt: string,
    options: AnyOptions = {},
  ): Promise<CompletionResult & { object?: unknown }> => {
    options.signal?.throwIfAborted()
    const wire = await transport.call('ai', 'complete', {
      prompt,
      model: options.model ?? '',
      system: options.system ?? null,
      temperature: options.temperature ?? null,
      max_tokens: options.maxTokens ?? null,
      schema: options.schema === undefined ? null : (z.toJSONSchema(options.schema, { io: 'input' }) as JsonObject),
    })
    options.signal?.throwIfAborted()
    const result = completionFromWire(wire)
    if (options.schema === undefined) return result
    return Object.freeze({ ...result, object: typedObject(options.schema, wire, result.text) })
  }
  return Object.freeze({ complete: complete as AIClient['complete'] }) // one function serves both overloads
}

/** @throws ValidationError when the model's answer does not fit the schema */
function typedObject(schema: z.ZodType, wire: JsonValue, text: string): unknown {
  const parsed = schema.safeParse(isObject(wire) && wire.object !== undefined ? wire.object : jsonIn(text))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ValidationError(
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
