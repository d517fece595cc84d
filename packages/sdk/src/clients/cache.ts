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
  /**
   * The value, or what `fetcher` brings, which is then kept. Of many that ask for a missing key at once, one fetches and the
   * others wait for it, ten seconds at most (K8.30). What cannot be kept is given all the same.
   */
  getOrFetch<S extends z.ZodType>(
    key: string,
    model: CacheModel<S>,
    fetcher: () => Promise<z.input<S>>,
    options?: { ttlSeconds?: number },
  ): Promise<z.output<S>>
}

const KEY = /^[\w:-]{1,128}$/
/** Seconds. */
const LEAST_TTL = 5
const MOST_TTL = 300
const MAX_BODY_BYTES = 65_536
const ENVELOPE_VERSION = 1

export interface CacheScope {
  /** Handles that this extension registered. */
  owns(model: CacheModel): boolean
  /** Unix milliseconds. */
  now(): number
}

export function createCache(transport: Transport, scope: CacheScope): CacheClient {
  const fetches = new Map<string, Promise<unknown>>()
  // `claim`: whoever finds nothing fetches it, and others wait for that until the call ends.
  const get = async <S extends z.ZodType>(
    key: string,
    model: CacheModel<S>,
    method: 'get' | 'claim' = 'get',
  ): Promise<z.output<S> | null> => {
    checkKey(key)
    checkModel(model, scope)
    const envelope = await transport.call('cache', method, key, model.name)
    if (!isObject(envelope) || envelope.model !== model.name || envelope.version !== ENVELOPE_VERSION) return null
    const parsed = model.schema.safeParse(envelope.data)
    return parsed.success ? parsed.data : null
  }
  const fetchOnce = async <S extends z.ZodType>(
    key: string,
    model: CacheModel<S>,
    fetcher: () => Promise<z.input<S>>,
    options: { ttlSeconds?: number },
  ): Promise<z.output<S>> => {
    checkedTtl(options.ttlSeconds)
    const hit = await get(key, model, 'claim')
    if (hit !== null) return hit
    const fetched = await fetcher()
    const value = checkedValue(model, fetched)
    await set(key, model, fetched, options).catch((error) =>
      transport.log('warn', `ctx.cache did not keep '${key}': ${reasonOf(error)}`),
    )
    return value
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
    getOrFetch: <S extends z.ZodType>(
      key: string,
      model: CacheModel<S>,
      fetcher: () => Promise<z.input<S>>,
      options: { ttlSeconds?: number } = {},
    ): Promise<z.output<S>> => {
      const place = `${key} ${model?.name}`
      const fetching =
        fetches.get(place) ?? fetchOnce(key, model, fetcher, options).finally(() => fetches.delete(place))
      fetches.set(place, fetching)
      return fetching as Promise<z.output<S>> // of the same model
    },
  })
}

function checkKey(key: string): void {
  if (typeof key === 'string' && KEY.test(key)) return
  refuse('key', 'A cache key is 1 to 128 letters, digits, _ - or :')
}

function checkedTtl(ttl = 60): number {
  if (Number.isInteger(ttl) && ttl >= LEAST_TTL && ttl <= MOST_TTL) return ttl
  refuse('ttlSeconds', `ttlSeconds is an integer from ${LEAST_TTL} to ${MOST_TTL}, not ${ttl}`)
}

function checkModel(model: CacheModel, scope: CacheScope): void {
  if (!isObject(model) || typeof model.name !== 'string' || !isObject(model.schema)) {
    throw new TypeError('ctx.cache needs what ext.cacheModel returned')
  }
  if (!scope.owns(model)) {
    refuse('model', `Cache model '${model.name}' is another extension's`)
  }
}

function checkedValue<S extends z.ZodType>(model: CacheModel<S>, value: unknown): z.output<S> {
  const parsed = model.schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') || 'value'
  throw new TypeError(`The value does not fit '${model.name}' at ${where}: ${issue?.message}`)
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
  refuse('value', `A cached value has at most ${MAX_BODY_BYTES} bytes, not ${size}`)
}
