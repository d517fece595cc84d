import type * as z from 'zod'
import type { EventDecl } from '../clients/extensions.ts'
import { runtimeOf } from '../context/runtime.ts'
import type { FunctionContext } from '../context/types.ts'
import { ImperalError, ValidationError } from '../errors.ts'
import { inCall } from '../llm/call-scope.ts'
import { ActionResult } from '../values/action-result.ts'
import { freeze, type JsonValue } from '../values/json.ts'
import { requireNew, requireObjectSchema, requireReturnsSchema } from './checks.ts'
import type { ActionType, MaybePromise } from './declarations.ts'
import type { Extension } from './extension.ts'
import { parseParams } from './params.ts'

export interface ChatExtensionOptions {
  /** Groups the functions in the manifest; `tool_<app id>_chat` unless told. */
  toolName?: string
  description?: string
  /** Rules of this module; never an identity. */
  systemPrompt?: string
  /** Tool rounds of one turn, 10 unless told. */
  maxRounds?: number
}

interface FunctionOptions<P extends z.ZodObject, R extends z.ZodType> {
  description: string
  params: P
  /** Shape of the result's data. */
  returns?: R
  chainCallable?: boolean
  /** The params field that carries the target's id in a later step of a chain. */
  idProjection?: keyof z.output<P> & string
  /** Published after success. */
  event?: string | EventDecl
  background?: boolean
  longRunning?: boolean
  /**
   * Doing it again with the same `ctx.idempotencyKey` has no further effect. With `background`, it is then run again when the
   * server on which it ran was lost, also when it had changed something by then.
   */
  idempotent?: boolean
  uiBuilder?: boolean
}

/** A function that changes something says what. */
interface ChangeOptions<P extends z.ZodObject, R extends z.ZodType> extends FunctionOptions<P, R> {
  actionType: 'write' | 'destructive'
  /** Verb first: `create:note`. */
  effects: readonly string[]
}

interface ReadOptions<P extends z.ZodObject, R extends z.ZodType> extends FunctionOptions<P, R> {
  actionType?: 'read'
  effects?: readonly string[]
}

// Two interfaces, where one intersection would do: for these the compiler names the option that is missing.
export type ChatFunctionOptions<P extends z.ZodObject, R extends z.ZodType> = ReadOptions<P, R> | ChangeOptions<P, R>

/** A registered function. Calling it parses the params, runs the handler and checks the result. */
export interface ChatFunction<P extends z.ZodObject, R extends z.ZodType> {
  (ctx: FunctionContext, params: z.input<P>): Promise<ActionResult<z.input<R>>>
  readonly functionName: string
  readonly params: P
  readonly returns: R | undefined
}

/** A chat function as the manifest and the port see it. */
export interface ChatFunctionDefinition {
  readonly name: string
  readonly description: string
  readonly actionType: ActionType
  readonly chainCallable: boolean
  readonly effects: readonly string[]
  readonly idProjection: string
  readonly event: string
  readonly background: boolean
  readonly longRunning: boolean
  readonly idempotent: boolean | undefined
  readonly uiBuilder: boolean
  readonly params: z.ZodObject
  readonly returns: z.ZodType | undefined
  readonly ownerChatTool: string
  /** Takes parsed params. @throws ImperalError `INTERNAL` when the handler returns something else than a result */
  readonly run: (ctx: object, params: Record<string, unknown>) => Promise<ActionResult<unknown>>
}

/** A result's data does not fit `returns`. */
export class ResultMismatch extends ValidationError {}

const IDENTITY_CLAIM = /\byou are (?:a |an |the )/i

/** A group of functions that chat and the call routes may invoke (sdk.md 2.1). */
export class ChatExtension {
  readonly toolName: string
  readonly description: string
  readonly systemPrompt: string
  readonly maxRounds: number
  readonly #functions = new Map<string, ChatFunction<z.ZodObject, z.ZodType>>()
  readonly #extension: Extension

