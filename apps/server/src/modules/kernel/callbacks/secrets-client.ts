import type { JsonValue } from '@imperal/contract'
import type { StoreScope } from '../../../foundation/scope.ts'
import type { SecretDeclaration } from '../../secrets/index.ts'
import { APP_SECRETS_USER, appSecrets, declaredSecrets } from '../context/declared-secrets.ts'
import { textAt } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback, toCallbackError } from './refuse-callback.ts'
import { actsForNobody, type CallSession, scopeOf } from './session.ts'

interface Place {
  readonly scope: StoreScope
  readonly declared: readonly SecretDeclaration[]
}

/** Where a secret lives: with the user, or with the app as a whole. Without a user only the app's own are there. */
async function placeOf(session: CallSession, name: string, asUser: string | null): Promise<Place> {
  const { manifest } = session.call.use.version
  const shared = appSecrets(manifest)
  const scope = await scopeOf(session, asUser)
  if (shared.some((secret) => secret.name === name))
    return { scope: { ...scope, userId: APP_SECRETS_USER }, declared: shared }
  const declared = declaredSecrets(manifest)
  if (actsForNobody(session) && asUser === null && declared.some((secret) => secret.name === name))
    throw refusedCallback('context_unavailable', `The secret '${name}' belongs to a user; choose one first.`, {
      member: 'secrets',
      handler_kind: session.kind,
    })
  return { scope, declared }
}

async function using<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toCallbackError(error, { name })
  }
}

const isStub = (session: CallSession): boolean => session.kind === 'health'

/** `ctx.secrets`: only declared names, fail closed (K8.12–K8.15). Values are never kept here. */
export const secretsClient: ClientTable<'secrets'> = {
  async get(session, args, asUser) {
    const name = textAt(args, 0, 'name')
    if (isStub(session)) return null
    const { scope, declared } = await placeOf(session, name, asUser)
    return using(name, () => session.parts.secrets.get(scope, declared, name, 'extension'))
  },
  async set(session, args, asUser) {
    const name = textAt(args, 0, 'name')
    const { scope, declared } = await placeOf(session, name, asUser)
    const value = textAt(args, 1, 'value')
    await using(name, () => session.parts.secrets.set(session.writer, scope, declared, name, value, 'extension'))
    return null
  },
  async delete(session, args, asUser) {
    const name = textAt(args, 0, 'name')
    const { scope, declared } = await placeOf(session, name, asUser)
    return using(name, () => session.parts.secrets.delete(session.writer, scope, declared, name, 'extension'))
  },
  async is_set(session, args, asUser) {
    const name = textAt(args, 0, 'name')
    if (isStub(session)) return false
    const { scope, declared } = await placeOf(session, name, asUser)
    return using(name, () => session.parts.secrets.isSet(scope, declared, name))
  },
  async list(session, _args, asUser) {
    if (isStub(session)) return []
    const scope = await scopeOf(session, asUser)
    const { manifest } = session.call.use.version
    const lists = await using('', () =>
      Promise.all([
        session.parts.secrets.list(scope, declaredSecrets(manifest)),
        session.parts.secrets.list({ ...scope, userId: APP_SECRETS_USER }, appSecrets(manifest)),
      ]),
    )
    return lists.flat() as unknown as JsonValue // SecretStatus is plain JSON
  },
}
