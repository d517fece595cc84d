import { hash } from 'node:crypto'
import { canonicalJson } from '@imperal/ir'
import type { ConfirmedCall } from '../corridor/stages.ts'

/** What somebody meant once, however often it is attempted. */
function intentionOf({ pass, consent }: ConfirmedCall, taskId: string | null): readonly string[] {
  const { intent, actor, callId } = pass
  if (consent.confirmationId !== null) return ['confirmation', consent.confirmationId]
  // A step of a turn or of an automation: whoever goes on with it after a crash means the same.
  if (intent.stepId !== undefined) return ['step', intent.chainId ?? pass.traceId, intent.stepId]
  if (taskId !== null) return ['task', taskId]
  if (intent.idempotencyKey !== undefined) return ['request', actor.tenantId, actor.userId, intent.idempotencyKey]
  return ['call', callId]
}

/**
 * Names one effect for third parties (K4.20, K4.21): every attempt at it has the same key, and nothing else has. Hides what
 * it is made of.
 */
export function idempotencyKeyOf(call: ConfirmedCall, taskId: string | null): string {
  const { itemNo = 0 } = call.pass.intent
  const of = [...intentionOf(call, taskId), itemNo, call.use.app.appId, call.handler.functionName]
  const text = `${JSON.stringify(of)}\n${canonicalJson(call.params)}`
  return `sha256:${hash('sha256', text)}`
}
