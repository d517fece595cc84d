import type { KernelPort } from '@imperal/contract/guest-port'
import type { HostClient } from '@imperal/contract/host-clients'
import { unwrapBareValue } from '../clients/extensions.ts'
import type { SecretRule } from '../clients/secrets.ts'
import type { LogLevel } from '../clients/transport.ts'
import { TaskCancelled } from '../errors.ts'
import { exposedResult } from '../port/results.ts'
import { ActionResult } from '../values/action-result.ts'
import { isObject, type JsonObject, type JsonValue, type MaybePromise } from '../values/json.ts'
import { offerCallScope } from './call-scope.ts'
import { MemoryAi } from './memory-ai.ts'
import { MemoryClock } from './memory-clock.ts'
import { MemoryHttp } from './memory-http.ts'
import { memoryOAuth } from './memory-oauth.ts'
import { MemoryPlatformRoutes } from './memory-platform.ts'
import { MemoryStorage } from './memory-storage.ts'
import { MemoryStore, type Owner } from './memory-store.ts'
import { MemoryTools } from './memory-tools.ts'
import { memoryBilling, memoryCache, memorySecrets } from './memory-vaults.ts'
import { portError } from './port-error.ts'

export interface KernelOptions {
  readonly now: string | Date
  readonly secrets: Readonly<Record<string, string>>
  readonly declaredSecrets: { names: readonly string[]; rule(name: string): SecretRule | undefined } | undefined
  readonly isOwner: boolean
  readonly oauthProviders: ReadonlyMap<string, { readonly scopes: readonly string[] }> | undefined
  readonly billing: { balance?: number; plan?: string }
  readonly skeleton: Readonly<Record<string, JsonObject>>
}

type Method = (owner: Owner, args: readonly JsonValue[]) => MaybePromise<JsonValue>
interface PendingTask {
  readonly id: string
  readonly owner: Owner
  readonly run: (port: KernelPort, signal: AbortSignal, taskId: string) => Promise<JsonValue>
}

/**
 * A kernel in memory: it answers every callback of the contract's table, so the contexts of tests are the real ones.
 * One instance is one platform; several contexts may share it.
 */
export class MemoryKernel {
  readonly clock: MemoryClock
  readonly store: MemoryStore
  readonly http: MemoryHttp
  readonly ai = new MemoryAi()
  readonly tools = new MemoryTools()
  readonly platform = new MemoryPlatformRoutes()
  readonly sent: ({ message: string; channel: string } & JsonObject)[] = []
  readonly progressLog: { percent: number; message: string }[] = []
  readonly delivered: { text: string; msgType: string; refreshPanels: string[] | null; userId: string }[] = []
  readonly emitted: { eventType: string; data: JsonObject }[] = []
  readonly logs: { level: LogLevel; message: string }[] = []
  readonly skeletons: Map<string, JsonObject>
  readonly outages = new Set<HostClient>()
  readonly #methods = new Map<string, (params: JsonObject) => MaybePromise<unknown>>()
  readonly #clients: Readonly<Record<HostClient, Readonly<Record<string, Method>>>>
  #controller = new AbortController()
  #tasks: PendingTask[] = []
  #taskCount = 0

  constructor(options: KernelOptions) {
    offerCallScope()
    this.clock = new MemoryClock(options.now)
    this.store = new MemoryStore(this.clock)
    this.http = new MemoryHttp(this.clock)
    this.skeletons = new Map(Object.entries(options.skeleton))
    const secrets = memorySecrets(options)
    this.#clients = {
      store: this.store.methods,
      http: { request: (_owner, [request]) => this.http.request(isObject(request) ? (request as JsonObject) : {}) },
      ai: {
        complete: (_owner, [request]) => this.ai.complete(request),
        stream: (_owner, [request]) => this.ai.stream(request),
        next: (_owner, [id]) => this.ai.next(id),
        stop: (_owner, [id]) => this.ai.stop(id),
      },
      llm: { create_message: (_owner, [request]) => this.ai.createMessage(request) },
      notify: { send: (owner, [body]) => this.#notify(owner, body) },
      cache: memoryCache(this.clock),
      secrets,
      oauth: memoryOAuth({
        http: this.http,
        clock: this.clock,
        store: this.store.methods,
        secret: (owner, name) => (secrets.get?.(owner, [name]) ?? null) as string | null, // a secret is a text
        providers: options.oauthProviders,
      }),
      skeleton: { get: (_owner, [section]) => this.skeletons.get(String(section)) ?? null },
      storage: new MemoryStorage(this.clock).methods,
      billing: memoryBilling(options.billing),
      extensions: { call: (owner, args) => this.#callMethod(owner, args), emit: (_owner, args) => this.#emit(args) },
      tools: this.tools.methods,
      task: { progress: (_owner, args) => this.#progress(args) },
      platform: { request: (_owner, args) => this.platform.request(args) },
      chat: { deliver: (owner, [message]) => this.#deliver(owner, message) },
    }
  }

  /** Aborted by `cancel()`. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The port of one call whose callbacks belong to this owner. */
  portFor(owner: Owner): KernelPort {
    return {
      callback: async (client, method, args, asUser) => this.#answer(actor(owner, asUser), client, method, args),
      log: (level, message) => this.logs.push({ level, message }),
      background: async (options, run) => {
        if (this.outages.has('task')) throw outageOf('task')
        if (this.#tasks.length >= TASKS_AT_ONCE) {
          throw portError('quota_exceeded', `At most ${TASKS_AT_ONCE} tasks run at once`, {
            resource: 'tasks',
            limit: TASKS_AT_ONCE,
          })
        }
        this.#taskCount += 1
        const id = `task_${this.#taskCount}`
        this.#tasks.push({ id, owner: actor(owner, options.asUser), run })
        return id
      },
    }
  }

  registerMethod(appId: string, method: string, handler: (params: JsonObject) => MaybePromise<unknown>): void {
    this.#methods.set(`${appId}.${method}`, handler)
  }

  /** Runs all background work, work that it starts in turn included. Rejects when a result is not an ActionResult. */
  async drainTasks(): Promise<readonly ActionResult<unknown>[]> {
    const results: ActionResult<unknown>[] = []
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      const wire = await task.run(this.portFor(task.owner), this.signal, task.id)
      results.push(ActionResult.fromWire(wire))
    }
    return results
  }

  /** The user cancels: the signal aborts and the next `progress` throws. */
  cancel(): void {
    this.#controller.abort(new TaskCancelled())
  }

  async #answer(owner: Owner, client: string, method: string, args: readonly JsonValue[]): Promise<JsonValue> {
    if (this.outages.has(client as HostClient)) throw outageOf(client, args)
    const answer = this.#clients[client as HostClient]?.[method]
    if (answer === undefined) throw portError('not_found', 'No such callback', { resource: client, id: method })
    // What crosses to a real kernel is JSON; a test must not pass because both sides share an object.
    return JSON.parse(JSON.stringify(await answer(owner, JSON.parse(JSON.stringify(args))))) as JsonValue
  }

  #notify(owner: Owner, body: JsonValue | undefined): null {
    const { message, ...rest } = isObject(body) ? (body as JsonObject) : {}
    this.sent.push({ channel: 'in_app', user_id: owner.userId, ...rest, message: String(message ?? '') } as {
      message: string
      channel: string
    } & JsonObject)
    return null
  }