  constructor(extension: Extension, options: ChatExtensionOptions = {}) {
    this.#extension = extension
    this.toolName = options.toolName ?? `tool_${extension.appId}_chat`
    this.description = options.description ?? ''
    this.systemPrompt = options.systemPrompt ?? ''
    this.maxRounds = options.maxRounds ?? 10
    requireNew(extension.chatExtensions, 'Chat extension', this.toolName)
    if (IDENTITY_CLAIM.test(this.systemPrompt)) {
      console.warn(`${this.toolName}: the systemPrompt's identity is overridden`)
    }
    extension.chatExtensions.set(this.toolName, this)
  }

  get functions(): ReadonlyMap<string, ChatFunction<z.ZodObject, z.ZodType>> {
    return this.#functions
  }

  /**
   * Registers one function; `(ctx, params)` gets parsed params.
   * @throws DeclarationError for a name that is taken, params that are no object, returns that cannot be one
   */
  function<P extends z.ZodObject, R extends z.ZodType = z.ZodUnknown>(
    name: string,
    options: ChatFunctionOptions<P, R>,
    handler: (ctx: FunctionContext, params: z.output<P>) => MaybePromise<ActionResult<z.input<R>>>,
  ): ChatFunction<P, R> {
    requireNew(this.#extension.functions, 'Function', name, handler)
    requireNew(this.#extension.tools, 'Tool', name)
    requireObjectSchema(`params of function '${name}'`, options.params)
    if (options.returns !== undefined) requireReturnsSchema(`returns of function '${name}'`, options.returns)
    const definition = this.#define(name, options, handler)
    this.#extension.functions.set(name, definition)
    const callable = callableOf(definition) as ChatFunction<P, R> // the same schemas, seen through their types
    this.#functions.set(name, callable as unknown as ChatFunction<z.ZodObject, z.ZodType>)
    return callable
  }

  #define<P extends z.ZodObject, R extends z.ZodType>(
    name: string,
    options: ChatFunctionOptions<P, R>,
    handler: (ctx: FunctionContext, params: z.output<P>) => MaybePromise<ActionResult<z.input<R>>>,
  ): ChatFunctionDefinition {
    const { returns, event = '' } = options
    return freeze({
      name,
      description: options.description,
      actionType: options.actionType ?? 'read',
      chainCallable: options.chainCallable ?? true,
      effects: freeze([...(options.effects ?? [])]),
      idProjection: options.idProjection ?? '',
      event: typeof event === 'string' ? event : event.type,
      background: options.background ?? false,
      longRunning: options.longRunning ?? false,
      idempotent: options.idempotent,
      uiBuilder: options.uiBuilder ?? false,
      params: options.params,
      returns,
      ownerChatTool: this.toolName,
      run: async (ctx: object, params: Record<string, unknown>) => {
        const value = await handler(ctx as FunctionContext, params as z.output<P>) // parsed by the schema P
        return checkedResult(name, returns, value, ctx)
      },
    })
  }
}

function callableOf(definition: ChatFunctionDefinition): unknown {
  const { name, params, returns, run } = definition
  const call = async (ctx: FunctionContext, input: JsonValue) => {
    const parsed = parseParams(params, input)
    const runtime = runtimeOf(ctx)
    return runtime === undefined
      ? run(ctx, parsed)
      : inCall({ port: runtime.port, ctx: runtime.snapshot }, () => run(ctx, parsed))
  }
  return Object.assign(call, { functionName: name, params, returns })
}

/** A bare value that fits `returns` counts as success; a result that does not fit throws in tests and is logged elsewhere. */
function checkedResult(
  name: string,
  returns: z.ZodType | undefined,
  value: unknown,
  ctx: object,
): ActionResult<unknown> {
  if (!ActionResult.is(value)) {
    if (returns?.safeParse(value).success) return ActionResult.success(value)
    throw new ImperalError(`Function '${name}' did not return an ActionResult`, { code: 'INTERNAL' })
  }
  if (value.status === 'error' || returns === undefined) return value
  const issue = returns.safeParse(value.data).error?.issues[0]
  if (issue === undefined) return value
  const where = ['data', ...issue.path].join('.')
  const runtime = runtimeOf(ctx)
  if (runtime === undefined || runtime.strictResults) {
    throw new ResultMismatch(where, `The result of '${name}' does not fit its returns at ${where}: ${issue.message}`)
  }
  runtime.port.log('error', `data_model_mismatch function=${name} at=${where}: ${issue.message}`)
  return value
}
