import * as z from 'zod'
import { JsonObject } from './json.ts'

/** One line that an extension logged, as its developer sees it. */
export const DevLogLine = z.object({
  /** Rises within one app on one node. */
  seq: z.number().int(),
  app_id: z.string(),
  version: z.string(),
  function: z.string(),
  call_id: z.string(),
  trace_id: z.string(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  text: z.string(),
  ts: z.string(),
})
export type DevLogLine = z.infer<typeof DevLogLine>

/** Payload of the stream message `dev_log`, to the developer of an app only. */
export const DevLogPayload = z.object({
  app_id: z.string(),
  lines: z.array(DevLogLine),
  /** Lines of this moment that came too fast to be sent. */
  skipped: z.number().int(),
})
export type DevLogPayload = z.infer<typeof DevLogPayload>

/** One finished or refused call of an extension, from its row of the ledger: secrets redacted, personal data masked. */
export const DevCall = z.object({
  call_id: z.string(),
  trace_id: z.string(),
  version: z.string(),
  function: z.string(),
  source: z.string(),
  action_type: z.string(),
  status: z.string(),
  error_code: z.string().nullable(),
  duration_ms: z.number(),
  completed_at: z.string(),
  /** Masked arguments and the beginning of the result; null for calls of other people, whose data is theirs. */
  args: JsonObject.nullable(),
  result_preview: z.string().nullable(),
})
export type DevCall = z.infer<typeof DevCall>

/** Payload of the stream message `dev_call`, to the developer of an app only; it follows the lines that the calls logged. */
export const DevCallPayload = z.object({
  app_id: z.string(),
  calls: z.array(DevCall),
  /** Calls of this moment that came too fast to be sent. */
  skipped: z.number().int(),
})
export type DevCallPayload = z.infer<typeof DevCallPayload>
