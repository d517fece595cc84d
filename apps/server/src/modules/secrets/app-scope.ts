import type { StoreScope } from '../../foundation/scope.ts'
import type { SecretDeclaration, SecretsApp } from './types.ts'

/** Owner of app-wide values (K8.18). */
export const APP_SECRETS_USER = '__app__'

/** Where an app-wide value lies: one for all users, with the app's owner. */
export const appScope = (appId: string, owner: { readonly tenantId: string }): StoreScope => ({
  tenantId: owner.tenantId,
  appId,
  userId: APP_SECRETS_USER,
})

interface Asking {
  readonly tenantId: string
  readonly userId: string
  readonly role: string
}

/** Who may see and write app-wide values: the app's owner, and administrators of the owner's tenant. */
export const isKeeper = (user: Asking, { owner }: Pick<SecretsApp, 'owner'>): boolean =>
  user.userId === owner.userId || (user.role === 'admin' && user.tenantId === owner.tenantId)

const PREFIX = 'IMPERAL_APPSECRET_'

/**
 * Whether an app may read this variable of the operator: what stands before the last two underscores together says for
 * which app it is (`IMPERAL_APPSECRET_PHOTO_ALBUMS__KEY` is for `photo-albums`, and `photo` cannot reach it).
 */
export function isOwnVariable(appId: string, variable: string): boolean {
  const end = variable.lastIndexOf('__')
  return end > 0 && variable.slice(0, end) === `${PREFIX}${appId.toUpperCase().replaceAll('-', '_')}`
}

/** The operator's value of an app-wide secret that nobody stored. */
export function operatorValue(
  environment: (name: string) => string | undefined,
  appId: string,
  { scope, env_fallback: variable }: SecretDeclaration,
): string | undefined {
  if (scope !== 'app' || variable === undefined || !isOwnVariable(appId, variable)) return undefined
  return environment(variable) || undefined
}
