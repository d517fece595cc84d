import type * as z from 'zod'
import { byteLength } from '../encoding.ts'
import { refuse } from '../refuse.ts'
import { freeze, isObject, type JsonObject, toJson } from '../values/json.ts'
import { reasonOf, type Transport } from './transport.ts'

declare const cacheModelBrand: unique symbol

/** Handle of a value shape that `ext.cacheModel` registered. */
export interface CacheModel<S extends z.ZodType = z.ZodType> {
  readonly [cacheModelBrand]: true
  readonly name: string
  readonly schema: S
}

/** Short-lived typed values per app and user (sdk.md 3.7). TTLs are whole seconds from 5 to 300, 60 unless told. */
export interface CacheClient {
  /** Null on a miss, after expiry, or when another model or shape is stored. */
  get<S extends z.ZodType>(key: string, model: CacheModel<S>): Promise<z.output<S> | null>
  set<S extends z.ZodType>(
    key: string,
    model: CacheModel<S>,
    value: z.input<S>,
    options?: { ttlSeconds?: number },
  ): Promise<void>
  /** Removes the key under every model. */
  delete(key: string): Promise<void>
  getOrFetch<S extends z.ZodType>(
    key: string,
    model: CacheModel<S>,
    fetcher: () => Promise<z.input<S>>,
    options?: { ttlSeconds?: number },
  ): Promise<z.output<S>>
}

const KEY = /^[A-Za-z0-9_\-:]{1,128}$/
const TTL = { least: 5, most: 300, usual: 60 } as const
const MAX_BODY_BYTES = 65_536
const ENVELOPE_VERSION = 1

export interface CacheScope {
  /** Handles that this extension registered. */
  owns(model: CacheModel): boolean
  /** Unix milliseconds. */
  now(): number
}

export function createCache(transport: Transport, scope: CacheScope): CacheClient {
  const get = async <S extends z.ZodType>(key: string, model: CacheModel<S>): Promise<z.output<S> | null> => {
    checkKey(key)
    checkModel(model, scope)
    const envelope = await transport.call('cache', 'get', key, model.name)
    if (!isObject(envelope) || envelope.model !== model.name || envelope.version !== ENVELOPE_VERSION) return null
    const parsed = model.schema.safeParse(envelope.data)
    return parsed.success ? parsed.data : null
  }
  const set = async <S extends z.ZodType>(
    key: string,
    model: CacheModel<S>,
    value: z.input<S>,
    options: { ttlSeconds?: number } = {},
  ): Promise<void> => {
    const ttl = checkedTtl(options.ttlSeconds)
    checkKey(key)
    checkModel(model, scope)
    checkedValue(model, value)
    await transport.call('cache', 'set', key, model.name, envelopeOf(model, value, ttl, scope.now()), ttl)
  }
  return freeze({
    get,
    set,
    delete: async (key: string) => {
      checkKey(key)
      await transport.call('cache', 'delete', key)
    },
    getOrFetch: async <S extends z.ZodType>(
      key: string,
      model: CacheModel<S>,
      fetcher: () => Promise<z.input<S>>,
      options: { ttlSeconds?: number } = {},
    ): Promise<z.output<S>> => {
      checkedTtl(options.ttlSeconds)
      const hit = await get(key, model)
      if (hit !== null) return hit
      const fetched = await fetcher()
      const value = checkedValue(model, fetched)
      try {
        await set(key, model, fetched, options)
      } catch (error) {
        transport.log('warn', `ctx.cache kept nothing under '${key}': ${reasonOf(error)}`)
      }
      return value
    },
  })
}

function checkKey(key: string): void {
  if (typeof key === 'string' && KEY.test(key)) return
  refuse('key', 'A cache key has 1 to 128 letters, digits, _ - or :')
}

function checkedTtl(ttl: number = TTL.usual): number {
  if (Number.isInteger(ttl) && ttl >= TTL.least && ttl <= TTL.most) return ttl
  refuse('ttlSeconds', `ttlSeconds is a whole number from ${TTL.least} to ${TTL.most}, not ${ttl}`)
}

function checkModel(model: CacheModel, scope: CacheScope): void {
  if (!isObject(model) || typeof model.name !== 'string' || !isObject(model.schema)) {
    throw new TypeError('ctx.cache needs the handle that ext.cacheModel returned')
  }
  if (!scope.owns(model)) {
    refuse('model', `Cache model '${model.name}' is not registered by this extension`)
  }
}

function checkedValue<S extends z.ZodType>(model: CacheModel<S>, value: unknown): z.output<S> {
  const parsed = model.schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') || 'value'
  throw new TypeError(`The value does not fit cache model '${model.name}' at ${where}: ${issue?.message ?? 'wrong'}`)
}

function envelopeOf(model: CacheModel, value: unknown, ttl: number, now: number): JsonObject {
  const envelope: JsonObject = {
    model: model.name,
    version: ENVELOPE_VERSION,
    data: toJson(value, 'value'),
    cached_at: Math.floor(now / 1000),
  }
  const size = byteLength(JSON.stringify({ envelope, ttl_seconds: ttl }))
  if (size <= MAX_BODY_BYTES) return envelope
  refuse('value', `A cached value has at most ${MAX_BODY_BYTES} bytes, this one has ${size}`)
}
