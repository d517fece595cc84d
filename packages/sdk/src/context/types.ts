import type { AIClient } from '../clients/ai.ts'
import type { BillingClient } from '../clients/billing.ts'
import type { CacheClient } from '../clients/cache.ts'
import type { ConfigClient } from '../clients/config.ts'
import type { ExtensionsClient } from '../clients/extensions.ts'
import type { HttpClient } from '../clients/http.ts'
import type { NotifyClient, WebhookNotifyClient } from '../clients/notify.ts'
import type { SecretsClient, WebhookSecretsClient } from '../clients/secrets.ts'
import type { SkeletonReader } from '../clients/skeleton.ts'
import type { StorageClient } from '../clients/storage.ts'
import type { StoreClient, SystemStoreClient, WebhookStoreClient } from '../clients/store.ts'
import type { ToolsClient } from '../clients/tools.ts'
import type { LogLevel } from '../clients/transport.ts'
import type { OAuthProvider } from '../extension/declarations.ts'
import type { ActionResult } from '../values/action-result.ts'
import type { TenantContext, TimeContext, UserContext } from '../values/identity.ts'
import type { JsonObject, JsonValue } from '../values/json.ts'

/** The relational tier; null unless the operator configured one. */
export interface DbClient {
  raw<T = JsonObject>(sql: string, params?: readonly JsonValue[]): Promise<T[]>
  transaction<T>(fn: (tx: DbClient) => Promise<T>): Promise<T>
}

export type ChatMessageType = 'response' | 'system' | 'tool_result'

/** What every handler has. */
export interface BaseContext {
  readonly appId: string
  /** Aborts when the call is cancelled or over its deadline. */
  readonly signal: AbortSignal
  readonly time: TimeContext
  log(message: string, level?: LogLevel): void
}

export interface CommonContext extends BaseContext, OAuthContext {
  readonly user: UserContext
  readonly tenant: TenantContext | null
  readonly agencyId: string | null
  readonly agencyTheme: Readonly<JsonObject> | null
  readonly store: StoreClient
  readonly db: DbClient | null
  readonly ai: AIClient
  readonly billing: BillingClient
  readonly notify: NotifyClient
  readonly storage: StorageClient
  readonly http: HttpClient
  readonly tools: ToolsClient
  readonly config: ConfigClient
  readonly extensions: ExtensionsClient
  readonly cache: CacheClient
  readonly secrets: SecretsClient
  /** Public address of a webhook of this app; the leading slash is optional. */
  webhookUrl(path: string): string
  /** A bot message to the acting user, now. Markdown; text above 64 KB is cut. Delivery failures are logged. */
  deliverChatMessage(
    text: string,
    options?: { msgType?: ChatMessageType; refreshPanels?: readonly string[] },
  ): Promise<void>
}

export interface OAuthContext {
  /**
   * Address of the provider's consent page for the acting user, good once and for ten minutes. The provider leads back to
   * the panel of the app, and the account is in `<provider>_accounts`.
   * @throws ValidationError for a provider that `ext.oauth` does not declare, APIError while the app has no client id
   */
  oauthAuthorizeUrl(provider: OAuthProvider, options?: { loginHint?: string }): Promise<string>
}

export interface FunctionContext extends CommonContext {
  /**
   * The same for every attempt at one intention of the user (a repeated read, a task or a step of an automation that goes
   * on after a crash, a request that its client sent again), and another one for everything else. Hand it to services that
   * take an idempotency key, with a word of your own behind it when you ask them several times.
   */
  readonly idempotencyKey: string
  /** 0 to 100, shown in the task tray. @throws TaskCancelled when the user cancelled */
  progress(percent: number, message?: string): Promise<void>
  /** Detaches work and answers with its task id at once: 180 s at most, 1800 s with `longRunning`. */
  backgroundTask(
    run: (task: BackgroundTaskContext) => Promise<ActionResult<unknown>>,
    options?: { longRunning?: boolean; name?: string },
  ): Promise<string>
}

export interface BackgroundTaskContext extends FunctionContext {
  readonly taskId: string
}
export interface ToolContext extends FunctionContext {}
export interface PanelContext extends CommonContext {}
export interface SkeletonContext extends CommonContext {
  readonly skeleton: SkeletonReader
}
export interface LifecycleContext extends CommonContext {}
export interface UpgradeContext extends LifecycleContext {
  readonly fromVersion: string
  readonly toVersion: string
}

/** Schedules and signals: `ctx.user` is `__system__`; users are reached through `asUser`. */
export interface SystemContext extends Omit<FunctionContext, 'store' | 'deliverChatMessage' | 'oauthAuthorizeUrl'> {
  readonly store: SystemStoreClient
  /** A context of that user. @throws ValidationError for an empty id or `__system__` */
  asUser(userId: string): FunctionContext
}

/** Webhooks: `ctx.user` is `__webhook__`; the app finds the user itself and goes through `forUser`. */
export interface WebhookContext
  extends Omit<CommonContext, 'deliverChatMessage' | 'oauthAuthorizeUrl' | 'store' | 'notify' | 'secrets'> {
  readonly store: WebhookStoreClient
  readonly notify: WebhookNotifyClient
  readonly secrets: WebhookSecretsClient
  forUser(userId: string): CommonContext
}

export interface EventContext extends BaseContext {
  readonly store: StoreClient
  readonly notify: NotifyClient
  readonly ai: AIClient
}

/** Health checks run without a user; secrets read as absent. */
export interface HealthContext extends BaseContext {
  readonly store: StoreClient
  readonly http: HttpClient
  readonly config: ConfigClient
  readonly secrets: SecretsClient
}
