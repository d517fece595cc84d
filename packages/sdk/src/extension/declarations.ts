import type * as z from 'zod'
import type { JsonObject, JsonPrimitive, JsonValue, MaybePromise } from '../values/json.ts'
import type { UINodeLike } from '../values/ui-output.ts'
import type { HttpMethod } from '../values/webhook.ts'
import type { UiRecords } from './ui-contributions.ts'

export type ActionType = 'read' | 'write' | 'destructive'
export type PanelSlot = 'center' | 'left' | 'right' | 'overlay' | 'bottom' | 'chat-sidebar'
export type PanelRefresh = 'manual' | `on_event:${string}` | `interval:${number}${'s' | 'm' | 'h'}`
export type TrayZone = 'status' | 'actions' | 'system'
export type SecretWriteMode = 'user' | 'extension' | 'both'
export type OAuthProvider = 'google' | 'microsoft' | 'yahoo'
export type { HttpMethod, JsonPrimitive, MaybePromise }

/** Parameters of a call without a schema. */
export type CallParams = Readonly<Record<string, JsonValue>>

/** Defaults of `ctx.config`; what stands under `ui` is shown by the host. */
export interface ConfigDefaults {
  readonly ui?: UiRecords
  readonly [key: string]: JsonValue | UiRecords | undefined
}

export interface ExtensionOptions {
  version?: string
  displayName?: string
  description?: string
  /** Path of an SVG file, relative to the extension folder. */
  icon?: string
  capabilities?: readonly string[]
  migrationsDir?: string
  configDefaults?: ConfigDefaults
  actionsExplicit?: boolean
  /** First-party apps only: installed for everybody, hidden from the marketplace. */
  system?: boolean
}

export interface PanelOptions {
  slot?: PanelSlot
  title?: string
  icon?: string
  refresh?: PanelRefresh
  /** With slot `center`: opens over the chat. */
  centerOverlay?: boolean
  /** `false` keeps it out of the command palette: it shows what a parameter names, and has nothing to show without. */
  listed?: boolean
  /** Pixels, as the two below. */
  defaultWidth?: number
  minWidth?: number
  maxWidth?: number
  /** A static tree for the manifest. */
  tree?: UINodeLike
}

export interface SecretOptions {
  name: string
  /** Shown where the user types the value. */
  description: string
  required?: boolean
  writeMode?: SecretWriteMode
  /** 1 to 65,536; 4096 unless told. */
  maxBytes?: number
  rotationHintDays?: number
  /** `app`: one value for the whole app, set by the developer. */
  scope?: 'user' | 'app'
  /** Only with scope `app`; starts with `IMPERAL_APPSECRET_`. */
  envFallback?: string
}

export interface SecretSpec {
  readonly name: string
  readonly description: string
  readonly required: boolean
  readonly writeMode: SecretWriteMode
  readonly maxBytes: number
  readonly rotationHintDays: number | undefined
  readonly scope: 'user' | 'app'
  readonly envFallback: string | undefined
}

/** A callable of the platform. Names that start with `__` are synthetic: never listed in the manifest. */
export interface ToolDefinition {
  readonly name: string
  readonly description: string
  readonly scopes: readonly string[]
  readonly kind: 'tool' | 'skeleton' | 'skeleton_alert' | 'panel' | 'widget' | 'tray' | 'menu' | 'webhook'
  readonly params: z.ZodObject | undefined
  /** Takes the raw params of the wire, gives what the author's handler gives, wrapped where sdk.md 2.x says so. */
  readonly handler: (ctx: object, params: JsonValue) => MaybePromise<unknown>
}

export interface SignalDefinition {
  readonly name: string
  readonly handler: (ctx: object, payload: JsonObject) => MaybePromise<unknown>
}

export interface ScheduleDefinition {
  readonly name: string
  readonly cron: string
  readonly handler: (ctx: object) => MaybePromise<unknown>
}

export interface SkeletonDefinition {
  readonly section: string
  readonly alert: boolean
  /** Seconds; a hint. */
  readonly ttl: number
}

export interface LifecycleDefinition {
  readonly name: string
  readonly version: string | undefined
  readonly handler: (ctx: object) => MaybePromise<unknown>
}

export interface WebhookDefinition {
  /** With a leading slash. */
  readonly path: string
  readonly method: HttpMethod
  readonly secretHeader: string
  readonly deliveryHeader: string | undefined
}

export interface EventHandlerDefinition {
  readonly eventType: string
  readonly handlerName: string
  /** Takes the event envelope of the wire. */
  readonly handler: (ctx: object, envelope: JsonValue) => MaybePromise<unknown>
}

export interface EmitDefinition {
  readonly eventType: string
  readonly schemaRef: string | undefined
}

export interface ExposedDefinition {
  readonly name: string
  readonly actionType: 'read' | 'write'
  readonly handler: (ctx: object, params: JsonValue) => MaybePromise<unknown>
}

export interface PanelDefinition {
  readonly slot: PanelSlot
  readonly title: string
  readonly icon: string
  readonly refresh: string
  readonly centerOverlay: boolean
  readonly defaultWidth: number | undefined
  readonly minWidth: number | undefined
  readonly maxWidth: number | undefined
  readonly tree: UINodeLike | undefined
  /** Other options, kept as they were given. */
  readonly extra: JsonObject
}

export interface TrayDefinition {
  readonly trayId: string
  readonly icon: string
  readonly tooltip: string
  readonly zone: TrayZone
  readonly order: number
}

/** As it stands in the manifest. */
export interface WidgetDefinition {
  readonly id: string
  readonly slot: string
  readonly label: string
  readonly icon: string
}

export interface MenuItemDefinition {
  readonly itemId: string
  readonly label: string
  readonly icon: string
  readonly section: 'main' | 'admin'
  readonly path: string
  readonly order: number
  readonly danger: boolean
}

export interface OAuthDefinition {
  readonly provider: OAuthProvider
  readonly collection: string | undefined
  readonly scopes: readonly string[]
}

export interface FileSinkDefinition {
  readonly tool: string
  readonly accepts: readonly string[]
  readonly arg: string
  readonly argKind: 'text' | 'file_id' | 'bytes_ref'
  readonly description: string
}
