import { randomBytes } from 'node:crypto'
import type { Bus } from '../bus.ts'
import type { Clock } from '../clock.ts'
import { type Database, EVERY_TENANT } from '../db/index.ts'
import { randomText } from '../ids.ts'
import { KEY_BYTES } from './cipher.ts'
import { keysErrors } from './errors.ts'
import type { KeyProvider, WrappedKey } from './key-provider.ts'

/** Owner of the key that seals what belongs to no tenant: signing keys, addresses of files, cursors. */
export const INSTALLATION = '__installation__'
const CHANNEL = 'foundation.data_keys'
/** Opened keys are kept so long (K8.10). */
export const CACHE_MS = 300_000

export interface DataKey {
  readonly id: string
  readonly key: Buffer
}

/** Which keys lock what, without the keys. */
export interface DataKeyFacts {
  readonly provider: string
  readonly currentKeyId: string
  /** Data keys by the key that wraps them. */
  readonly wrappedBy: Readonly<Record<string, number>>
}

/**
 * One data key per tenant, and one of the installation, each wrapped by the key provider and kept in the database. Opened
 * keys stay in memory for at most `cacheMs`; after that the provider must answer, or nothing opens (K8.10, K8.14).
 */
export interface DataKeys {
  /** The key that seals for this owner now; made at the first need. */
  current(owner: string): Promise<DataKey>
  /** @throws KEYS_FOREIGN when there is no such key */
  find(owner: string, id: string): Promise<DataKey>
  /** The same, read anew: what another node made since this one looked counts already. */
  newest(owner: string): Promise<DataKey>
  /** All keys of an owner, newest first; those that begin to seal later are among them. */
  all(owner: string): Promise<readonly (DataKey & { readonly activeFrom: number })[]>
  /** A further key that seals from `activeFrom` on; older ones go on opening. */
  renew(owner: string, activeFrom: number): Promise<string>
  /** Owners that have keys. */
  owners(): Promise<string[]>
  /** Wraps what an older key of the provider wraps with its newest one. Gives how many; may be stopped and repeated. */
  rewrap(): Promise<number>
  facts(): Promise<DataKeyFacts>
  /** Keys were added or wrapped anew, here or on another node. */
  onChange(listener: () => void): () => void
  close(): void
}

interface Row extends WrappedKey {
  readonly tenantId: string
  readonly id: string
  readonly activeFrom: number
}
interface Held {
  readonly keys: readonly (DataKey & { readonly activeFrom: number })[]
  readonly until: number
}

export interface DataKeysOptions {
  readonly db: Database
  readonly clock: Clock
  readonly provider: KeyProvider
  readonly bus: Bus
  readonly cacheMs?: number
}

const COLUMNS = 'tenant_id, key_id, wrapped, wrapped_by, active_from'
const OF_OWNER = `select ${COLUMNS} from foundation.data_key where tenant_id = $1 order by active_from desc, created_at desc`
const ADD = `insert into foundation.data_key (tenant_id, key_id, wrapped, wrapped_by, active_from)
select $1, $2, $3, $4, $5::timestamptz where not $6::boolean or not exists (select from foundation.data_key where tenant_id = $1)
on conflict do nothing`
// Two nodes that need the first key of an owner at once must come to the same one.
const LOCK = "select pg_advisory_xact_lock(hashtextextended('data key of ' || $1, 0))"
const OUTDATED = `select ${COLUMNS} from foundation.data_key where wrapped_by <> $1 order by tenant_id, key_id limit 100`
const REPLACE = 'update foundation.data_key set wrapped = $3, wrapped_by = $4 where key_id = $1 and wrapped = $2'
const COUNT = 'select wrapped_by, count(*)::int as keys from foundation.data_key group by 1 order by 1'
const OWNERS = 'select distinct tenant_id from foundation.data_key order by 1'
const NOTICE = { text: 'select pg_notify($1, $2)' }

const toRow = (row: Record<string, unknown>): Row => ({
  tenantId: String(row.tenant_id),
  id: String(row.key_id),
  wrapped: String(row.wrapped),
  wrappedBy: String(row.wrapped_by),
  activeFrom: (row.active_from as Date).getTime(),
})
const contextOf = (owner: string, id: string): string => `data-key:${owner}:${id}`

