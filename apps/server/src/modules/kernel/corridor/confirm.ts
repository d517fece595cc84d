import { describeProblems, sentences } from '../arguments/describe-problems.ts'
import { needsConfirmation } from '../confirmations/needs-confirmation.ts'
import { askUser, hashOf } from '../confirmations/stored-call.ts'
import type { KernelParts } from '../parts.ts'
import type { AcceptedCall } from './accepted-call.ts'
import {
  type AdmittedCall,
  type BoundCall,
  type ConfirmedCall,
  type Consent,
  type RefusedCall,
  refuse,
} from './stages.ts'

/** G8: a destructive call of a person stops here, stored as a question; so does a write when the user wants it (kernel 3.5). */
export async function confirm(parts: KernelParts, call: BoundCall): Promise<ConfirmedCall | RefusedCall> {
  const { pass, use, handler, target } = call
  const settings = () => parts.identity.settings(pass.actor.tenantId, pass.actor.userId)
  const need = await needsConfirmation(
    {
      source: pass.intent.source,
      appId: use.app.appId,
      functionName: handler.functionName,
      actionType: handler.actionType,
      escalated: target.verdict === 'escalated',
      bypassed: pass.intent.confirmationBypassed === true,
    },
    settings,
  )
  if (need !== 'ask') {
    const consent: Consent = { confirmation: need, confirmationId: null }
    return { ...call, stage: 'confirmed', consent } as unknown as ConfirmedCall // one of the two places that may say so
  }
  const ttlSeconds = (await settings()).confirmation_ttl ?? parts.settings.confirmationTtlSeconds
  const { question, statement, messages } = askUser(call, { now: parts.clock.now(), ttlSeconds })
  return refuse(call, {
    ledger: 'intercepted',
    code: 'CONFIRMATION_REQUIRED',
    message: 'This needs your confirmation first.',
    data: { confirmation: question.card },
    question,
    effects: [statement],
    messages,
  })
}

const NO_TARGET = { verdict: 'no_target', targetUserId: null, targetParam: null, requiredScope: null } as const

/**
 * The same for a call that was accepted before: G1–G6 ran again, guards did not (K3.26). The stored arguments run as they
 * are, if the function is still what was accepted: a new version of the app, or of its tools alone (a service may push
 * them), can have made something else of it.
 */
export function confirmAccepted(
  parts: KernelParts,
  call: AdmittedCall,
  accepted: AcceptedCall,
): ConfirmedCall | RefusedCall {
  const { use, handler } = call
  const broken = (message: string) => refuse(call, { ledger: 'validation_rejected', code: 'INTERNAL', message })
  if (hashOf(accepted.params_text) !== accepted.params_hash)
    return broken('The stored arguments are damaged; nothing was done.')
  const params = JSON.parse(accepted.params_text)
  const { errors } = parts.argumentCheck(use.version.manifest, handler)(params)
  if (errors.length > 0 || handler.actionType !== accepted.action_type)
    return broken(`The app has changed since you were asked. ${sentences(describeProblems(errors, params))}`.trim())
  const { consent } = accepted
  return { ...call, stage: 'confirmed', params, target: NO_TARGET, consent } as unknown as ConfirmedCall // the other place that may say so
}
