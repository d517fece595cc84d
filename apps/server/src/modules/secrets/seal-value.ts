import type { Keyring } from '../../foundation/keyring.ts'
import { type DataKey, type DataKeys, decrypt, encrypt } from '../../foundation/keys/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { SecretTable } from './tables.ts'

export type SealedValue = Pick<SecretTable, 'sealed' | 'version'> & { readonly data_key_id: string }
type Place = Pick<SecretTable, 'tenant_id' | 'user_id' | 'app_id' | 'name' | 'version'>
export type SealedRow = Place & Pick<SecretTable, 'sealed' | 'data_key_id'>

/** Binds a sealed value to its row and version: a copy elsewhere does not open (K8.10). */
const contextOf = (row: Place): string =>
  JSON.stringify(['secret', row.tenant_id, row.user_id, row.app_id, row.name, row.version])
const firstFormContextOf = (row: Place): string => `secret:${row.tenant_id}:${row.user_id}:${row.app_id}:${row.name}`

export const sealWith = (key: DataKey, row: Place, value: string): SealedValue => ({
  sealed: encrypt(key.key, Buffer.from(value), contextOf(row)).toString('base64url'),
  data_key_id: key.id,
  version: row.version,
})

export async function sealValue(
  dataKeys: Pick<DataKeys, 'current'>,
  scope: StoreScope,
  { name, value, version }: { readonly name: string; readonly value: string; readonly version: number },
): Promise<SealedValue> {
  const row = { tenant_id: scope.tenantId, user_id: scope.userId, app_id: scope.appId, name, version }
  return sealWith(await dataKeys.current(scope.tenantId), row, value)
}

/** @throws when row, key or ciphertext are not what they were, or the key provider does not answer */
export async function openValue(
  parts: { readonly keyring: Keyring; readonly dataKeys: Pick<DataKeys, 'find'> },
  row: SealedRow,
): Promise<string> {
  if (row.data_key_id === null) return parts.keyring.open(row.sealed, firstFormContextOf(row))
  const { key } = await parts.dataKeys.find(row.tenant_id, row.data_key_id)
  return decrypt(key, Buffer.from(row.sealed, 'base64url'), contextOf(row)).toString('utf8')
}
