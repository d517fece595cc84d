import { secrets as routes, type SecretStatus } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Writer } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, type Principal } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { appScope, isKeeper } from './app-scope.ts'
import { declarationOf } from './check-declaration.ts'
import { secretsErrors } from './errors.ts'
import type { SecretsOptions } from './open-secrets.ts'
import type { SecretAccess, SecretDeclaration, Secrets, SecretsApp } from './types.ts'
import { failClosed, findSecret } from './vault.ts'

interface Parts {
  readonly db: Database
  readonly clock: Clock
  readonly appOf: SecretsOptions['appOf']
  readonly secrets: Omit<Secrets, 'routes'>
}

type User = Principal & { readonly userId: string }

/** Values of the signed-in user, and app-wide ones for whoever keeps the app: nobody can name somebody else here (K8.17). */
async function appFor(parts: Parts, user: User, appId: string): Promise<SecretsApp & { readonly keeps: boolean }> {
  const app = await parts.appOf(user, appId)
  const keeps = app !== null && isKeeper(user, app)
  if (app === null || !(app.isInstalled || keeps)) throw secretsErrors.APP_NOT_FOUND()
  // App-wide values are nobody's business but their keeper's: for everybody else they are not there (K8.18).
  return { ...app, keeps, declared: keeps ? app.declared : app.declared.filter(({ scope }) => scope !== 'app') }
}

interface Place {
  readonly scope: StoreScope
  readonly declaration: SecretDeclaration
  readonly declared: readonly SecretDeclaration[]
  readonly writer: Writer
  readonly access: SecretAccess
}

async function placeOf(parts: Parts, user: User, { ext_id, name }: { ext_id: string; name: string }): Promise<Place> {
  const { declared, owner } = await appFor(parts, user, ext_id)
  const declaration = declarationOf(declared, name)
  const { tenantId, userId } = user
  const scope = declaration.scope === 'app' ? appScope(ext_id, owner) : { tenantId, userId, appId: ext_id }
  return {
    scope,
    declaration,
    declared,
    writer: { tenantId: scope.tenantId, atomic: (statements) => parts.db.atomic(scope.tenantId, statements) },
    access: { by: 'user', actorId: userId },
  }
}

async function listAll(parts: Parts, user: User, appId: string): Promise<SecretStatus[]> {
  const { declared, owner } = await appFor(parts, user, appId)
  const of = (scope: 'user' | 'app') => declared.filter((declaration) => (declaration.scope ?? 'user') === scope)
  const { tenantId, userId } = user
  const lists = await Promise.all([
    parts.secrets.list({ tenantId, userId, appId }, of('user')),
    parts.secrets.list(appScope(appId, owner), of('app')),
  ])
  return lists.flat().map((status) => {
    const declaration = declarationOf(declared, status.name)
    const { scope = 'user', required, write_mode, max_bytes, rotation_hint_days } = declaration
    return { ...status, scope, required, write_mode, max_bytes, rotation_hint_days: rotation_hint_days ?? null }
  })
}

export function secretsHandlers(parts: Parts): MountedRoute[] {
  const { db, clock, secrets } = parts
  return [
    implement(routes.list, ({ user, params }) => listAll(parts, user, params.ext_id)),
    implement(routes.read, async ({ principal, params, headers }) => {
      // A service that names no user is known, and has no secrets.
      if (headers['x-ext-id'] !== params.ext_id || principal?.userId == null) throw secretsErrors.FOREIGN_APP()
      const { tenantId, userId } = principal
      const app = await parts.appOf({ tenantId, userId }, params.ext_id)
      if (app?.isInstalled !== true) throw secretsErrors.APP_NOT_FOUND()
      const isShared = declarationOf(app.declared, params.name).scope === 'app'
      const scope = isShared ? appScope(params.ext_id, app.owner) : { tenantId, userId, appId: params.ext_id }
      const value = await secrets.get(scope, app.declared, params.name, { by: 'extension', actorId: userId })
      if (value === null) throw secretsErrors.NOT_SET({ name: params.name })
      return { value }
    }),
    implement(routes.set, async ({ user, params, body }) => {
      const { scope, declared, writer, access } = await placeOf(parts, user, params)
      await secrets.set(writer, scope, declared, params.name, body.value, access)
      const row = await failClosed(() => findSecret(db, scope, params.name))
      return { name: params.name, is_set: true as const, updated_at: row?.updated_at.toISOString() ?? clock.iso() }
    }),
    implement(routes.delete, async ({ user, params }) => {
      const { scope, declared, writer, access } = await placeOf(parts, user, params)
      return { was_set: await secrets.delete(writer, scope, declared, params.name, access) }
    }),
    implement(routes.meta, async ({ user, params }) => {
      const { scope, declared } = await placeOf(parts, user, params)
      const row = await failClosed(() => findSecret(db, scope, params.name))
      return {
        name: params.name,
        is_set: row !== null || (await secrets.isSet(scope, declared, params.name)),
        updated_at: row?.updated_at.toISOString() ?? null,
        last_accessed_at: row?.last_accessed_at ? Math.floor(row.last_accessed_at.getTime() / 1_000) : null,
        length: row?.length ?? 0,
      }
    }),
  ]
}
