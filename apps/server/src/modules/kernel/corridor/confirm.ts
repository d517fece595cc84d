import { type JsonObject, runsAtRelease } from '@imperal/contract'
import { describeProblems, sentences } from '../arguments/describe-problems.ts'
import { approvalData, MONEY_TTL_SECONDS, type MoneyCard, movesMoney, takeRelease } from '../confirmations/money.ts'
import { type ConfirmationNeed, isPersonSource, needsConfirmation } from '../confirmations/needs-confirmation.ts'
import { askUser, hashOf } from '../confirmations/stored-call.ts'
import type { KernelParts } from '../parts.ts'
import type { AcceptedCall } from './accepted-call.ts'
import { checkFirst } from './check-first.ts'
import { checkTarget } from './check-target.ts'
import {
  type AdmittedCall,
  type BoundCall,
  type ConfirmedCall,
  type Consent,
  type RefusedCall,
  refuse,
} from './stages.ts'

const needOf = (parts: KernelParts, { pass, use, handler, target }: BoundCall): Promise<ConfirmationNeed> =>
  needsConfirmation(
    {
      source: pass.intent.source,
      appId: use.app.appId,
      functionName: handler.functionName,
      actionType: handler.actionType,
      escalated: target.verdict === 'escalated',
      bypassed: pass.intent.confirmationBypassed === true,
    },
    () => parts.identity.settings(pass.actor.tenantId, pass.actor.userId),
  )

const confirmedWithout = (call: BoundCall, need: Exclude<ConfirmationNeed, 'ask'>): ConfirmedCall => {
  const consent: Consent = { confirmation: need, confirmationId: null }
  return { ...call, stage: 'confirmed', consent } as unknown as ConfirmedCall // one of the three places that may say so
}

async function question(parts: KernelParts, calls: readonly [BoundCall, ...BoundCall[]]): Promise<RefusedCall[]> {
  const { actor } = calls[0].pass
  const settings = await parts.identity.settings(actor.tenantId, actor.userId)
  const ttlSeconds = settings.confirmation_ttl ?? parts.settings.confirmationTtlSeconds
  const { question, statement, messages } = askUser(calls, { now: parts.clock.now(), ttlSeconds })
  // The card comes with the row of its first call; the others point to it.
  return calls.map((call, index) =>
    refuse(call, {
      ledger: 'intercepted',
      code: 'CONFIRMATION_REQUIRED',
      message: 'This needs your confirmation first.',
      data: { confirmation: question.card },
      question,
      ...(index === 0 ? { effects: [statement], messages } : {}),
    }),
  )
}

async function moneyQuestion(parts: KernelParts, call: BoundCall): Promise<RefusedCall> {
  const times = { now: parts.clock.now(), ttlSeconds: MONEY_TTL_SECONDS }
  const { question, statement, messages } = askUser([call], times, 'money')
  return refuse(call, {
    ...awaitsApproval(approvalData(question.card as unknown as MoneyCard, parts.settings.publicUrl)), // made by `askUser`
    question,
    effects: [statement],
    messages,
  })
}

const awaitsApproval = (data: JsonObject) =>
  ({ ledger: 'intercepted', code: 'CONFIRMATION_REQUIRED', message: 'panel_approval_required', data }) as const

/** What moves money runs after a person released exactly this at the panel, once (kernel 3.5.5). */
async function passMoneyWall(parts: KernelParts, call: BoundCall): Promise<ConfirmedCall | RefusedCall> {
  const { source } = call.pass.intent
  if (!isPersonSource(source)) {
    const message = 'Only a person at the panel can move money. Nothing was done.'
    return refuse(call, { ledger: 'denied', code: 'PERMISSION_DENIED', message })
  }
  const release = runsAtRelease(source) ? ({ kind: 'none' } as const) : await takeRelease(parts, call)
  const over = (message: string, data: JsonObject) =>
    refuse(call, { ledger: 'validation_rejected', code: message.toUpperCase(), message, data })
  switch (release.kind) {
    case 'none':
      return (await checkFirst(parts, call)) ?? moneyQuestion(parts, call)
    case 'waits':
      return refuse(call, awaitsApproval(approvalData(release.card, parts.settings.publicUrl)))
    case 'denied':
      return over('money_release_denied', { status: release.status, confirmation_id: release.confirmationId })
    case 'used':
      return over('money_release_already_consumed_or_expired', { confirmation_id: release.confirmationId })
    case 'taken': {
      const { confirmationId } = release
      const consent: Consent = { confirmation: 'user_accepted', confirmationId, via: 'panel', release: true }
      return { ...call, stage: 'confirmed', consent } as unknown as ConfirmedCall // one of the three places that may say so
    }
  }
}

