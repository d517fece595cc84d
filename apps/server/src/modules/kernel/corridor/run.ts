import type { ConsumedConfirmation } from '../confirmations/decide.ts'
import type { StoredCall } from '../confirmations/stored-call.ts'
import type { KernelParts } from '../parts.ts'
import { promoteWhenSlow } from '../tasks/promote-call.ts'
import type { CallIntent, CallOutcome, KernelCaller } from '../types.ts'
import { bindArguments } from './bind-arguments.ts'
import { checkAccessPolicy } from './check-access-policy.ts'
import { checkAvailability } from './check-availability.ts'
import { checkQuota } from './check-quota.ts'
import { checkScopes } from './check-scopes.ts'
import { checkSecrets } from './check-secrets.ts'
import { confirm, confirmStored } from './confirm.ts'
import { execute, type RunningCall } from './execute.ts'
import { type InnerOptions, receive } from './receive.ts'
import { recordRefused, recordVerified, unavailable } from './record.ts'
import { reserveCredits } from './reserve-credits.ts'
import type { AdmittedCall, ConfirmedCall, ReceivedCall, RefusedCall } from './stages.ts'
import { verify } from './verify.ts'

/** G1 to G6: nothing that costs money, opens a secret or touches extension code happens before these (K3.1). */
async function admit(parts: KernelParts, received: ReceivedCall): Promise<AdmittedCall | RefusedCall> {
  const available = await checkAvailability(parts, received)
  if (available.stage === 'refused') return available
  const scoped = checkScopes(available)
  if (scoped.stage === 'refused') return scoped
  const authorized = checkAccessPolicy(scoped)
  if (authorized.stage === 'refused') return authorized
  const within = await checkQuota(parts, authorized)
  if (within.stage === 'refused') return within
  const funded = await reserveCredits(parts, within)
  if (funded.stage === 'refused') return funded
  return checkSecrets(parts, funded)
}

/** The answer of a call that was not run, or cannot be recorded: nothing is charged. */
async function withdrawn(parts: KernelParts, { pass, handler, charge }: ConfirmedCall): Promise<CallOutcome> {
  if (charge !== null) await parts.billing.giveUp(charge)
  return unavailable(pass, handler)
}

async function settle(parts: KernelParts, running: RunningCall): Promise<CallOutcome> {
  const { pass } = running.session.call
  try {
    return await recordVerified(parts, verify(await running.done))
  } catch (error) {
    parts.log.error({ err: error, call: pass.callId }, 'a call could not be run')
    return withdrawn(parts, running.session.call)
  }
}

/** From a confirmed call to its outcome: execute, verify, record. */
async function complete(parts: KernelParts, call: ConfirmedCall): Promise<CallOutcome> {
  // What cannot be recorded must not happen (K11.2).
  const may = parts.mayRecord()
  if (!(may === true || (await may))) return withdrawn(parts, call)
  const running = execute(parts, call)
  const outcome = settle(parts, running)
  parts.inFlight.add(outcome)
  outcome.then(() => parts.inFlight.delete(outcome))
  return call.pass.mayPromote ? promoteWhenSlow(parts, running, outcome) : outcome
}

/** The corridor (kernel 3.1): every pass leaves one ledger row, refusals included, before it answers. */
export async function run(parts: KernelParts, intent: CallIntent, options: InnerOptions = {}): Promise<CallOutcome> {
  const received = await receive(parts, intent, options)
  if (received.stage === 'refused') return recordRefused(parts, received)
  const admitted = await admit(parts, received)
  if (admitted.stage === 'refused') return recordRefused(parts, admitted)
  const bound = await bindArguments(parts, admitted)
  if (bound.stage === 'refused') return recordRefused(parts, bound)
  const confirmed = await confirm(parts, bound)
  if (confirmed.stage === 'refused') return recordRefused(parts, confirmed)
  return complete(parts, confirmed)
}

/** The corridor for one stored call of a confirmation that was just consumed. */
export async function runStored(
  parts: KernelParts,
  user: KernelCaller,
  decided: { readonly consumed: ConsumedConfirmation; readonly stored: StoredCall },
): Promise<CallOutcome> {
  const { consumed, stored } = decided
  const received = await receive(
    parts,
    {
      source: consumed.source,
      tenantId: user.tenantId,
      userId: user.userId,
      limitedTo: user.limitedTo,
      appId: stored.app_id,
      function: stored.function,
      params: JSON.parse(stored.params_text),
      traceId: consumed.traceId,
      chainId: consumed.chainId ?? undefined,
      conversationId: consumed.conversationId ?? undefined,
      messagePreview: consumed.messagePreview ?? undefined,
      model: stored.model,
    },
    { mayPromote: true },
  )
  if (received.stage === 'refused') return recordRefused(parts, received)
  const admitted = await admit(parts, received)
  if (admitted.stage === 'refused') return recordRefused(parts, admitted)
  const confirmed = confirmStored(parts, admitted, decided)
  return confirmed.stage === 'refused' ? recordRefused(parts, confirmed) : complete(parts, confirmed)
}
