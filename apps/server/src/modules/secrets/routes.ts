import { secrets as routes, type SecretStatus } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Writer } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, type Principal, type RouteRequest } from '../../foundation/http/index.ts'
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

/** Who asks: a person at the panel, or an app through a service that runs it and names the user. */
interface Asker {
  readonly user: Principal & { readonly userId: string }
  readonly by: 'user' | 'extension'
}

type Asking = Pick<RouteRequest<unknown>, 'principal' | 'headers'>

/** A service asks in the name of one app, and of one user of it (api.md 3.14). @throws SECRETS_FOREIGN_APP */
function askerOf({ principal, headers }: Asking, appId: string): Asker {
  const isService = principal?.kind === 'service'
  // A service that names no user is known, and has no secrets.
  if (principal?.userId == null || (isService && headers['x-ext-id'] !== appId)) throw secretsErrors.FOREIGN_APP()
  return { user: { ...principal, userId: principal.userId }, by: isService ? 'extension' : 'user' }
}

/**
 * For a person: own values, and app-wide ones for whoever keeps the app; nobody can name somebody else here (K8.17).
 * For the app: what it declares, as long as the user has it.
 */
async function appFor(
  parts: Parts,
  { user, by }: Asker,
  appId: string,
): Promise<SecretsApp & { readonly keeps: boolean }> {
  const { tenantId, userId } = user
  const app = await parts.appOf({ tenantId, userId }, appId)
  const keeps = app !== null && isKeeper(user, app)
  if (app === null || !(app.isInstalled || (keeps && by === 'user'))) throw secretsErrors.APP_NOT_FOUND()
  // App-wide values are nobody's business but their keeper's: for everybody else they are not there (K8.18).
  const isShown = keeps || by === 'extension'
  return { ...app, keeps, declared: isShown ? app.declared : app.declared.filter(({ scope }) => scope !== 'app') }
}

interface Place {
  readonly scope: StoreScope
  readonly declaration: SecretDeclaration
  readonly declared: readonly SecretDeclaration[]
  readonly keeps: boolean
  readonly writer: Writer
  readonly access: SecretAccess
}

async function placeOf(parts: Parts, asking: Asking, params: { ext_id: string; name: string }): Promise<Place> {
  const { ext_id: appId, name } = params
  const asker = askerOf(asking, appId)
  const { declared, owner, keeps } = await appFor(parts, asker, appId)
  const declaration = declarationOf(declared, name)
  const { tenantId, userId } = asker.user
  const scope = declaration.scope === 'app' ? appScope(appId, owner) : { tenantId, userId, appId }
  return {
    scope,
    declaration,
    declared,
    keeps,
    writer: { tenantId: scope.tenantId, atomic: (statements) => parts.db.atomic(scope.tenantId, statements) },
    access: { by: asker.by, actorId: userId },
  }
}

/** What is one for all users is changed in the name of its keeper alone, whatever the app may do in a call (K8.18). */
async function placeToWrite(parts: Parts, asking: Asking, params: { ext_id: string; name: string }): Promise<Place> {
  const place = await placeOf(parts, asking, params)
  const { declaration, keeps, access } = place
  if (declaration.scope === 'app' && !keeps)
    throw secretsErrors.WRITE_FORBIDDEN({ name: params.name, by: access.by, write_mode: declaration.write_mode })
  return place
}

async function listAll(parts: Parts, asking: Asking, appId: string): Promise<SecretStatus[]> {
  const asker = askerOf(asking, appId)
  const { declared, owner } = await appFor(parts, asker, appId)
  const of = (scope: 'user' | 'app') => declared.filter((declaration) => (declaration.scope ?? 'user') === scope)
  const { tenantId, userId } = asker.user
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
    implement(routes.list, (request) => listAll(parts, request, request.params.ext_id)),
    implement(routes.read, async (request) => {
      const { scope, declared, access } = await placeOf(parts, request, request.params)
      const value = await secrets.get(scope, declared, request.params.name, access)
      if (value === null) throw secretsErrors.NOT_SET({ name: request.params.name })
      return { value }
    }),
    implement(routes.set, async (request) => {
      const { params, body } = request
      const { scope, declared, writer, access } = await placeToWrite(parts, request, params)
      await secrets.set(writer, scope, declared, params.name, body.value, access)
      const row = await failClosed(() => findSecret(db, scope, params.name))
      return { name: params.name, is_set: true as const, updated_at: row?.updated_at.toISOString() ?? clock.iso() }
    }),
    implement(routes.delete, async (request) => {
      const { scope, declared, writer, access } = await placeToWrite(parts, request, request.params)
      return { was_set: await secrets.delete(writer, scope, declared, request.params.name, access) }
    }),
    implement(routes.meta, async (request) => {
      const { scope, declared } = await placeOf(parts, request, request.params)
      const { name } = request.params
      const row = await failClosed(() => findSecret(db, scope, name))
      return {
        name,
        is_set: row !== null || (await secrets.isSet(scope, declared, name)),
        updated_at: row?.updated_at.toISOString() ?? null,
        last_accessed_at: row?.last_accessed_at ? Math.floor(row.last_accessed_at.getTime() / 1_000) : null,
        length: row?.length ?? 0,
      }
    }),
  ]
}