/** G8: a destructive call of a person stops here, stored as a question; so does a write when the user wants it (kernel 3.5). What the app says is impossible is no question. */
export async function confirm(parts: KernelParts, call: BoundCall): Promise<ConfirmedCall | RefusedCall> {
  if (movesMoney(call)) return passMoneyWall(parts, call)
  const need = await needOf(parts, call)
  if (need !== 'ask') return confirmedWithout(call, need)
  const impossible = await checkFirst(parts, call)
  if (impossible !== null) return impossible
  const [refused] = await question(parts, [call])
  return refused as RefusedCall // one for each call
}

/** The same for calls of one fan-out: those that need a decision share one card (K3.30), each about money has its own. Answers in their order. */
export async function confirmTogether(
  parts: KernelParts,
  calls: readonly BoundCall[],
): Promise<(ConfirmedCall | RefusedCall)[]> {
  const money = await Promise.all(calls.map((call) => (movesMoney(call) ? passMoneyWall(parts, call) : null)))
  const needs = await Promise.all(
    calls.map((call, index) => (money[index] === null ? needOf(parts, call) : ('not_required' as const))),
  )
  const impossible = await Promise.all(
    calls.map((call, index) => (needs[index] === 'ask' ? checkFirst(parts, call) : null)),
  )
  const isAsked = (index: number): boolean => needs[index] === 'ask' && impossible[index] === null
  const [first, ...others] = calls.filter((_, index) => isAsked(index))
  const asked = first === undefined ? [] : await question(parts, [first, ...others])
  return calls.map((call, index) => {
    const walled = money[index]
    if (walled != null) return walled
    const refused = impossible[index]
    if (refused != null) return refused
    const need = needs[index] as ConfirmationNeed // one for each call
    return need === 'ask' ? (asked.shift() as RefusedCall) : confirmedWithout(call, need)
  })
}

/**
 * The same for a call that was accepted before: G1–G6 ran again, guards did not (K3.26). The stored arguments run as they
 * are, if the function is still what was accepted: a new version of the app, or of its tools alone (a service may push
 * them), can have made something else of it. Whom they name is a matter of permissions, and looked at again (18.4).
 */
export async function confirmAccepted(
  parts: KernelParts,
  call: AdmittedCall,
  accepted: AcceptedCall,
): Promise<ConfirmedCall | RefusedCall> {
  const { use, handler } = call
  const broken = (message: string) => refuse(call, { ledger: 'validation_rejected', code: 'INTERNAL', message })
  if (hashOf(accepted.params_text) !== accepted.params_hash)
    return broken('The stored arguments are damaged; nothing was done.')
  // Work from the queue, also such as its user has confirmed, runs on whatever is live when its turn comes.
  const isOtherCode = accepted.task === null && accepted.artefact_hash !== use.version.artefactHash
  if (isOtherCode) return broken('The app has changed since you were asked, so nothing was done. Ask for it again.')
  const params = JSON.parse(accepted.params_text)
  const { errors } = parts.argumentCheck(use.version.manifest, handler)(params)
  if (errors.length > 0 || handler.actionType !== accepted.action_type)
    return broken(`The app has changed since you were asked. ${sentences(describeProblems(errors, params))}`.trim())
  const target = await checkTarget(parts, call, params)
  if ('stage' in target) return target
  const { consent } = accepted
  return { ...call, stage: 'confirmed', params, target, consent } as unknown as ConfirmedCall // one of the three places that may say so
}
