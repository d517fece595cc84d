import { clientSecretNames } from '@imperal/contract/oauth'
import type * as z from 'zod'
import type { CacheModel } from '../clients/cache.ts'
import type { EventDecl } from '../clients/extensions.ts'
import type { ContextDeclarations } from '../context/runtime.ts'
import type { EventContext, HealthContext, LifecycleContext, SystemContext, UpgradeContext } from '../context/types.ts'
import { DeclarationError, ImperalError } from '../errors.ts'
import { eventFromWire, type PlatformEvent } from '../values/event.ts'
import type { HealthStatus } from '../values/health.ts'
import { freeze, type JsonObject, type MaybePromise } from '../values/json.ts'
import type { ChatExtension, ChatFunctionDefinition } from './chat-extension.ts'
import {
  OAUTH_PROVIDERS,
  requireEventType,
  requireHandler,
  requireNew,
  requireOneOf,
  requireOwnEvent,
  secretSpec,
} from './checks.ts'
import type {
  EmitDefinition,
  EventHandlerDefinition,
  ExposedDefinition,
  ExtensionOptions,
  FileSinkDefinition,
  LifecycleDefinition,
  MenuItemDefinition,
  OAuthDefinition,
  OAuthProvider,
  PanelDefinition,
  ScheduleDefinition,
  SecretSpec,
  SignalDefinition,
  SkeletonDefinition,
  ToolDefinition,
  TrayDefinition,
  WebhookDefinition,
  WidgetDefinition,
} from './declarations.ts'
import { checkUiContributions } from './ui-contributions.ts'

/**
 * What one extension declared, in registration order (sdk.md 1.3), and the registrations that only record something.
 * Authors use `Extension`.
 */
export class Registry<const Id extends string = string> {
  readonly appId: Id
  readonly version: string
  readonly displayName: string
  readonly description: string
  readonly icon: string
  readonly capabilities: readonly string[]
  readonly migrationsDir: string | undefined
  readonly configDefaults: Readonly<JsonObject>
  readonly actionsExplicit: boolean
  readonly system: boolean

  readonly tools = new Map<string, ToolDefinition>()
  readonly signals = new Map<string, SignalDefinition>()
  readonly schedules = new Map<string, ScheduleDefinition>()
  readonly skeletons = new Map<string, SkeletonDefinition>()
  readonly lifecycle = new Map<string, LifecycleDefinition>()
  readonly webhooks = new Map<string, WebhookDefinition>()
  readonly eventHandlers: EventHandlerDefinition[] = []
  readonly declaredEmits: EmitDefinition[] = []
  readonly exposed = new Map<string, ExposedDefinition>()
  readonly panels = new Map<string, PanelDefinition>()
  readonly trayItems = new Map<string, TrayDefinition>()
  readonly menuItems = new Map<string, MenuItemDefinition>()
  readonly widgets = new Map<string, WidgetDefinition>()
  readonly cacheModels = new Map<string, CacheModel>()
  readonly chatExtensions = new Map<string, ChatExtension>()
  /** Chat functions of all chat extensions; names are unique across them. */
  readonly functions = new Map<string, ChatFunctionDefinition>()
  readonly oauthProviders = new Map<string, OAuthDefinition>()
  readonly fileSinks = new Map<string, FileSinkDefinition>()
  /** The health check, when one is registered. */
  healthCheckHandler: ((ctx: object) => MaybePromise<unknown>) | undefined = undefined

  protected readonly secretSpecs = new Map<string, SecretSpec>()
  /** Declared by the way, by `oauth`; what the author says of them wins. */
  protected readonly impliedSecrets = new Set<string>()

  constructor(appId: Id, options: ExtensionOptions = {}) {
    this.appId = appId
    this.version = options.version ?? '0.1.0'
    this.displayName = options.displayName ?? ''
    this.description = options.description ?? ''
    this.icon = options.icon ?? ''
    this.capabilities = freeze([...(options.capabilities ?? [])])
    this.migrationsDir = options.migrationsDir
    this.configDefaults = (options.configDefaults ?? {}) as JsonObject // the records of `ui` are JSON as well
    this.actionsExplicit = options.actionsExplicit ?? true
    this.system = options.system ?? false
    checkUiContributions(this.configDefaults)
  }

  /** A copy of what is declared. */
  get secrets(): ReadonlyMap<string, SecretSpec> {
    return new Map(this.secretSpecs)
  }

  /** What contexts check calls against. */
  get contextDeclarations(): ContextDeclarations {
    return {
      ownsCacheModel: (model) => this.cacheModels.get(model.name) === model,
      secretRule: (name) => this.secretSpecs.get(name),
      secretNames: [...this.secretSpecs.keys()],
    }
  }

  /** A handler of a platform signal. */
  signal(name: string, handler: (ctx: SystemContext, payload: JsonObject) => MaybePromise<unknown>): void {
    requireNew(this.signals, 'Signal', name, handler)
    this.signals.set(name, { name, handler: (ctx, payload) => handler(ctx as SystemContext, payload) })
  }

  /** A job: five cron fields in UTC, or a keyword such as `@daily`. */
  schedule(name: string, options: { cron: string }, handler: (ctx: SystemContext) => MaybePromise<unknown>): void {
    requireNew(this.schedules, 'Schedule', name, handler)
    this.schedules.set(name, { name, cron: options.cron, handler: (ctx) => handler(ctx as SystemContext) })
  }

