import type { HostClient } from '@imperal/contract/host-clients'
import type { AIClient } from '../clients/ai.ts'
import type { HttpClient } from '../clients/http.ts'
import type { NotifyClient } from '../clients/notify.ts'
import type { StoreClient } from '../clients/store.ts'
import type { LogLevel } from '../clients/transport.ts'
import type {
  EventContext,
  FunctionContext,
  HealthContext,
  LifecycleContext,
  PanelContext,
  SkeletonContext,
  SystemContext,
  ToolContext,
  WebhookContext,
} from '../context/types.ts'
import type { Extension } from '../extension/extension.ts'
import type { ActionResult } from '../values/action-result.ts'
import type { Document } from '../values/document.ts'
import type { JsonObject, JsonValue, MaybePromise } from '../values/json.ts'
import type { HttpMethod } from '../values/webhook.ts'
import type { MockMethod } from './memory-apps.ts'
import type { HttpCall, HttpPattern } from './memory-http.ts'
import type { MockPlatformRequest } from './memory-platform.ts'
import type { MockToolOptions } from './memory-tools.ts'

/** The context type of each kind of handler. */
export interface ContextByKind {
  function: FunctionContext
  tool: ToolContext
  panel: PanelContext
  skeleton: SkeletonContext
  schedule: SystemContext
  signal: SystemContext
  webhook: WebhookContext
  event: EventContext
  lifecycle: LifecycleContext
  health: HealthContext
}
export type MockKind = keyof ContextByKind

export interface MockHttp extends HttpClient {
  /** The first rule that fits answers. A text pattern is looked for anywhere in the URL. */
  mock(
    method: HttpMethod | 'PATCH' | '*',
    pattern: HttpPattern,
    response: JsonValue | ((request: { url: string; body: unknown }) => JsonValue),
    options?: { status?: number; headers?: Record<string, string> },
  ): void
  mockGet(pattern: string | RegExp, response: JsonValue, status?: number): void
  mockPost(pattern: string | RegExp, response: JsonValue, status?: number): void
  readonly calls: readonly HttpCall[]
}

export interface MockStore extends StoreClient {
  seed(collection: string, docs: readonly object[]): Promise<readonly Document[]>
  /** Collection → id → data, of all users. */
  dump(): Record<string, Record<string, unknown>>
}

export interface MockAI extends AIClient {
  setResponse(pattern: string | RegExp, response: string | ((prompt: string) => string)): void
  readonly prompts: readonly string[]
}

export interface MockNotify extends NotifyClient {
  readonly sent: readonly ({ message: string; channel: string } & JsonObject)[]
}

/** What a test does to a mock context, and what it reads afterwards. */
export interface MockControls {
  readonly store: MockStore
  readonly ai: MockAI
  readonly http: MockHttp
  readonly notify: MockNotify
  readonly progressLog: readonly { percent: number; message: string }[]
  readonly delivered: readonly {
    text: string
    msgType: string
    refreshPanels: readonly string[] | null
    userId: string
  }[]
  /** What the app handed on, in its own words (D14); a platform publishes a name without its prefix as `<app id>.<name>`. */
  readonly emitted: readonly { eventType: string; data: JsonObject }[]
  readonly logs: readonly { level: LogLevel; message: string }[]
  /** What `ctx.extensions.call` reaches. The handler gets a way to further apps as its second argument. */
  registerMethod(appId: string, method: string, handler: MockMethod): void
  /** What `ctx.tools` finds and calls, as `<app>.<name>`. */
  registerTool(
    appId: string,
    name: string,
    handler: (params: JsonObject) => MaybePromise<unknown>,
    options?: MockToolOptions,
  ): void
  /** What `platform(ctx)` of `@imperal/sdk/platform` reaches, and what it was asked. */
  readonly platform: {
    on(
      method: string,
      path: string | RegExp,
      answer: (request: MockPlatformRequest) => MaybePromise<{ readonly status?: number; readonly body: unknown }>,
    ): void
    readonly requests: readonly MockPlatformRequest[]
  }
  drainTasks(): Promise<readonly ActionResult<unknown>[]>
  cancel(): void
  /** What is behind these clients cannot be reached until `restore`: they fail as they would on the platform. */
  breakDown(...clients: readonly HostClient[]): void
  restore(): void
  /** Moves the clock. */
  advance(seconds: number): void
}

export interface MockContextOptions<K extends MockKind = 'function'> {
  kind?: K
  /** Its cache models and secrets are then checked as on the platform. */
  extension?: Extension
  userId?: string
  email?: string | null
  role?: string
  scopes?: readonly string[]
  tenantId?: string
  extensionId?: string
  /** Over the `configDefaults` of the extension. */
  config?: JsonObject
  /** Values by name, those of scope `app` included. */
  secrets?: Record<string, string>
  /** The user owns the app: may write and list its secrets of scope `app`. */
  isOwner?: boolean
  attributes?: JsonObject
  now?: string | Date
  billing?: { balance?: number; plan?: string }
  skeleton?: Record<string, JsonObject>
}
