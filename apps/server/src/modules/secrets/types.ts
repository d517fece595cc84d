import type { Writer } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'

export interface SecretDeclaration {
  readonly name: string
  readonly description: string
  readonly required: boolean
  /** `user` unless told. `app`: one value for all users of the app, in its owner's tenant. */
  readonly scope?: 'user' | 'app' | undefined
  /** The operator's value when nothing is stored; app-wide secrets only. */
  readonly env_fallback?: string | undefined
  readonly write_mode: 'user' | 'extension' | 'both'
  readonly max_bytes: number
  readonly rotation_hint_days?: number | undefined
}

export type SecretsUser = 'user' | 'extension' | 'platform'
/** Who reads or writes, for the audit. `actorId` when it is another one than the user whose value it is. */
export interface SecretAccess {
  readonly by: SecretsUser
  readonly actorId?: string | undefined
}

/** An app as its secrets know it. */
export interface SecretsApp {
  readonly declared: readonly SecretDeclaration[]
  /** Whose app-wide values are the app's. */
  readonly owner: { readonly tenantId: string; readonly userId: string | null }
  /** Whether the asking user has the app; the owner may look after its values without. */
  readonly isInstalled: boolean
}

/** Encrypted values per (tenant, user, app, name): AES-256-GCM under a data key that a key file wraps. Fails closed. */
export interface Secrets {
  /** The value, or null when it is not set. Each call is an audit row. @throws SECRETS_NOT_DECLARED, SECRETS_VAULT_UNAVAILABLE */
  get(
    scope: StoreScope,
    declared: readonly SecretDeclaration[],
    name: string,
    access: SecretAccess | SecretsUser,
  ): Promise<string | null>
  /** @throws SECRETS_NOT_DECLARED, SECRETS_WRITE_FORBIDDEN, SECRETS_TOO_LARGE, SECRETS_VAULT_UNAVAILABLE */
  set(
    writer: Writer,
    scope: StoreScope,
    declared: readonly SecretDeclaration[],
    name: string,
    value: string,
    access: SecretAccess | SecretsUser,
  ): Promise<void>
  delete(
    writer: Writer,
    scope: StoreScope,
    declared: readonly SecretDeclaration[],
    name: string,
    access: SecretAccess | SecretsUser,
  ): Promise<boolean>
  /** Neither decrypts nor leaves an audit row. @throws SECRETS_NOT_DECLARED, SECRETS_VAULT_UNAVAILABLE */
  isSet(scope: StoreScope, declared: readonly SecretDeclaration[], name: string): Promise<boolean>
  list(
    scope: StoreScope,
    declared: readonly SecretDeclaration[],
  ): Promise<{ name: string; description: string; is_set: boolean; last_accessed_at: number | null }[]>
  /** Names of required secrets without a value; cached per (scope) and dropped at every change on any node. */
  missing(scope: StoreScope, declared: readonly SecretDeclaration[]): Promise<string[]>
  /** Removes the user's own values of an app that they uninstalled, each with its audit row (K7.17). Repeatable. */
  forgetApp(scope: StoreScope): Promise<void>
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}
