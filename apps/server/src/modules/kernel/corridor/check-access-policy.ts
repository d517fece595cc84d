import type { JsonObject } from '@imperal/contract'
import { accessDenial, functionDenial } from '../../registry/index.ts'
import { mayReach } from '../arguments/app-relations.ts'
import type { ActingUser } from '../context/acting-user.ts'
import type { KernelParts } from '../parts.ts'
import { heldScopes } from './check-scopes.ts'
import { type AuthorizedCall, type Pass, type Refusal, type RefusedCall, refuse, type ScopedCall } from './stages.ts'

/** The operator's policy in the app's configuration: first for the whole app, then for one function (K3.4a). */
export function policyRefusal(
  config: JsonObject,
  functionName: string,
  caller: { actor: ActingUser; scopes: readonly string[] },
): Refusal | null {
  // An app is for people: what the credential leaves of their scopes is a matter of each function.
  if (accessDenial(config, caller.actor) !== null)
    return {
      ledger: 'denied',
      code: 'PERMISSION_DENIED',
      message: 'The policy of this installation does not let you use this app.',
      http: { status: 403 },
    }
  const denial = functionDenial(config, functionName, { ...caller.actor, scopes: caller.scopes })
  if (denial === null) return null
  return {
    ledger: 'denied',
    code: 'PERMISSION_DENIED',
    // ir.md 13.2, step 2.
    message:
      denial.needsDeveloper === true
        ? 'Developer registration required. Become a developer in the panel, under Developer.'
        : `The policy of this installation does not let you use ${functionName}.`,
    ...(denial.missingScopes.length === 0 ? {} : { data: { missing_scopes: [...denial.missingScopes] } }),
  }
}

/** What an organisation says about data between two apps, of a call that one of them makes into the other (K3.6). */
async function relationsRefusal(parts: KernelParts, { stack, actor, intent }: Pass): Promise<Refusal | null> {
  const callingApp = stack.at(-2)
  if (callingApp === undefined) return null
  const tenant = await parts.identity.tenant(actor.tenantId)
  if (mayReach(tenant?.features ?? {}, callingApp, intent.appId)) return null
  return {
    ledger: 'denied',
    code: 'PERMISSION_DENIED',
    message: `Your organisation does not let ${callingApp} reach ${intent.appId}.`,
  }
}

/** G4, second part. System identities are not users: a policy about roles and users says nothing about them. */
export async function checkAccessPolicy(parts: KernelParts, call: ScopedCall): Promise<AuthorizedCall | RefusedCall> {
  const { pass, use, handler } = call
  const refusal =
    (await relationsRefusal(parts, pass)) ??
    (pass.actor.kind === 'user'
      ? policyRefusal(use.app.config, handler.functionName, {
          actor: pass.actor,
          scopes: heldScopes(pass.actor, use),
        })
      : null)
  return refusal === null ? ({ ...call, stage: 'authorized' } as unknown as AuthorizedCall) : refuse(call, refusal) // the only place that may say so
}
