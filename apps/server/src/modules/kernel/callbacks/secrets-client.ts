import type { JsonValue } from '@imperal/contract'
import type { StoreScope } from '../../../foundation/scope.ts'
import { appScope, type SecretAccess, type SecretDeclaration } from '../../secrets/index.ts'
import { appSecrets, declaredSecrets } from '../context/declared-secrets.ts'
import { textAt } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback, toCallbackError } from './refuse-callback.ts'
import { actsForNobody, type CallSession, scopeOf, subjectOf } from './session.ts'
import { rememberSecret } from './spoken-secrets.ts'

interface Place {
  readonly scope: StoreScope
  readonly declared: readonly SecretDeclaration[]
  readonly access: SecretAccess
  readonly isShared: boolean
}

/** Where a secret lives: with the user, or with the app as a whole. Without a user only the app's own are there. */
async function placeOf(session: CallSession, name: string, asUser: string | null): Promise<Place> {
  const { app, version } = session.call.use
  const shared = appSecrets(version.manifest)
  const actorId = await subjectOf(session, asUser)
  const access = { by: 'extension', actorId } as const
  if (shared.some((secret) => secret.name === name)) {
    const scope = appScope(app.appId, { tenantId: app.ownerTenantId })
    return { scope, declared: shared, access, isShared: true }
  }
  const declared = declaredSecrets(version.manifest)
  if (actsForNobody(session) && asUser === null && declared.some((secret) => secret.name === name))
    throw refusedCallback('context_unavailable', `The secret '${name}' belongs to a user; choose one first.`, {
      member: 'secrets',
      handler_kind: session.kind,
    })
  return { scope: await scopeOf(session, asUser), declared, access, isShared: false }
}

/** App-wide values are written in the name of the app's owner alone (I-SECRET-APP-WRITE-OWNER-ONLY). */
async function writablePlaceOf(session: CallSession, name: string, asUser: string | null): Promise<Place> {
  const place = await placeOf(session, name, asUser)
  if (place.isShared && place.access.actorId !== session.call.use.app.ownerId)
    throw refusedCallback('secret_write_forbidden', `Only the owner of the app may write '${name}'.`, { name })
  return place
}

async function using<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toCallbackError(error, { name })
  }
}

const isStub = (session: CallSession): boolean => session.kind === 'health'

/** Users see nothing of app-wide values; the owner, and handlers without a user, see that they are set. */
async function mayListShared(session: CallSession, asUser: string | null): Promise<boolean> {
  if (actsForNobody(session) && asUser === null) return true
  return (await subjectOf(session, asUser)) === session.call.use.app.ownerId
}

/** `ctx.secrets`: only declared names, fail closed (K8.12–K8.15). Values are never kept beyond the call. */
export const secretsClient: ClientTable<'secrets'> = {
  async get(session, args, asUser) {
    const name = textAt(args, 0, 'name')
    if (isStub(session)) return null
    const { scope, declared, access, isShared } = await placeOf(session, name, asUser)
    const value = await using(name, () => session.parts.secrets.get(scope, declared, name, access))
    if (value !== null) rememberSecret(session, value, isShared ? 'app' : 'user')
    return value
  },
  async set(session, args, asUser) {
    const name = textAt(args, 0, 'name')
    const { scope, declared, access } = await writablePlaceOf(session, name, asUser)
    const value = textAt(args, 1, 'value')
    await using(name, () => session.parts.secrets.set(session.writer, scope, declared, name, value, access))
    return null
  },
  async delete(session, args, asUser) {
    const name = textAt(args, 0, 'name')
    const { scope, declared, access } = await writablePlaceOf(session, name, asUser)
    return using(name, () => session.parts.secrets.delete(session.writer, scope, declared, name, access))
  },
  async is_set(session, args, asUser) {
    const name = textAt(args, 0, 'name')
    if (isStub(session)) return false
    const { scope, declared } = await placeOf(session, name, asUser)
    return using(name, () => session.parts.secrets.isSet(scope, declared, name))
  },
  async list(session, _args, asUser) {
    if (isStub(session)) return []
    const { app, version } = session.call.use
    const shared = (await mayListShared(session, asUser)) ? appSecrets(version.manifest) : []
    const scope = await scopeOf(session, asUser)
    const lists = await using('', () =>
      Promise.all([
        session.parts.secrets.list(scope, declaredSecrets(version.manifest)),
        session.parts.secrets.list(appScope(app.appId, { tenantId: app.ownerTenantId }), shared),
      ]),
    )
    return lists.flat() as unknown as JsonValue // SecretStatus is plain JSON
  },
}
