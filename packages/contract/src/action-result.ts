import * as z from 'zod'
import { JsonObject, JsonValue } from './json.ts'

export const ActionType = z.enum(['read', 'write', 'destructive'])
export type ActionType = z.infer<typeof ActionType>

/** A UI node on the wire; its full grammar is in `@imperal/contract/ui`. */
export const UiNodeWire = z.looseObject({ type: z.string(), props: JsonObject.optional() })

/** Wire form of a handler's result (sdk.md 4.1). `error` is present exactly when `status` is `error`. */
export const ActionResultWire = z.object({
  status: z.enum(['success', 'error']),
  summary: z.string().default(''),
  data: z.record(z.string(), JsonValue).default({}),
  error: z.string().optional(),
  error_code: z.string().optional(),
  retryable: z.boolean().optional(),
  ui: z.unknown().optional(),
  refresh_panels: z.array(z.string()).optional(),
})
export type ActionResultWire = z.infer<typeof ActionResultWire>

export const CallRequest = z.object({
  user_id: z.string().min(1),
  tenant_id: z.string().min(1).default('default'),
  function: z.string().min(1).max(256),
  params: JsonObject.default({}),
})
export type CallRequest = z.infer<typeof CallRequest>

export const BatchCallRequest = z.object({
  user_id: z.string().min(1),
  tenant_id: z.string().min(1).default('default'),
  calls: z
    .array(z.object({ function: z.string().min(1).max(256), params: JsonObject.default({}) }))
    .min(1)
    .max(20),
})
export type BatchCallRequest = z.infer<typeof BatchCallRequest>

/** Answer of call and batch (api.md 3.8). The five seed members are always present. */
export const CallResponse = z.object({
  status: z.enum(['success', 'error']),
  data: z.unknown(),
  summary: z.string().nullable(),
  error: z.string().nullable(),
  ui: z.unknown(),
  error_code: z.string().optional(),
  retryable: z.boolean().optional(),
  refresh_panels: z.array(z.string()).optional(),
  /** What a declarative function asks the client to do, in order: send, navigate, open or call (ir 5.4). */
  directives: z.array(JsonObject).optional(),
  trace_id: z.string().optional(),
})
export type CallResponse = z.infer<typeof CallResponse>
