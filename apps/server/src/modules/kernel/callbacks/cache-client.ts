import { CacheKey, type JsonObject } from '@imperal/contract'
import { exceeds } from '../ledger/size.ts'
import { type CallbackArguments, numberAt, textAt } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { scopeOf } from './session.ts'

const MAX_BYTES = 65_536
/** The body as it travels, to the byte: a value that the SDK let through is not refused here. */
const isTooLarge = (body: JsonObject): boolean =>
  exceeds(body, 2 * MAX_BYTES) || Buffer.byteLength(JSON.stringify(body)) > MAX_BYTES
const invalid = (field: string, message: string) => refusedCallback('validation_error', message, { field })

function keyAt(args: CallbackArguments): string {
  const key = textAt(args, 0, 'key')
  if (!CacheKey.safeParse(key).success)
    throw invalid('key', 'A cache key is 1 to 128 letters, digits, hyphens, underscores and colons.')
  return key
}

/** `ctx.cache` (K8.30): short-lived values of the own app for the acting user. */
export const cacheClient: ClientTable<'cache'> = {
  async get(session, args, asUser) {
    return session.parts.state.cacheGet(await scopeOf(session, asUser), keyAt(args), textAt(args, 1, 'model'))
  },
  async set(session, args, asUser) {
    const [key, model, ttl] = [keyAt(args), textAt(args, 1, 'model'), numberAt(args, 3, 'ttl_seconds')]
    const envelope = args[2] ?? null
    if (!Number.isInteger(ttl) || ttl < 5 || ttl > 300)
      throw invalid('ttl_seconds', 'A cache lifetime is 5 to 300 seconds.')
    if (isTooLarge({ envelope, ttl_seconds: ttl })) throw invalid('value', 'A cached value is at most 64 KB.')
    await session.parts.state.cacheSet(await scopeOf(session, asUser), key, model, envelope, ttl)
    return null
  },
  async delete(session, args, asUser) {
    await session.parts.state.cacheDelete(await scopeOf(session, asUser), keyAt(args))
    return null
  },
}
