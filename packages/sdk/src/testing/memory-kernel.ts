import type { KernelPort } from '@imperal/contract/guest-port'
import type { HostClient } from '@imperal/contract/host-clients'
import { safeUrl } from '@imperal/contract/ui/url'
import type { SecretRule } from '../clients/secrets.ts'
import type { LogLevel } from '../clients/transport.ts'
import { byteLength } from '../encoding.ts'
import { TaskCancelled } from '../errors.ts'
import { ActionResult } from '../values/action-result.ts'
import { isObject, type JsonObject, type JsonValue, type MaybePromise } from '../values/json.ts'
import { createAllowance } from './allowance.ts'
import { offerCallScope } from './call-scope.ts'
import { MemoryAi } from './memory-ai.ts'
import { MemoryApps } from './memory-apps.ts'
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
  readonly apps: MemoryApps
  readonly platform = new MemoryPlatformRoutes()
  readonly sent: ({ message: string; channel: string } & JsonObject)[] = []
  readonly progressLog: { percent: number; message: string }[] = []
  readonly delivered: { text: string; msgType: string; refreshPanels: string[] | null; userId: string }[] = []
  readonly emitted: { eventType: string; data: JsonObject }[] = []
  readonly logs: { level: LogLevel; message: string }[] = []
  readonly skeletons: Map<string, JsonObject>
  readonly outages = new Set<HostClient>()
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
    this.apps = new MemoryApps((owner) => this.portFor(owner))
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
      extensions: {
        call: (owner, args) => this.apps.call(owner, args),
        emit: (owner, args) => this.#emit(owner, args),
      },
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

  /** The port of one call whose callbacks belong to this owner. They count as those of one call, unless a test prepares something. */
  portFor(owner: Owner, options: { isCounted: boolean } = { isCounted: true }): KernelPort {
    const spend = options.isCounted ? createAllowance() : () => {}
    return {
      callback: async (client, method, args, asUser) => {
        spend(client, method)
        return this.#answer(actor(owner, asUser), client, method, args)
      },
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

  /** Keeps what a skeleton handler gave. False for what is too large: the last one stays, as on the platform. */
  keepSection(section: string, data: JsonObject): boolean {
    if (byteLength(JSON.stringify(data)) > MAX_SECTION_BYTES) return false
    this.skeletons.set(section, data)
    return true
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
    if (typeof rest.link === 'string' && rest.link !== '' && safeUrl(rest.link, 'link') === null)
      throw portError('validation_error', 'A link is a path of the panel or an address of the web.', { field: 'link' })
    this.sent.push({
      channel: 'in_app',
      user_id: owner.userId,
      ...rest,
      message: String(message ?? '').slice(0, MAX_NOTICE),
    } as {
      message: string
      channel: string
    } & JsonObject)
    return null
  }

  #emit({ appId }: Owner, [type, data]: readonly JsonValue[]): null {
    const name = String(type).startsWith(`${appId}.`) ? String(type) : `${appId}.${type}`
    if (!EVENT_TYPE.test(name)) throw portError('validation_error', `'${type}' is not an event type.`)
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
const MAX_SECTION_BYTES = 65_536
const MAX_NOTICE = 10_000
const EVENT_TYPE = /^[a-z][a-z0-9_-]*(?:[.:][a-z0-9_-]+)+$/
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
