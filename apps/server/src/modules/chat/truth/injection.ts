import type { JsonValue } from '@imperal/contract'
import { isFiller, termsOf } from '../../../foundation/words.ts'
import type { CatalogFunction } from '../../kernel/index.ts'
import type { HistoryEntry } from '../messages.ts'
import { type PlanStep, targetParameter } from '../plan/plan.ts'
import { asksByVerb, requestedTerms, requestsIn, wantsNothingDone, wantsToRead } from '../words/asking.ts'
import { type ActionKind, isDenied, kindOf } from './claims.ts'

/** Where a word that is a noun as well is a verb: at the beginning, or behind a word that leads to one. */
const AS_VERB =
  "(?:^[^\\p{L}\\p{N}]*|(?<!\\p{L})(?:and|then|please|to|you|just|now|also|kindly|or|let[’']?s|bitte|und|dann|y|por favor|et|puis|и)\\s+)"
const verbs = (anywhere: string, asVerb: string): RegExp =>
  new RegExp(`(?<!\\p{L})(?:${anywhere})|${AS_VERB}(?:${asVerb})`, 'iu')

/** Verbs that ask for a kind of action, in the languages of the fixed sentences and their neighbours. */
const ASKED: Readonly<Partial<Record<ActionKind, RegExp>>> = {
  delete: verbs(
    'delet|remov|eras|trash|purg|wip|revok|suspend|uninstall|unsubscrib|get rid|throw|destroy|discard|lösch|losch|entfern|stornier|wirf|borr|elimin|supprim|effac|annul|cancell|rimuov|exclu|удал|убер|убра|стер|отмен|очист|删除|削除',
    'cancel|clear|drop|empty|quita|retire|enl[eè]ve|apag|jette',
  ),
  send: verbs(
    '(?:see to it|make sure|ensure) .*(?<!\\p{L})sent(?!\\p{L})|send|notify|forward (?:it|this|that|them|the|to|my|all|every)|let (?!me\\b)\\p{L}+ know|e-?mail (?:it|this|that|him|her|them|to)|schick|sende|verschick|antworte|weiterleit|leite .* weiter|veröffentlich|benachrichtig|env[ií]|mand[aá]|publica|comparte|responde|reenv|envo[iy]|répond|partage[zr]?(?!\\p{L})|invia|rispond|отправ|перешл|ответь|опубликуй|поделись|сообщи|发送|送信|返信',
    'e-?mail|mail|repl(?:y|ies)|post|publish|share|invite|tell (?!me\\b)|message|text|write|answer|forward|announce|teile|lade|mail[en]|publie|invite[zr]?|напиши',
  ),
  pay: verbs(
    'refund|purchas|bezahl|kauf|überweis|achet|оплат|купи|закаж|перевед|支付',
    'pay|buy|order|transfer|wire|donate|bestell|paga|compra|paie|paye[zr]?|commande[zr]?|vire[zr]?',
  ),
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

/** What says which function is meant: the words of its name and of its description, and its app. */
const wordsFor = ({ function: entry }: PlanStep): string[] =>
  termsOf(`${entry.name.replaceAll('_', ' ')} ${entry.appId} ${entry.appName} ${entry.description}`).filter(
    (word) => !isFiller(word),
  )

/** Whether a message asks for what a step does: by its verb, in its kind, or in its words. Questions and denials ask for nothing. */
function isAskedFor(said: string, step: PlanStep): boolean {
  if (asksByVerb(said, step.function.name)) return true
  const asked = ASKED[kindOf(step.function.name)]
  if (asked !== undefined) return requestsIn(said).some((clause) => asked.test(clause))
  const terms = requestedTerms(said)
  return wordsFor(step).some((word) => terms.has(word))
}

/** What the assistant asked counts when the person agrees, and neither denies it nor asks or wants to read something else. */
function isAgreedTo({ said, question }: Basis, step: PlanStep): boolean {
  if (question === '' || isDenied(said) || wantsToRead(said)) return false
  const asked = ASKED[kindOf(step.function.name)]
  if (asked !== undefined) return asked.test(question)
  const terms = new Set(termsOf(question))
  return wordsFor(step).some((word) => terms.has(word))
}

function stringsIn(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsIn)
}

const SHORTEST_DRAWN = 3
const flat = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, ' ').trim()

/** Whether a step takes a value from foreign content and not from the person: its target does not count, for that is found by reading. */
function drawsOn(content: readonly string[], said: string, step: PlanStep): boolean {
  const target = targetParameter(step.function)
  const own = flat(said)
  const foreign = content.map(flat)
  return Object.entries(step.args)
    .filter(([name]) => name !== target)
    .flatMap(([, value]) => stringsIn(value))
    .map(flat)
    .some(
      (value) => value.length >= SHORTEST_DRAWN && !own.includes(value) && foreign.some((text) => text.includes(value)),
    )
}

export interface Basis {
  /** What the person said in this turn. */
  readonly said: string
  /** What the assistant asked before, when this answers it; empty: nothing. */
  readonly question: string
  /** Content of earlier results and of this turn's: mails, notes, pages, documents, sections of apps. */
  readonly content: readonly string[]
}

/**
 * The steps of a plan that have no basis but foreign content (K9.11): they change something, the person's words ask for nothing
 * of their kind, and the content speaks of them, or gives them their values, or the person only asked to be told something.
 * Consent for them is missing.
 */
export const withoutConsent = (steps: readonly PlanStep[], basis: Basis): PlanStep[] =>
  steps.filter(
    (step) =>
      step.typed !== true &&
      step.function.actionType !== 'read' &&
      basis.content.some((content) => content.trim() !== '') &&
      !isAskedFor(basis.said, step) &&
      !isAgreedTo(basis, step) &&
      ((basis.question === '' && wantsNothingDone(basis.said)) ||
        basis.content.some((content) => suggests(content, step)) ||
        drawsOn(basis.content, `${basis.said}\n${basis.question}`, step)),
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

/** The words in a result, without the names of its fields: those are the app's own. */
export const wordsIn = (data: JsonValue): string => stringsIn(data).join('\n')

/**
 * Foreign content of earlier turns: everything that calls returned, what was told of reads, and what apps and tasks said. What was
 * told of a change is the platform's own word for what the person wanted.
 */
export function contentOf(history: readonly HistoryEntry[], catalog: readonly CatalogFunction[]): string[] {
  const changes = new Set(
    catalog.filter(({ actionType }) => actionType !== 'read').map(({ appId, name }) => `${appId}.${name}`),
  )
  const tellsReads = ({ role, facts }: HistoryEntry) =>
    role === 'assistant' && facts.length > 0 && !facts.some((fact) => changes.has(`${fact.app_id}.${fact.function}`))
  return history.flatMap((entry) => [
    ...entry.facts.map((fact) => wordsIn(fact.data)),
    ...(entry.isDelivered === true || tellsReads(entry) ? [entry.text] : []),
    ...(entry.attachments ?? []).map(({ name }) => name),
  ])
}

const NAME = /[a-z][a-z0-9]*(?:_[a-z0-9]+)+/g

/** Descriptions in which an app speaks of the functions of another one: its words about itself are none about those. */
export function descriptionsOfOthers(catalog: readonly CatalogFunction[]): string[] {
  const appsOf = new Map<string, Set<string>>()
  for (const { appId, name } of catalog) appsOf.set(name, (appsOf.get(name) ?? new Set()).add(appId))
  return catalog
    .filter(({ appId, description }) =>
      (description.match(NAME) ?? []).some((name) => appsOf.has(name) && appsOf.get(name)?.has(appId) === false),
    )
    .map(({ description }) => description)
}