export function openDataKeys(options: DataKeysOptions): DataKeys {
  const { db, clock, provider, bus } = options
  const cacheMs = options.cacheMs ?? CACHE_MS
  const held = new Map<string, Held>()
  const opening = new Map<string, Promise<Held>>()
  const listeners = new Set<() => void>()
  const unsubscribe = bus.subscribe(CHANNEL, (owner) => {
    if (owner === '') held.clear()
    else held.delete(owner)
    for (const listener of listeners) listener()
  })

  const rowsOf = async (owner: string): Promise<Row[]> => {
    const [result] = await db.atomic(owner, [{ text: OF_OWNER, values: [owner] }])
    return (result?.rows ?? []).map(toRow)
  }
  async function add(owner: string, activeFrom: number, only: 'first' | 'further'): Promise<string> {
    const id = randomText(10)
    const { wrapped, wrappedBy } = await provider.wrap(randomBytes(KEY_BYTES), contextOf(owner, id))
    const values = [owner, id, wrapped, wrappedBy, new Date(activeFrom), only === 'first']
    await db.atomic(owner, [
      { text: LOCK, values: [owner] },
      { text: ADD, values },
      { ...NOTICE, values: [CHANNEL, owner] },
    ])
    held.delete(owner)
    return id
  }
  async function open(owner: string): Promise<Held> {
    let rows = await rowsOf(owner)
    if (rows.length === 0) {
      await add(owner, 0, 'first')
      rows = await rowsOf(owner)
    }
    const keys = await Promise.all(
      rows.map(async (row) => ({
        id: row.id,
        activeFrom: row.activeFrom,
        key: await provider.unwrap(row, contextOf(owner, row.id)),
      })),
    )
    const opened = { keys, until: clock.now() + cacheMs }
    if (cacheMs > 0) held.set(owner, opened)
    return opened
  }
  async function get(owner: string): Promise<Held['keys']> {
    const found = held.get(owner)
    if (found !== undefined && found.until > clock.now()) return found.keys
    held.delete(owner)
    let work = opening.get(owner)
    if (work === undefined) {
      work = open(owner).finally(() => opening.delete(owner))
      opening.set(owner, work)
    }
    return (await work).keys
  }

  const current = async (owner: string): Promise<DataKey> => {
    const keys = await get(owner)
    const now = clock.now()
    const key = keys.find(({ activeFrom }) => activeFrom <= now) ?? keys.at(-1)
    if (key === undefined) throw keysErrors.FOREIGN({ keyId: owner })
    return key
  }

  return {
    all: get,
    current,
    async newest(owner) {
      // What is being read may have been asked for before the key was there.
      await opening.get(owner)?.catch(() => {})
      held.delete(owner)
      return current(owner)
    },
    async find(owner, id) {
      const isIt = (key: DataKey) => key.id === id
      let key = (await get(owner)).find(isIt)
      if (key === undefined) {
        // Another node made it after this one looked.
        held.delete(owner)
        key = (await get(owner)).find(isIt)
      }
      if (key === undefined) throw keysErrors.FOREIGN({ keyId: id })
      return key
    },
    renew: (owner, activeFrom) => add(owner, activeFrom, 'further'),
    async owners() {
      const [result] = await db.atomic(EVERY_TENANT, [{ text: OWNERS, values: [] }])
      return (result?.rows ?? []).map((row) => String(row.tenant_id))
    },
    async rewrap() {
      let done = 0
      for (;;) {
        const newest = await provider.currentKeyId()
        const [result] = await db.atomic(EVERY_TENANT, [{ text: OUTDATED, values: [newest] }])
        const rows = (result?.rows ?? []).map(toRow)
        const before = done
        for (const row of rows) {
          const context = contextOf(row.tenantId, row.id)
          const next = await provider.wrap(await provider.unwrap(row, context), context)
          // A service may be told to encrypt with another version than its latest one.
          if (next.wrappedBy === row.wrappedBy) continue
          const values = [row.id, row.wrapped, next.wrapped, next.wrappedBy]
          const [replaced] = await db.atomic(EVERY_TENANT, [{ text: REPLACE, values }])
          done += replaced?.rowCount ?? 0
        }
        if (done === before) return done
      }
    },
    async facts() {
      const [result] = await db.atomic(EVERY_TENANT, [{ text: COUNT, values: [] }])
      const counted = (result?.rows ?? []).map((row) => [String(row.wrapped_by), Number(row.keys)] as const)
      return {
        provider: provider.scheme,
        currentKeyId: await provider.currentKeyId(),
        wrappedBy: Object.fromEntries(counted),
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      unsubscribe()
      held.clear()
    },
  }
}
