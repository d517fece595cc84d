import { ContextUnavailable } from '../errors.ts'
import { SYSTEM_USER } from '../identities.ts'
import { refuse } from '../refuse.ts'
import type { ContextShape } from './availability.ts'
import { buildContext } from './build.ts'
import type { Runtime } from './runtime.ts'
import type { CommonContext, FunctionContext } from './types.ts'

/** A function context of one user, made by a schedule or a signal. */
export function asUser(runtime: Runtime, userId: string): FunctionContext {
  return rescoped<FunctionContext>(runtime, userId, 'function')
}

/** A context of one user, made by a webhook that found out who it is for. */
export function forUser(runtime: Runtime, userId: string): CommonContext {
  return rescoped<CommonContext>(runtime, userId, 'panel')
}

/**
 * Tenant, agency, role and scopes stay; store, cache, notify, billing, secrets and chat belong to the user;
 * ai, http, storage, tools, config, extensions and time are the caller's own (sdk.md 3.16).
 */
function rescoped<C extends object>(runtime: Runtime, userId: string, shape: ContextShape): C {
  if (typeof userId !== 'string' || userId === '' || userId === SYSTEM_USER) {
    refuse('userId', `A user id is needed here, not '${userId}'`)
  }
  const { user } = runtime.snapshot
  if (user === null) throw new ContextUnavailable('user', runtime.kind, 'the platform named no user for this call')
  return buildContext<C>({
    ...runtime,
    shape,
    actingFor: userId,
    transport: runtime.transport.forUser(userId),
    snapshot: {
      ...runtime.snapshot,
      user: {
        ...user,
        imperal_id: userId,
        email: null,
        attributes: { ...user.attributes, scoped_from: user.imperal_id },
      },
    },
  })
}
