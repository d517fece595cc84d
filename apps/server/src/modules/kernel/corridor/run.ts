import type { KernelParts } from '../parts.ts'
import { promoteWhenSlow } from '../tasks/promote-call.ts'
import { queueCall } from '../tasks/queue-call.ts'
import { giveBack } from '../tasks/take-task.ts'
import type { TaskHold } from '../tasks/task-record.ts'
import type { CallIntent, CallOutcome } from '../types.ts'
import type { AcceptedCall } from './accepted-call.ts'
import { bindArguments } from './bind-arguments.ts'
import { checkAccessPolicy } from './check-access-policy.ts'
import { checkAvailability } from './check-availability.ts'
import { checkQuota } from './check-quota.ts'
import { checkScopes } from './check-scopes.ts'
import { checkSecrets } from './check-secrets.ts'
import { confirm, confirmAccepted, confirmTogether } from './confirm.ts'
import { execute, type RunningCall } from './execute.ts'
import { observed } from './observed.ts'
import { type InnerOptions, receive } from './receive.ts'
import { recordRefused, recordVerified, unavailable } from './record.ts'
import { reserveCredits } from './reserve-credits.ts'
import type {
  AdmittedCall,
  AuthorizedCall,
  BoundCall,
  ConfirmedCall,
  ExecutedCall,
  ReceivedCall,
  RefusedCall,
} from './stages.ts'
import { CUT_OFF, verify } from './verify.ts'

/** G1 to G4: nothing that costs money, opens a secret or touches extension code happens before these (K3.1). */
async function authorize(parts: KernelParts, received: ReceivedCall): Promise<AuthorizedCall | RefusedCall> {
  const available = await checkAvailability(parts, received)
  if (available.stage === 'refused') return available
  const scoped = checkScopes(available)
  return scoped.stage === 'refused' ? scoped : checkAccessPolicy(parts, scoped)
}

/** G1 to G6. */
async function admit(parts: KernelParts, received: ReceivedCall): Promise<AdmittedCall | RefusedCall> {
  const authorized = await authorize(parts, received)
  if (authorized.stage === 'refused') return authorized
  const within = await checkQuota(parts, authorized)
  return within.stage === 'refused' ? within : fund(parts, within)
}

async function fund(parts: KernelParts, call: AuthorizedCall): Promise<AdmittedCall | RefusedCall> {
  const funded = await reserveCredits(parts, call)
  return funded.stage === 'refused' ? funded : checkSecrets(parts, funded)
}

/** The answer of a call that was not run, or cannot be recorded: nothing is charged. */
async function withdrawn(parts: KernelParts, { pass, handler, charge }: ConfirmedCall): Promise<CallOutcome> {
  if (charge !== null) await parts.billing.giveUp(charge)
  return unavailable(pass, handler)
}

async function admitAgain(parts: KernelParts, received: ReceivedCall): Promise<AdmittedCall | RefusedCall> {
  const authorized = await authorize(parts, received)
  return authorized.stage === 'refused' ? authorized : fund(parts, authorized)
}

/** Nothing that lasts came of an attempt that this node cannot go on with: another one may make it anew. */
const isWorthAnother = (task: TaskHold | null, executed: ExecutedCall): task is TaskHold =>
  task?.durable === true &&
  !executed.opened &&
  !executed.uncertain &&
  !executed.answer.ok &&
  executed.answer.code === CUT_OFF

async function settle(parts: KernelParts, running: RunningCall): Promise<CallOutcome> {
  const { call } = running.session
  try {
    const executed = await running.done
    running.hasEnded = true
    const task = await running.task
    if (!isWorthAnother(task, executed)) return await recordVerified(parts, verify(executed), task)
    await giveBack(parts, task)
  } catch (error) {
    parts.log.error({ err: error, call: call.pass.callId }, 'a call could not be run')
  }
  return withdrawn(parts, call)
}

