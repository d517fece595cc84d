import type { Document, StoreClient } from '@imperal/sdk'
import * as z from 'zod'

export const Address = z.object({ name: z.string(), key: z.string(), notify: z.boolean() })
export const Message = z.object({
  address_id: z.string(),
  method: z.string(),
  content_type: z.string(),
  query: z.record(z.string(), z.string()),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  truncated: z.boolean(),
  /** Characters of the body as it came; 0 for what was received before they were counted. */
  length: z.number().int().default(0),
})
export type AddressDocument = Document<z.infer<typeof Address>>
export type MessageDocument = Document<z.infer<typeof Message>>
export const addressesOf = (store: StoreClient) => store.collection('addresses', Address)
export const messagesOf = (store: StoreClient) => store.collection('messages', Message)

export const MOST_ADDRESSES = 20
/** Of each address the newest are kept. */
export const MOST_KEPT = 500
export const MOST_BODY = 64 * 1024

/** The first line that says something, for lists. */
export function titleOf({ data }: MessageDocument): string {
  const line = data.body.trim().split('\n', 1)[0] ?? ''
  return line === '' ? `${data.method} without a body` : line.slice(0, 120)
}

/** What is missing of a message; null when all of it is here. */
export function cutOf(
  { data: { truncated, length, body } }: MessageDocument,
  count: (n: number) => string,
): string | null {
  if (!truncated) return null
  const whole = length === 0 ? 'was longer' : `had ${count(length)} characters`
  return `The body ${whole}; its first ${count(body.length)} are kept.`
}