  /** Subscribes to events of this app or of others. */
  onEvent<S extends z.ZodType>(
    event: EventDecl<S>,
    handler: (ctx: EventContext, event: PlatformEvent<z.output<S>>) => MaybePromise<unknown>,
  ): void
  onEvent<D = JsonObject>(
    eventType: string,
    handler: (ctx: EventContext, event: PlatformEvent<D>) => MaybePromise<unknown>,
  ): void
  onEvent(
    event: string | EventDecl,
    handler: (ctx: EventContext, event: PlatformEvent<never>) => MaybePromise<unknown>,
  ): void {
    const eventType = requireEventType(event)
    requireHandler(`Event handler of '${eventType}'`, handler)
    const schema = typeof event === 'string' ? undefined : event.schema
    this.eventHandlers.push({
      eventType,
      handlerName: handler.name || `on_${eventType.replace(/\W/g, '_')}`,
      handler: (ctx, envelope) => {
        const received = eventFromWire(envelope)
        const data = schema === undefined ? received.data : schema.parse(received.data)
        return handler(ctx as EventContext, { ...received, data: data as never }) // the declared shape, just parsed
      },
    })
  }

  /** Declares an own event type. @throws DeclarationError without a dot or outside the own namespace */
  emits<S extends z.ZodType = z.ZodUnknown>(
    eventType: `${Id}.${string}`,
    options: { schemaRef?: string; schema?: S } = {},
  ): EventDecl<S> {
    requireOwnEvent(this.appId, eventType)
    requireNew({ has: (type) => this.declaredEmits.some((emit) => emit.eventType === type) }, 'Event', eventType)
    this.declaredEmits.push({ eventType, schemaRef: options.schemaRef })
    return freeze({ type: eventType, ...(options.schema === undefined ? {} : { schema: options.schema }) })
  }

  /** First install by a user. Hooks may run again after a failure. */
  onInstall(handler: (ctx: LifecycleContext) => MaybePromise<void>): void {
    this.#hook('on_install', handler)
  }

  onUninstall(handler: (ctx: LifecycleContext) => MaybePromise<void>): void {
    this.#hook('on_uninstall', handler)
  }

  /** An administrator enabled the app for a user or a tenant. */
  onEnable(handler: (ctx: LifecycleContext) => MaybePromise<void>): void {
    this.#hook('on_enable', handler)
  }

  onDisable(handler: (ctx: LifecycleContext) => MaybePromise<void>): void {
    this.#hook('on_disable', handler)
  }

  /** Runs when an upgrade passes this version. */
  onUpgrade(version: string, handler: (ctx: UpgradeContext) => MaybePromise<void>): void {
    this.#hook(`on_upgrade:${version}`, handler, version)
  }

  /** Called every 60 s, without a user; 2 s at most. */
  healthCheck(
    handler: (
      ctx: HealthContext,
    ) => MaybePromise<HealthStatus | { healthy: boolean; message?: string; details?: JsonObject }>,
  ): void {
    requireHandler('The health check', handler)
    this.healthCheckHandler = (ctx) => handler(ctx as HealthContext)
  }

  /**
   * The platform connects accounts of this provider for users of the app. Declares the secrets of the app that hold its
   * client id and client secret, unless the author has. @throws DeclarationError
   */
  oauth(provider: OAuthProvider, options: { collection?: string; scopes?: readonly string[] } = {}): void {
    requireOneOf('OAuth provider', provider, OAUTH_PROVIDERS)
    requireNew(this.oauthProviders, 'OAuth provider', provider)
    const { collection, scopes = [] } = options
    if (collection !== undefined && !/^[a-z][a-z0-9_]*$/.test(collection))
      throw new DeclarationError(`The collection '${collection}' of ${provider} is not a-z, 0-9 and _`)
    this.oauthProviders.set(provider, { provider, collection, scopes })
    const { id, secret } = clientSecretNames(provider)
    this.#implySecret(id, `Client id of the app at ${provider}.`)
    this.#implySecret(secret, `Client secret of the app at ${provider}.`)
  }

  /** This app can receive an uploaded file through one of its own tools. */
  fileSink(
    tool: string,
    options: {
      accepts: readonly [string, ...string[]]
      arg: string
      argKind?: 'text' | 'file_id' | 'bytes_ref'
      description?: string
    },
  ): void {
    requireNew(this.fileSinks, 'File sink', tool)
    const { accepts, arg, argKind = 'text', description = '' } = options
    this.fileSinks.set(tool, { tool, accepts, arg, argKind, description })
  }

  /** Runs a registered tool, synthetic ones included. @throws ImperalError `Unknown tool: <name>` */
  async callTool(name: string, ctx: unknown, params: JsonObject = {}): Promise<unknown> {
    const tool = this.tools.get(name)
    if (tool === undefined) throw new ImperalError(`Unknown tool: ${name}`)
    return tool.handler(ctx as object, params)
  }

  /** @throws ImperalError `Unknown signal: <name>` */
  async callSignal(name: string, ctx: unknown, payload: JsonObject = {}): Promise<unknown> {
    const signal = this.signals.get(name)
    if (signal === undefined) throw new ImperalError(`Unknown signal: ${name}`)
    return signal.handler(ctx as object, payload)
  }

  #implySecret(name: string, description: string): void {
    if (this.secretSpecs.has(name)) return
    this.secretSpecs.set(name, secretSpec({ name, description, scope: 'app' }, this.secretSpecs))
    this.impliedSecrets.add(name)
  }

  #hook(name: string, handler: (ctx: never) => MaybePromise<void>, version?: string): void {
    requireHandler(`Hook '${name}'`, handler)
    this.lifecycle.set(name, { name, version, handler: (ctx) => handler(ctx as never) }) // built for this kind
  }
}
