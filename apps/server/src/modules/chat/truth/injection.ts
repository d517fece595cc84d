import { termsOf } from '../../../foundation/words.ts'
import type { HistoryEntry } from '../messages.ts'
import type { PlanStep } from '../plan/plan.ts'
import { type ActionKind, kindOf } from './claims.ts'

/** Verbs that ask for a kind of action, in the languages of the fixed sentences and their neighbours. */
const ASKED: Readonly<Partial<Record<ActionKind, RegExp>>> = {
  delete:
    /\b(?:delet|remov|eras|trash|purg|clear|wip|revok|suspend|cancel|uninstall|unsubscrib|drop|empty|get rid|destroy|lösch|losch|entfern|stornier|borr|elimin|quit|supprim|effac|retir|annul|cancell|rimuov|apag|exclu)|удал|убер|убра|стер|отмен|очист|删除|削除/i,
  send: /\b(?:send|e-?mail|mail|repl|forward|post|publish|shar|notif|invit|tell|messag|write to|answer|schick|send|antwort|veröffentlich|teil|envi|publi|compart|répond|partag|invi|invia|rispond)|отправ|перешл|ответ|опубликуй|поделись|напиши|发送|送信/i,
  pay: /\b(?:pay|buy|purchas|order|transfer|refund|bezahl|kauf|bestell|überweis|pag|compr|achet|command)|оплат|купи|закаж|перевед|支付/i,
}

/** Whether foreign content speaks of what a step does: its function by name, or its verb and its thing. */
function suggests(content: string, step: PlanStep): boolean {
  const { appId, name } = step.function
  const lower = content.toLowerCase()
  if (lower.includes(name.toLowerCase()) || lower.includes(`${appId}.${name}`.toLowerCase())) return true
  const asked = ASKED[kindOf(name)]
  // Deleting, sending and paying are recognised in any known language, whatever they are about.
  if (asked?.test(content) === true) return true
  const terms = new Set(termsOf(content))
  const [verb = '', ...things] = termsOf(name.replaceAll('_', ' '))
  const names = things.length > 0 ? things : termsOf(appId)
  return terms.has(verb) && names.some((thing) => terms.has(thing))
}

/** Whether the person asked for what a step does: in its kind, or in its words. */
function isAskedFor(said: string, step: PlanStep): boolean {
  const { name } = step.function
  const asked = ASKED[kindOf(name)]
  if (asked !== undefined) return asked.test(said)
  const terms = new Set(termsOf(said))
  return termsOf(name.replaceAll('_', ' ')).some((term) => terms.has(term))
}

export interface Basis {
  /** What the person said in this turn, and what the assistant asked before, when this answers it. */
  readonly said: string
  /** Content of earlier results and of this turn's: mails, notes, pages, documents. */
  readonly content: readonly string[]
}

/**
 * The steps of a plan that nothing but foreign content asks for (K9.11): they change something, the content speaks of them,
 * and the person did not. Consent for them is missing.
 */
export const withoutConsent = (steps: readonly PlanStep[], basis: Basis): PlanStep[] =>
  steps.filter(
    (step) =>
      step.typed !== true &&
      step.function.actionType !== 'read' &&
      !isAskedFor(basis.said, step) &&
      basis.content.some((content) => suggests(content, step)),
  )

/** Steps that a later planning, which has seen results, may not add: the person's request settled how far it may go. */
export function beyondRequest(
  steps: readonly PlanStep[],
  first: { readonly intent: string; readonly steps: readonly PlanStep[] },
): PlanStep[] {
  const reach =
    first.intent === 'destructive' || first.steps.some((step) => step.function.actionType === 'destructive')
      ? 2
      : ['write', 'chain', 'automation'].includes(first.intent) ||
          first.steps.some((step) => step.function.actionType === 'write')
        ? 1
        : 0
  const weight = { read: 0, write: 1, destructive: 2 } as const
  return steps.filter((step) => weight[step.function.actionType] > reach)
}

/** Foreign content of earlier turns: everything that calls returned. */
export const contentOf = (history: readonly HistoryEntry[]): string[] =>
  history.flatMap((entry) => entry.facts.map((fact) => JSON.stringify(fact.data)))
