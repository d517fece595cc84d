import type { Action } from '@imperal/contract'
import type { TracedTurn } from '../ports.ts'

/** What turned a call away, by the code that the gate answers with (kernel 3.2). */
const GATES: Readonly<Record<string, string>> = {
  TENANT_SCOPE_VIOLATION: 'tenant boundary',
  UNKNOWN_TOOL: 'availability',
  UNKNOWN_SUB_FUNCTION: 'availability',
  PERMISSION_DENIED: 'permissions',
  RATE_LIMITED: 'quota',
  TASK_LIMIT_REACHED: 'quota',
  INSUFFICIENT_CREDITS: 'money',
  SECRET_MISSING: 'required secrets',
  CONFIRMATION_REQUIRED: 'confirmation',
}

const NARRATIONS: Readonly<Record<string, string>> = {
  fabrication: 'a reply that claimed what was not done was replaced',
  integrity_failure: 'a reply that did not match the results was replaced',
  narration_replaced: 'the wording of a model was replaced by fixed words',
  consent_missing: 'something was asked for that nobody had agreed to',
  kav_failed: 'the change could not be carried out after several attempts',
}

const quoted = (text: string | null): string => (text === null || text.trim() === '' ? '' : ` “${text.trim()}”`)
const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
const words = (id: string): string => id.replaceAll('_', ' ')
const scopesOf = ({ facts }: Action): string[] =>
  Array.isArray(facts.checked_scopes) ? facts.checked_scopes.filter((scope) => typeof scope === 'string') : []

function gatesOf(call: Action): string {
  const gate = call.error === null ? undefined : GATES[call.error]
  if (call.status === 'intercepted') return 'waits for a confirmation'
  if (call.status === 'validation_rejected') return `turned away by the guard of its arguments (${call.error ?? ''})`
  if (call.status === 'denied') return `turned away at the gate ${gate ?? words(call.error ?? 'unknown').toLowerCase()}`
  const scopes = scopesOf(call)
  return [
    scopes.length === 0 ? 'no permission needed' : `permission ${scopes.join(', ')} held`,
    `confirmation ${words(call.confirmation)}`,
  ].join(', ')
}

function callLine(call: Action, index: number): string {
  const parts = [
    gatesOf(call),
    `${words(call.status)}${call.error === null ? '' : ` (${call.error})`} after ${call.duration_ms} ms${quoted(call.result_preview)}`,
    ...(call.event_type === null ? [] : [`announced ${call.event_type}`]),
    plural(call.charged_credits, 'credit'),
  ]
  return `${index + 1}. ${call.app_id}.${call.tool_name} (${call.action_type}, ${call.source}): ${parts.join('; ')}.`
}

function planLines({ steps, intent }: TracedTurn): string[] {
  if (steps.length === 0) return [`Understood as ${intent ?? 'talk'}; no plan.`]
  const told = steps.map(
    ({ id, call, after }) => `${id} ${call}${after.length === 0 ? '' : ` after ${after.join(', ')}`}`,
  )
  return [`Understood as ${intent ?? 'unknown'}; planned ${plural(steps.length, 'step')}: ${told.join('; ')}.`]
}

function narrationLine({ verdicts, state }: TracedTurn): string {
  const known = verdicts.map((verdict) => NARRATIONS[verdict] ?? words(verdict))
  return `Narration: ${known.length === 0 ? 'nothing in the reply had to be replaced' : known.join('; ')}. The turn is ${words(state).toLowerCase()}.`
}

/**
 * What happened under one trace, in sentences: the message, the plan, each call with its gates and result, what was checked of
 * the reply, and the price (K11.4). `calls` in their order; `turn` is absent where no conversation asked, or it is forgotten.
 */
export function tellTrace(calls: readonly Action[], turn: TracedTurn | null): string[] {
  const [first] = calls
  const message = turn?.message ?? first?.message_preview ?? null
  const asked = first === undefined ? '' : `${first.created_at}: ${first.user_id} through ${first.source}`
  const price = calls.reduce((sum, call) => sum + call.charged_credits, 0)
  const time = calls.reduce((sum, call) => sum + call.duration_ms, 0)
  return [
    `${asked}${message === null ? '' : ` asked${quoted(message)}`}.`,
    ...(turn === null ? [] : planLines(turn)),
    ...calls.map(callLine),
    ...(turn === null ? [] : [narrationLine(turn)]),
    `Price: ${plural(price, 'credit')} for ${plural(calls.length, 'call')} in ${time} ms.`,
  ]
}
