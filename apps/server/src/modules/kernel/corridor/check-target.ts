import type { JsonObject } from '@imperal/contract'
import { checkTargets } from '../arguments/target-scope.ts'
import type { KernelParts } from '../parts.ts'
import { heldScopes } from './check-scopes.ts'
import { type AdmittedCall, type Refusal, type RefusedCall, refuse, type TargetVerdict } from './stages.ts'

function targetRefusal(target: TargetVerdict | 'foreign'): Refusal | null {
  if (target === 'foreign')
    return {
      ledger: 'denied',
      code: 'TENANT_SCOPE_VIOLATION',
      message: 'The call names something that does not belong to your organisation.',
      security: true,
      http: { status: 403 },
    }
  if (target.verdict !== 'blocked') return null
  return {
    ledger: 'denied',
    code: 'PERMISSION_DENIED',
    message: `“${target.targetParam}” names another user; that needs the permission ${target.requiredScope}.`,
    data: { missing_scopes: [target.requiredScope] },
  }
}

/**
 * Whom the arguments name, as it is now, with the scopes that the user has now (K3.20). A call that waited for its
 * user's yes or for a node comes here a second time: a permission may have been taken away since (kernel 18.4).
 */
export async function checkTarget(
  parts: KernelParts,
  call: AdmittedCall,
  params: JsonObject,
): Promise<TargetVerdict | RefusedCall> {
  const { pass, use, handler } = call
  const { tenantId } = pass.actor
  const target = await checkTargets(pass.actor, heldScopes(pass.actor, use), {
    params,
    actionType: handler.actionType,
    userOfEmail: (email) => parts.identity.userOfEmail(tenantId, email),
    connectedEmails: () => parts.connections.emailsOf(pass.actor),
    usersOfAccount: (accountId) => parts.connections.usersOf({ tenantId, appId: use.app.appId }, accountId),
    isInTenant: async (userId) => (await parts.identity.actor(tenantId, userId)) !== null,
  })
  const refusal = targetRefusal(target)
  if (refusal !== null) return refuse(call, refusal)
  return target as TargetVerdict // a foreign one is refused
}
