import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { PlatformError } from '../../foundation/errors.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { DataKey, DataKeys } from '../../foundation/keys/index.ts'
import { openValue, type SealedRow, sealWith } from './seal-value.ts'

interface Parts {
  readonly db: Database
  readonly keyring: Keyring
  readonly dataKeys: Pick<DataKeys, 'newest' | 'find'>
}

const BATCH = 100
const OLDER = `select tenant_id, user_id, app_id, name, version, sealed, data_key_id from secrets.secret
where tenant_id = $1 and data_key_id is distinct from $2 and (user_id, app_id, name) > ($3, $4, $5)
order by user_id, app_id, name limit ${BATCH}`
// A value that was written meanwhile stays as it was written.
const REPLACE = `update secrets.secret set sealed = $6, data_key_id = $7
where tenant_id = $1 and user_id = $2 and app_id = $3 and name = $4 and sealed = $5`
/** Null: the value is damaged. @throws when its key cannot be had at the moment: that is another matter */
async function tryToOpen(parts: Parts, row: SealedRow): Promise<string | null> {
  try {
    return await openValue(parts, row)
  } catch (error) {
    if (error instanceof PlatformError && !['KEYRING_UNUSABLE', 'KEYS_FOREIGN'].includes(error.code)) throw error
    return null
  }
}
const TENANTS = 'select distinct tenant_id from secrets.secret order by 1'

/** Tenants that keep any secret. */
export async function tenantsWithSecrets(db: Database): Promise<string[]> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: TENANTS, values: [] }])
  return (result?.rows ?? []).map((row) => String(row.tenant_id))
}

interface Resealed {
  readonly resealed: number
  /** Values that did not open before, either. */
  readonly unreadable: number
}

async function resealWith(parts: Parts, tenantId: string, key: DataKey): Promise<Resealed> {
  let [resealed, unreadable] = [0, 0]
  let last = ['', '', '']
  for (;;) {
    const [result] = await parts.db.atomic(tenantId, [{ text: OLDER, values: [tenantId, key.id, ...last] }])
    const rows = (result?.rows ?? []) as SealedRow[]
    for (const row of rows) {
      const value = await tryToOpen(parts, row)
      if (value === null) unreadable++
      else {
        const next = sealWith(key, row, value)
        const place = [row.tenant_id, row.user_id, row.app_id, row.name]
        const values = [...place, row.sealed, next.sealed, next.data_key_id]
        const [replaced] = await parts.db.atomic(tenantId, [{ text: REPLACE, values }])
        resealed += replaced?.rowCount ?? 0
      }
      last = [row.user_id, row.app_id, row.name]
    }
    if (rows.length < BATCH) return { resealed, unreadable }
  }
}

/**
 * Seals the values of a tenant with its newest data key, whatever this node knew of its keys before; one that was made
 * meanwhile has its turn as well. Values never leave this function, and each stays readable all the time. May be stopped and
 * repeated.
 */
export async function resealValues(parts: Parts, tenantId: string): Promise<Resealed> {
  let resealed = 0
  for (let key = await parts.dataKeys.newest(tenantId); ; ) {
    const done = await resealWith(parts, tenantId, key)
    resealed += done.resealed
    const newest = await parts.dataKeys.newest(tenantId)
    if (newest.id === key.id) return { resealed, unreadable: done.unreadable }
    key = newest
  }
}
