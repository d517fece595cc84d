import { intersectScopes, SYNTHETIC_PREFIX } from '@imperal/contract'
import { scopesInApp, scopesLacking } from '../../registry/index.ts'
import type { ActingUser } from '../context/acting-user.ts'
import type { HandlerDefinition } from '../handlers/handler-definition.ts'
import { type AppInUse, type AvailableCall, type RefusedCall, refuse, type ScopedCall } from './stages.ts'

const ANY_APP = /^extensions:/

/**
 * Scopes that the call has: the user's own, and the app's namespace through its install (K3.4a); of these, what the
 * credential allows (api 1.7).
 */
export function heldScopes(actor: ActingUser, use: AppInUse): readonly string[] {
  const { appId, system } = use.app
  const held = scopesInApp(actor.scopes, appId, use.install !== null || system)
  if (actor.limitedTo === undefined) return held
  const allowed = actor.limitedTo.flatMap((scope) =>
    ANY_APP.test(scope) ? [scope, scope.replace(ANY_APP, `${appId}:`)] : [scope],
  )
  return intersectScopes(held, allowed)
}

/** Required scopes that the user does not have or was denied. */
export const scopesMissing = (actor: ActingUser, use: AppInUse, handler: HandlerDefinition): string[] =>
  scopesLacking({ scopes: heldScopes(actor, use), deniedScopes: actor.deniedScopes }, handler.requiredScopes)

/** G4, first part: the scopes of the function. */
export function checkScopes(call: AvailableCall): ScopedCall | RefusedCall {
  const { pass, use, handler } = call
  const missing = scopesMissing(pass.actor, use, handler)
  if (missing.length === 0)
    return { stage: 'scoped', pass, use, handler, checkedScopes: handler.requiredScopes } as ScopedCall // the only place that may say so
  const what = handler.functionName.startsWith(SYNTHETIC_PREFIX) ? 'see this' : `use ${handler.functionName}`
  return refuse(call, {
    ledger: 'denied',
    code: 'PERMISSION_DENIED',
    message: `You need the permission ${missing[0]} to ${what}. An administrator can grant it.`,
    data: { required_scopes: [...handler.requiredScopes], missing_scopes: missing },
  })
}