/** From a confirmed call to its outcome: execute, verify, record. */
async function complete(parts: KernelParts, call: ConfirmedCall, task: TaskHold | null = null): Promise<CallOutcome> {
  // What cannot be recorded must not happen (K11.2).
  const may = parts.mayRecord()
  if (!(may === true || (await may))) {
    if (task !== null) await giveBack(parts, task)
    return withdrawn(parts, call)
  }
  const { promoteAfterMs } = call.pass
  if (call.handler.actionType !== 'read') await call.pass.beforeEffect?.()
  if (call.handler.background && promoteAfterMs !== null) {
    const queued = await queueCall(parts, call)
    return 'stage' in queued ? recordRefused(parts, queued) : queued
  }
  const running = execute(parts, call, task)
  const outcome = settle(parts, running)
  call.pass.whenRunning?.(outcome)
  parts.inFlight.add(outcome)
  outcome.then(() => parts.inFlight.delete(outcome))
  return promoteAfterMs === null ? outcome : promoteWhenSlow(parts, running, outcome, promoteAfterMs)
}

async function bind(parts: KernelParts, intent: CallIntent, options: InnerOptions): Promise<BoundCall | RefusedCall> {
  const received = await receive(parts, intent, options)
  if (received.stage === 'refused') return received
  const admitted = await admit(parts, received)
  return admitted.stage === 'refused' ? admitted : bindArguments(parts, admitted)
}

/** The corridor (kernel 3.1): every pass leaves one ledger row, refusals included, before it answers. */
export const run = (parts: KernelParts, intent: CallIntent, options: InnerOptions = {}): Promise<CallOutcome> =>
  observed(parts, intent, (traced) => passThrough(parts, traced, options))

async function passThrough(parts: KernelParts, intent: CallIntent, options: InnerOptions): Promise<CallOutcome> {
  const bound = await bind(parts, intent, options)
  if (bound.stage === 'refused') return recordRefused(parts, bound)
  const confirmed = await confirm(parts, bound)
  if (confirmed.stage === 'refused') return recordRefused(parts, confirmed)
  return complete(parts, confirmed)
}

/**
 * The corridor for calls of one fan-out, one after another: each is a pass of its own, and those that need a decision share
 * one card. Answers in their order.
 */
export async function runTogether(
  parts: KernelParts,
  calls: readonly { readonly intent: CallIntent; readonly options: InnerOptions }[],
): Promise<CallOutcome[]> {
  const bound = []
  for (const { intent, options } of calls) bound.push(await bind(parts, intent, options))
  const passed = await confirmTogether(
    parts,
    bound.filter((call): call is BoundCall => call.stage === 'bound'),
  )
  const outcomes: CallOutcome[] = []
  for (const call of bound) {
    const next = call.stage === 'refused' ? call : passed.shift()
    if (next === undefined) throw new Error('a call of a fan-out was lost')
    outcomes.push(await (next.stage === 'refused' ? recordRefused(parts, next) : complete(parts, next)))
  }
  return outcomes
}

/** The corridor for a call that was accepted before. What a task counted when it was accepted is not counted again. */
export const runAccepted = (parts: KernelParts, accepted: AcceptedCall): Promise<CallOutcome> =>
  observed(parts, accepted.intent, (intent) => passAccepted(parts, accepted, intent))

async function passAccepted(parts: KernelParts, accepted: AcceptedCall, intent: CallIntent): Promise<CallOutcome> {
  const { task, callId } = accepted
  const received = await receive(parts, intent, {
    callId,
    // What came of an accepted call outlives the node that runs it.
    keep: task === null,
    parentTaskId: task?.taskId ?? null,
    promoteAfterMs: task === null ? parts.settings.callTimeoutSeconds * 1000 : undefined,
  })
  const refused = (call: RefusedCall) => recordRefused(parts, { ...call, consent: accepted.consent }, task)
  if (received.stage === 'refused') return refused(received)
  const admitted = await (task === null ? admit(parts, received) : admitAgain(parts, received))
  if (admitted.stage === 'refused') return refused(admitted)
  const confirmed = await confirmAccepted(parts, admitted, accepted)
  return confirmed.stage === 'refused' ? refused(confirmed) : complete(parts, confirmed, task)
}
