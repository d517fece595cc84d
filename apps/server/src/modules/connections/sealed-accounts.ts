import { accountsCollection, type JsonObject, type JsonValue, type Manifest } from '@imperal/contract'
import type { Keyring } from '../../foundation/keyring.ts'

const TOKENS = ['access_token', 'refresh_token', 'id_token'] as const
const MARK = '$sealed'

const known = new WeakMap<Manifest, ReadonlySet<string>>()

/** Collections of a version that hold accounts. */
export function accountCollections(manifest: Manifest): ReadonlySet<string> {
  let found = known.get(manifest)
  if (found === undefined) {
    found = new Set((manifest.oauth ?? []).map(({ provider, collection }) => accountsCollection(provider, collection)))
    known.set(manifest, found)
  }
  return found
}

const sealedTextOf = (value: JsonValue | undefined): string | null => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const text = value[MARK]
  return typeof text === 'string' ? text : null
}

const contextOf = (appId: string, tenantId: string): string => JSON.stringify(['oauth account', tenantId, appId])

/** Tokens lie sealed in the documents of the accounts: a copy of the database opens none of them (api.md 7.6). */
export function sealTokens(keyring: Keyring, appId: string, tenantId: string, data: JsonObject): JsonObject {
  const sealed: JsonObject = { ...data }
  for (const name of TOKENS) {
    const token = data[name]
    if (typeof token === 'string') sealed[name] = { [MARK]: keyring.seal(token, contextOf(appId, tenantId)) }
  }
  return sealed
}

/** A token that does not open is left out. */
export function openTokens(keyring: Keyring, appId: string, tenantId: string, data: JsonObject): JsonObject {
  const opened: JsonObject = { ...data }
  for (const name of TOKENS) {
    const text = sealedTextOf(data[name])
    if (text === null) continue
    try {
      opened[name] = keyring.open(text, contextOf(appId, tenantId))
    } catch {
      delete opened[name] // of another app, or its key is gone: as good as no token
    }
  }
  return opened
}
