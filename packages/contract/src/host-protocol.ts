import * as z from 'zod'
import { JsonObject, JsonValue } from './json.ts'

/**
 * Frames between the kernel and one extension host, JSON over one WebSocket on a unix socket. A message holds one or
 * more frames, a line each: a message costs either side far more than a frame does.
 * A frame is at most 4 MiB; a result at most 1 MiB (checked in the guest, `RESULT_TOO_LARGE`).
 */
export * from './host-limits.ts'

/** What kind of registration a call addresses; decides which members its ctx has (sdk.md 3.1). */
export const HandlerKind = z.enum([
  'function',
  'tool',
  'expose',
  'panel',
  'widget',
  'tray',
  'menu',
  'skeleton',
  'skeleton_alert',
  'schedule',
  'signal',
  'webhook',
  'event',
  'lifecycle',
  'health',
  /** The detached part of `ctx.backgroundTask`, started by a second frame. */
  'background',
])
export type HandlerKind = z.infer<typeof HandlerKind>

/** Everything about the caller that a context shows without asking the kernel again. */
export const ContextSnapshot = z.object({
  app_id: z.string(),
  version: z.string(),
  user: z
    .object({
      imperal_id: z.string(),
      email: z.string().nullable(),
      tenant_id: z.string(),
      agency_id: z.string().nullable(),
      org_id: z.string().nullable(),
      role: z.string(),
      scopes: z.array(z.string()),
      attributes: JsonObject,
      is_active: z.boolean(),
    })
    .nullable(),
  tenant: z
    .object({
      tenant_id: z.string(),
      name: z.string(),
      is_active: z.boolean(),
      features: JsonObject,
      isolation: z.string(),
    })
    .nullable(),
  agency_id: z.string().nullable(),
  agency_theme: JsonObject.nullable(),
  time: z.object({
    timezone: z.string(),
    utc_offset: z.string(),
    now_utc: z.string(),
    now_local: z.string(),
    hour_local: z.number().int(),
    is_business_hours: z.boolean(),
  }),
  config: JsonObject,
  /** Base address of the public gateway, for `ctx.webhookUrl`. */
  public_url: z.string(),
  task_id: z.string().nullable(),
  /** The same for every attempt at one intention (kernel K4.21). */
  idempotency_key: z.string(),
  /** The installation's model for each public purpose; absent without one. Whose key a call uses is not told (kernel 9.3). */
  models: z
    .record(z.enum(['routing', 'execution', 'navigate']), z.object({ provider: z.string(), model: z.string() }))
    .optional(),
  /** Lifecycle upgrades only. */
  from_version: z.string().optional(),
  to_version: z.string().optional(),
})
export type ContextSnapshot = z.infer<typeof ContextSnapshot>

/** An error that crosses the process boundary as plain data. `detail` holds the class-specific members. */
export const WireError = z.object({
  name: z.string(),
  code: z.string(),
  message: z.string(),
  retryable: z.boolean().optional(),
  detail: JsonObject.optional(),
  stack: z.string().optional(),
})
export type WireError = z.infer<typeof WireError>

/** kernel → guest. `params`: function params; webhook: `{method, headers, body_base64, query_params}`; event: the envelope. */
export const CallFrame = z.object({
  t: z.literal('call'),
  id: z.string(),
  kind: HandlerKind,
  name: z.string(),
  params: JsonValue,
  ctx: ContextSnapshot,
  /** Dies with the call; every callback of the call carries it. */
  token: z.string(),
  /** Unix milliseconds. */
  deadline: z.number(),
})
/** What a `webhook` call returns, already a plain HTTP answer: no author convention is left to interpret (sdk.md 2.10.6). */
export const WebhookReply = z.object({
  status_code: z.number().int().min(100).max(599),
  /** Names in lower case; `content-type` is set whenever there is a body. */
  headers: z.record(z.string(), z.string()),
  /** base64url of the body's bytes, `""` without one. */
  body_base64: z.string(),
})
export type WebhookReply = z.infer<typeof WebhookReply>

/** guest → kernel. For functions `result` is an ActionResult on the wire; for panels `{ui, panel_id}`. */
export const ReturnFrame = z.object({
  t: z.literal('ret'),
  id: z.string(),
  result: JsonValue.optional(),
  error: WireError.optional(),
})
/** guest → kernel: one client method, for instance `client: "store", method: "create", args: ["deals", {...}]`. */
export const CallbackFrame = z.object({
  t: z.literal('cb'),
  id: z.number().int(),
  call: z.string(),
  token: z.string(),
  client: z.string(),
  method: z.string(),
  args: z.array(JsonValue),
  /** Set when the author went through `asUser` or `forUser`. */
  as_user: z.string().optional(),
})
export const CallbackReturnFrame = z.object({
  t: z.literal('cbr'),
  id: z.number().int(),
  value: JsonValue.optional(),
  error: WireError.optional(),
})
export const LogFrame = z.object({
  t: z.literal('log'),
  call: z.string().optional(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  text: z.string(),
})
export const PingFrame = z.object({ t: z.literal('ping'), n: z.number() })
export const PongFrame = z.object({ t: z.literal('pong'), n: z.number() })
/** kernel → guest: the call was cancelled or is over its deadline. */
export const AbortFrame = z.object({ t: z.literal('abort'), id: z.string(), reason: z.string() })
/** guest → kernel, once, after the extension's module was evaluated; `manifest` is what the code itself declares (empty unless asked for by `DESCRIBE_PATH`). */
export const ReadyFrame = z.object({
  t: z.literal('ready'),
  app_id: z.string(),
  version: z.string(),
  manifest: JsonObject,
  error: WireError.optional(),
})

export const KernelFrame = z.discriminatedUnion('t', [CallFrame, CallbackReturnFrame, PingFrame, AbortFrame])
export const GuestFrame = z.discriminatedUnion('t', [ReturnFrame, CallbackFrame, LogFrame, PongFrame, ReadyFrame])
export type CallFrame = z.infer<typeof CallFrame>
export type ReturnFrame = z.infer<typeof ReturnFrame>
export type CallbackFrame = z.infer<typeof CallbackFrame>
export type CallbackReturnFrame = z.infer<typeof CallbackReturnFrame>
export type LogFrame = z.infer<typeof LogFrame>
export type AbortFrame = z.infer<typeof AbortFrame>
export type KernelFrame = z.infer<typeof KernelFrame>
export type GuestFrame = z.infer<typeof GuestFrame>
export type CallbackArguments = readonly JsonValue[]
