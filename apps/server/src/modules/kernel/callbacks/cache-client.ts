import { setTimeout as delay } from 'node:timers/promises'
import { CacheKey, type JsonObject, type JsonValue } from '@imperal/contract'
import type { StoreScope } from '../../../foundation/scope.ts'
import { exceeds } from '../ledger/size.ts'
import { type CallbackArguments, numberAt, textAt } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { type CallSession, scopeOf } from './session.ts'

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

/** How long a call waits for the fetch of another one before it makes its own. */
const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = { first: 20, most: 200 }

/**
 * The value as soon as somebody has brought it; null when this call is the one to bring it, or waited long enough. What it
 * has not brought when it ends is for the next one to fetch (E16).
 */
async function claimOrWait(session: CallSession, scope: StoreScope, key: string, model: string): Promise<JsonValue> {
  const { state, log } = session.parts
  const patience = performance.now() + PATIENCE_MS
  for (let pause = LOOK_AGAIN_MS.first; ; pause = Math.min(LOOK_AGAIN_MS.most, pause * 2)) {
    const answer = await state.cacheClaim(scope, key, model)
    if (answer !== null && 'envelope' in answer) return answer.envelope
    if (answer !== null) {
      const release = () =>
        state.cacheRelease(scope, key, model, answer.claim).catch((error) => {
          log.debug({ err: error, key }, 'others wait a moment longer for a value of the cache')
        })
      if (session.isOpen) session.unbrought.set(placeOf(scope, key, model), release)
      else await release()
      return null
    }
    if (performance.now() > patience) return null
    await delay(pause, undefined, { signal: session.signal })
  }
}

const placeOf = ({ userId }: StoreScope, key: string, model: string): string => JSON.stringify([userId, key, model])

/** `ctx.cache` (K8.30): short-lived values of the own app for the acting user. */
export const cacheClient: ClientTable<'cache'> = {
  async get(session, args, asUser) {
    return session.parts.state.cacheGet(await scopeOf(session, asUser), keyAt(args), textAt(args, 1, 'model'))
  },
  async claim(session, args, asUser) {
    return claimOrWait(session, await scopeOf(session, asUser), keyAt(args), textAt(args, 1, 'model'))
  },
  async set(session, args, asUser) {
    const [key, model, ttl] = [keyAt(args), textAt(args, 1, 'model'), numberAt(args, 3, 'ttl_seconds')]
    const envelope = args[2] ?? null
    if (!Number.isInteger(ttl) || ttl < 5 || ttl > 300)
      throw invalid('ttl_seconds', 'A cache lifetime is 5 to 300 seconds.')
    if (isTooLarge({ envelope, ttl_seconds: ttl })) throw invalid('value', 'A cached value is at most 64 KB.')
    const scope = await scopeOf(session, asUser)
    await session.parts.state.cacheSet(scope, key, model, envelope, ttl)
    session.unbrought.delete(placeOf(scope, key, model))
    return null
  },
  async delete(session, args, asUser) {
    await session.parts.state.cacheDelete(await scopeOf(session, asUser), keyAt(args))
    return null
  },
}