  async #callMethod(owner: Owner, [appId, method, params]: readonly JsonValue[]): Promise<JsonValue> {
    if (appId === owner.appId) {
      const chain = [owner.appId, owner.appId]
      throw portError('circular_call_error', `Circular call: ${chain.join(' -> ')}`, { call_stack: chain })
    }
    const handler = this.#methods.get(`${appId}.${method}`)
    if (handler === undefined) throw this.#unknownMethod(String(appId), String(method))
    const result = exposedResult(await handler(isObject(params) ? (params as JsonObject) : {}))
    if (result.status === 'success') return unwrapBareValue(result.data ?? null)
    throw portError('extension_error', String(result.error), { app_id: String(appId) })
  }

  /** As the platform says it when the app is there; an app of which the test registered nothing is its own mistake. */
  #unknownMethod(appId: string, method: string): Error {
    const available = [...this.#methods.keys()]
      .filter((name) => name.startsWith(`${appId}.`))
      .map((name) => name.slice(appId.length + 1))
    if (available.length === 0) {
      return portError('extension_error', `The test registered no method of '${appId}'`, { app_id: appId })
    }
    const id = `${appId}.${method} (available: [${available.join(', ')}])`
    return portError('not_found', `method '${id}' not found`, { resource: 'method', id })
  }

  #emit([type, data]: readonly JsonValue[]): null {
    this.emitted.push({ eventType: String(type), data: isObject(data) ? (data as JsonObject) : {} })
    return null
  }

  #progress([percent, message]: readonly JsonValue[]): null {
    if (this.signal.aborted) throw portError('task_cancelled', 'Task cancelled.')
    this.progressLog.push({ percent: Number(percent), message: String(message ?? '') })
    return null
  }

  #deliver(owner: Owner, message: JsonValue | undefined): null {
    const { text, msg_type: type, refresh_panels: panels } = isObject(message) ? (message as JsonObject) : {}
    const refreshPanels = Array.isArray(panels) ? panels.map(String) : null
    this.delivered.push({ text: String(text), msgType: String(type), refreshPanels, userId: owner.userId })
    return null
  }
}

const TASKS_AT_ONCE = 3
const UNREACHABLE: Partial<Record<string, { status_code: number; message: string }>> = {
  http: { status_code: 502, message: 'The address did not answer' },
  ai: { status_code: 503, message: 'No language model answers' },
  llm: { status_code: 503, message: 'No language model answers' },
}

/** What the platform says while the thing behind a client cannot be reached. */
function outageOf(client: string, args: readonly JsonValue[] = []): Error {
  if (client === 'extensions' && args.length === 3) {
    return portError('extension_error', `'${args[0]}' cannot be reached`, { app_id: args[0] ?? '' })
  }
  const outside = UNREACHABLE[client]
  if (outside === undefined) return portError('unavailable', 'The platform cannot reach its data at the moment.')
  return portError('api_error', outside.message, { status_code: outside.status_code })
}

/** Only handlers without a user of their own may name one. */
function actor(owner: Owner, asUser: string | undefined): Owner {
  if (asUser === undefined || asUser === owner.userId) return owner
  if (!owner.userId.startsWith('__')) throw portError('forbidden', `${owner.userId} may not act for ${asUser}`)
  return { ...owner, userId: asUser }
}
