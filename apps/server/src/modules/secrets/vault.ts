import type { Database, Statement } from '../../foundation/db/index.ts'
import { PlatformError } from '../../foundation/errors.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { secretsErrors } from './errors.ts'
import type { SealedValue } from './seal-value.ts'
import type { SecretTable } from './tables.ts'

const PLACE = 'tenant_id = $1 and user_id = $2 and app_id = $3'
const GET = `select * from secrets.secret where ${PLACE} and name = $4`
const LIST = `select name, length, updated_at, last_accessed_at from secrets.secret where ${PLACE}`
const PUT = `
insert into secrets.secret (tenant_id, user_id, app_id, name, sealed, data_key_id, version, length, sha256_prefix, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
on conflict (tenant_id, user_id, app_id, name) do update
   set sealed = excluded.sealed, data_key_id = excluded.data_key_id, version = excluded.version, length = excluded.length,
       sha256_prefix = excluded.sha256_prefix, updated_at = excluded.updated_at`
const DELETE = `delete from secrets.secret where ${PLACE} and name = $4`
const ACCESSED = `update secrets.secret set last_accessed_at = $5 where ${PLACE} and name = $4`

export type SecretFacts = Pick<SecretTable, 'name' | 'length' | 'updated_at' | 'last_accessed_at'>

const place = (scope: StoreScope): string[] => [scope.tenantId, scope.userId, scope.appId]

export const putSecret = (
  scope: StoreScope,
  name: string,
  row: SealedValue & Pick<SecretTable, 'length' | 'sha256_prefix'> & { readonly at: string },
): Statement => ({
  text: PUT,
  values: [...place(scope), name, row.sealed, row.data_key_id, row.version, row.length, row.sha256_prefix, row.at],
})
export const deleteSecret = (scope: StoreScope, name: string): Statement => ({
  text: DELETE,
  values: [...place(scope), name],
})
export const markAccessed = (scope: StoreScope, name: string, at: string): Statement => ({
  text: ACCESSED,
  values: [...place(scope), name, at],
})

export async function findSecret(db: Database, scope: StoreScope, name: string): Promise<SecretTable | null> {
  const [result] = await db.atomic(scope.tenantId, [{ text: GET, values: [...place(scope), name] }])
  return (result?.rows[0] as SecretTable | undefined) ?? null
}

export async function listSecrets(db: Database, scope: StoreScope): Promise<SecretFacts[]> {
  const [result] = await db.atomic(scope.tenantId, [{ text: LIST, values: place(scope) }])
  return (result?.rows ?? []) as SecretFacts[]
}

/** Fails closed: whatever goes wrong on the way to a value is one error that says nothing about it (K8.14). */
export async function failClosed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PlatformError && error.code.startsWith('SECRETS_')) throw error
    throw secretsErrors.VAULT_UNAVAILABLE({}, error)
  }
}
