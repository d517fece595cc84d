export {
  type ArgumentProblem,
  type ConfirmationActions,
  type ConfirmationPolicy,
  checkGuards,
  checkIdShape,
  checkNarration,
  checkPlaceholderArgs,
  checkWriteArgBleed,
  EMIT_NARRATION_TOOL,
  EMIT_REFUSAL_TOOL,
  enforceOsIdentity,
  enforceResponseStyle,
  type FabricatedId,
  filterOutput,
  formatLedger,
  formatProblems,
  formatZodIssues,
  type GuardFacts,
  type GuardVerdict,
  HUB_DISPATCH_TOOL,
  HubDispatch,
  type IdentityOptions,
  type LedgerEntry,
  NarrationEmission,
  normalizeMarkdown,
  type ProposedCall,
  parseNarration,
  parseRefusal,
  RefusalEmission,
  type StyleOptions,
  type TargetAnswer,
  type TargetQuestion,
  type TurnIntent,
  targetsNote,
  trimToolResult,
  wantsConfirmation,
} from '@imperal/contract/guards'
export type { HandlerKind } from '@imperal/contract/host-protocol'
export type { AIClient, CompleteOptions } from './clients/ai.ts'
export type { BillingClient } from './clients/billing.ts'
export type { CacheClient, CacheModel } from './clients/cache.ts'
export type { CompletionStream } from './clients/completion-stream.ts'
export type { ConfigClient } from './clients/config.ts'
export type { EventDecl, ExtensionsClient } from './clients/extensions.ts'
export type { HttpClient, HttpRequestOptions, HttpResponse } from './clients/http.ts'
export type { NotifyClient, NotifyOptions, WebhookNotifyClient } from './clients/notify.ts'
export type { SecretRef, SecretsClient, WebhookSecretsClient } from './clients/secrets.ts'
export type { SkeletonReader } from './clients/skeleton.ts'
export type { StorageClient } from './clients/storage.ts'
export type { QueryOptions, StoreClient, SystemStoreClient, WebhookStoreClient } from './clients/store.ts'
export type { ToolInfo, ToolsClient } from './clients/tools.ts'
export type { TypedCollection } from './clients/typed-collection.ts'
export type {
  BackgroundTaskContext,
  BaseContext,
  ChatMessageType,
  CommonContext,
  DbClient,
  EventContext,
  FunctionContext,
  HealthContext,
  LifecycleContext,
  PanelContext,
  SkeletonContext,
  SystemContext,
  ToolContext,
  UpgradeContext,
  WebhookContext,
} from './context/types.ts'
export * from './errors.ts'
export {
  ChatExtension,
  type ChatExtensionOptions,
  type ChatFunction,
  type ChatFunctionOptions,
} from './extension/chat-extension.ts'
export type {
  ActionType,
  CallParams,
  ConfigDefaults,
  ExtensionOptions,
  HttpMethod,
  MaybePromise,
  OAuthProvider,
  PanelOptions,
  PanelRefresh,
  PanelSlot,
  SecretOptions,
  SecretWriteMode,
  TrayZone,
} from './extension/declarations.ts'
export { Extension } from './extension/extension.ts'
export type {
  UiChoice,
  UiCommand,
  UiContextMenu,
  UiContextMenuSlot,
  UiPanelRecord,
  UiRecords,
  UiSetting,
  UiSettingType,
  UiTheme,
  UiWidgetRecord,
} from './extension/ui-contributions.ts'
export * from './llm/runtime.ts'
export * from './manifest/index.ts'
export {
  type FreshTokenOptions,
  freshToken,
  needsRefresh,
  type OAuthAccount,
  type TokenContext,
  withFreshToken,
} from './oauth/fresh-token.ts'
export { type Action, UIBuildError, type UINode, ui } from './ui/index.ts'
export {
  type ActionFailure,
  ActionResult,
  type ActionResultFactory,
  type ActionSuccess,
  type ErrorCode,
  type ErrorOptions,
  type PlatformErrorCode,
  type SuccessOptions,
} from './values/action-result.ts'
export type { AutoTopupSettings, PaymentInfo, PaymentMethodInfo, PlanInfo, WalletEntry } from './values/billing.ts'
export type { Document } from './values/document.ts'
export type { PlatformEvent } from './values/event.ts'
export { HealthStatus } from './values/health.ts'
export type { TenantContext, TimeContext, UserContext } from './values/identity.ts'
export type { JsonObject, JsonPrimitive, JsonValue } from './values/json.ts'
export type { Page } from './values/page.ts'
export { type Reader, type ReadingContext, readerOf } from './values/reader.ts'
export type {
  BalanceInfo,
  CompletionResult,
  FileInfo,
  LimitsResult,
  SecretStatus,
  SubscriptionInfo,
} from './values/results.ts'
export type { UINodeLike, UIOutput } from './values/ui-output.ts'
export { type WebhookRequest, WebhookResponse } from './values/webhook.ts'
export { SDK_VERSION } from './version.ts'
