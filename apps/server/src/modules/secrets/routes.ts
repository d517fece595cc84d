import { secrets as routes } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Writer } from '../../foundation/db/index.ts'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { declarationOf } from './check-declaration.ts'
import { secretsErrors } from './errors.ts'
import type { SecretsOptions } from './open-secrets.ts'
import type { SecretDeclaration, Secrets } from './types.ts'
import { failClosed, findSecret } from './vault.ts'

interface Parts {
  readonly db: Database
  readonly clock: Clock
  readonly declarations: SecretsOptions['declarations']
  readonly secrets: Omit<Secrets, 'routes'>
}

interface Addressed {
  readonly scope: StoreScope
  readonly declared: readonly SecretDeclaration[]
  readonly writer: Writer
}

/** Values of the signed-in user only: nobody can name somebody else here (K8.17). */
async function addressed(
  parts: Parts,
  user: { readonly tenantId: string; readonly userId: string },
  appId: string,
): Promise<Addressed> {
  const declared = await parts.declarations(user, appId)
  if (declared === null) throw secretsErrors.APP_NOT_FOUND()
  const { tenantId, userId } = user
  return {
    scope: { tenantId, userId, appId },
    declared,
    writer: { tenantId, atomic: (statements) => parts.db.atomic(tenantId, statements) },
  }
}

export function secretsHandlers(parts: Parts): MountedRoute[] {
  const { db, clock, secrets } = parts
  return [
    implement(routes.list, async (request) => {
      const { scope, declared } = await addressed(parts, request.user, request.params.ext_id)
      const statuses = await secrets.list(scope, declared)
      return statuses.map((status) => {
        const { required, write_mode, max_bytes, rotation_hint_days } = declarationOf(declared, status.name)
        const rotation = rotation_hint_days ?? null
        return { ...status, scope: 'user' as const, required, write_mode, max_bytes, rotation_hint_days: rotation }
      })
    }),
    implement(routes.set, async (request) => {
      const { scope, declared, writer } = await addressed(parts, request.user, request.params.ext_id)
      const { name } = request.params
      await secrets.set(writer, scope, declared, name, request.body.value, 'user')
      const row = await failClosed(() => findSecret(db, scope, name))
      return { name, is_set: true as const, updated_at: row?.updated_at.toISOString() ?? clock.iso() }
    }),
    implement(routes.delete, async (request) => {
      const { scope, declared, writer } = await addressed(parts, request.user, request.params.ext_id)
      return { was_set: await secrets.delete(writer, scope, declared, request.params.name, 'user') }
    }),
    implement(routes.meta, async (request) => {
      const { scope, declared } = await addressed(parts, request.user, request.params.ext_id)
      const { name } = declarationOf(declared, request.params.name)
      const row = await failClosed(() => findSecret(db, scope, name))
      return {
        name,
        is_set: row !== null,
        updated_at: row?.updated_at.toISOString() ?? null,
        last_accessed_at: row?.last_accessed_at ? Math.floor(row.last_accessed_at.getTime() / 1_000) : null,
        length: row?.length ?? 0,
      }
    }),
  ]
}
