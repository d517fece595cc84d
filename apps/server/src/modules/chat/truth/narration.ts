import type { JsonObject, JsonValue } from '@imperal/contract'
import {
  checkNarration,
  EMIT_NARRATION_TOOL,
  formatLedger,
  type LedgerEntry,
  NarrationEmission,
  parseNarration,
  trimToolResult,
} from '@imperal/contract/guards'
import type { Fact } from '../messages.ts'
import { type CallRecord, intercepted, isChange, succeeded } from '../plan/records.ts'
import { claimedActions, covers, kindOf } from './claims.ts'
import { type Grounds, inventedIdentifiers, inventedNames, inventedNumbers } from './grounding.ts'
import { claimsUnknownPresence, type Presence, saysPresence } from './presence.ts'
import { sentences } from './talk.ts'

/** What the narrator must say, and nothing else (kernel 3.8, layer C). */
export { NarrationEmission, parseNarration as parseEmission }

// Keywords that strict output modes of some providers refuse; what they limit is checked when the answer is parsed.
const LIMITS = new Set(['minimum', 'maximum', 'maxLength', 'maxItems', 'default', '$schema'])

/** A schema as strict output modes want it: all members required, closed, without limits. */
function strict(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(([name]) => !LIMITS.has(name))
  const plain = Object.fromEntries(kept.map(([name, value]) => [name, strict(value)]))
  return isRecord(schema.properties) ? { ...plain, required: Object.keys(schema.properties) } : plain
}
const isRecord = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `emit_narration`, frozen (I-NARRATION-TOOL-SHAPE-1): the tool of the library, for providers. */
export const EMIT_NARRATION: JsonObject = {
  title: EMIT_NARRATION_TOOL.name,
  ...(strict(EMIT_NARRATION_TOOL.inputSchema as JsonObject) as JsonObject), // an object stays one
}

/** The status by which the truth gate knows a call: `intercepted` > `error` > `success` (layer A). */
export const verdictOf = (record: CallRecord): 'success' | 'error' | 'intercepted' =>
  intercepted(record) ? 'intercepted' : succeeded(record) ? 'success' : 'error'

/** Calls that reached the corridor, in their order: what a narration counts. */
export const narratable = (records: readonly CallRecord[]): CallRecord[] =>
  records.filter((record) => record.outcome !== null)

/** The calls as the library's ledger knows them. */
export const ledgerOf = (records: readonly CallRecord[]): LedgerEntry[] =>
  narratable(records).map((record) => ({
    name: record.step.function.name,
    params: record.args,
    actionType: record.step.function.actionType,
    success: succeeded(record),
    intercepted: intercepted(record),
    event: '',
    result: record.outcome?.response ?? null,
  }))

/** What happened, a line for each call: nothing beyond it may be told (sdk.md 9.10, I-NARRATION-STRICT-1). */
export const operationsOf = (records: readonly CallRecord[]): string => formatLedger(ledgerOf(records))

// A model counts three characters a token; lists give way before texts are cut in the middle.
const TOKEN = 3
const LIST_LENGTHS = [50, 20, 5, 1]

/** Data in the size that a model is given: a cut says so, and how much there was (K2.29, I-TOOLS-HONEST-TRUNCATION). */
function bounded(data: JsonValue, most: number): JsonValue {
  const text = JSON.stringify(data)
  if (text.length <= most) return data
  const maxTokens = most / TOKEN
  for (const listMax of LIST_LENGTHS) {
    const trimmed = trimToolResult(text, { maxTokens, listMax })
    if (trimmed.length <= most) return JSON.parse(trimmed) as JsonValue // nothing was cut through
  }
  return trimToolResult(text, { maxTokens })
}

/** What a model is shown of the calls: `most` characters in all, `each` of the data of one. */
export function digestOf(
  records: readonly CallRecord[],
  most: number,
  each: number = Number.POSITIVE_INFINITY,
): string {
  const calls = narratable(records)
  const told = (share: number) =>
    JSON.stringify(
      calls.map((record, call_index) => ({
        call_index,
        name: record.step.function.name,
        app: record.step.function.appName,
        status: verdictOf(record),
        arguments: record.args,
        summary: record.outcome?.response.summary ?? null,
        ...(succeeded(record)
          ? { data: bounded((record.outcome.response.data ?? null) as JsonValue, share) }
          : { error: record.outcome?.response.error_code ?? null }),
      })),
    )
  const text = told(each)
  if (text.length <= most) return text
  // Every call stays in sight, each with its share.
  const rest = most - told(0).length
  const shared = told(Math.min(each, Math.max(0, Math.floor(rest / Math.max(1, calls.length)))))
  return trimToolResult(shared, { maxTokens: most / TOKEN, listMax: calls.length })
}

/** Results of the reads that worked, whole: what a change returns says nothing of what else is there. */
export const resultsOf = (records: readonly CallRecord[]): Fact[] =>
  narratable(records)
    .filter(succeeded)
    .filter((record) => !isChange(record))
    .map(({ step, outcome }) => ({
      app_id: step.function.appId,
      function: step.function.name,
      data: (outcome.response.data ?? {}) as JsonObject,
    }))

/** What a narration may rest on. */
export function groundsOf(records: readonly CallRecord[], message: string): Grounds {
  const calls = narratable(records)
  const parts = calls.map((record) => ({
    args: record.args,
    data: succeeded(record) ? record.outcome.response.data : null,
    summary: record.outcome?.response.summary ?? null,
    app: record.step.function.appName,
    name: record.step.function.name.replaceAll('_', ' '),
  }))
  const successes = calls.filter(succeeded).length
  return {
    text: `${message}\n${JSON.stringify(parts)}`,
    // No list: its length would be a number that may be told of anything.
    data: { ...parts } as unknown as Grounds['data'],
    // Of a single call nobody counts calls.
    counts: calls.length === 1 ? [] : [calls.length, successes, calls.length - successes],
  }
}

/** The gate at which a narration fell, with what it said; null: it may be shown. */
export interface Fall {
  readonly gate: 'N1' | 'N2' | 'N3' | 'N5' | 'I-AH-2' | 'I-AH-4'
  readonly why: string
}

export interface NarrationCheck {
  readonly mode: 'audit' | 'narrative'
  readonly records: readonly CallRecord[]
  readonly message: string
  readonly language: string
  /** What is known to be there: results of the calls, sections, earlier results. */
  readonly presence: Presence
}

function coverage(emission: NarrationEmission, calls: readonly CallRecord[]): Fall | null {
  const unmatched = checkNarration(emission, ledgerOf(calls))
  if (unmatched !== null) return { gate: 'N2', why: unmatched }
  const told = new Set<number>()
  for (const { call_index: index } of emission.per_call_verdicts) {
    if (told.has(index)) return { gate: 'N2', why: `call ${index} is told twice` }
    told.add(index)
  }
  const left = calls.findIndex((record, index) => isChange(record) && !told.has(index))
  return left < 0 ? null : { gate: 'N2', why: `call ${left} changes something and is not told` }
}

/** Claims of a text that no call among `done` covers. */
function uncovered(text: string, done: readonly CallRecord[]): string[] {
  const happened = done.filter(isChange).map((record) => kindOf(record.step.function.name))
  return [...claimedActions(text)].filter((claim) => !happened.some((kind) => covers(kind, claim)))
}

const BOASTS =
  /(?<!\p{L})(?:success(?:ful(?:ly)?)?|succeed(?:ed|s)?|erfolgreich|успешно|con éxito|avec succès|con successo|com sucesso|成功)(?!\p{L})/iu

function honesty(emission: NarrationEmission, calls: readonly CallRecord[]): Fall | null {
  for (const verdict of emission.per_call_verdicts) {
    const record = calls[verdict.call_index] as CallRecord // coverage came before
    const own = succeeded(record) ? [record] : []
    const claims = uncovered(verdict.user_phrasing, own)
    if (claims.length > 0 || (own.length === 0 && BOASTS.test(verdict.user_phrasing)))
      return { gate: 'N3', why: `the words for call ${verdict.call_index} claim what did not happen` }
  }
  const done = calls.filter(succeeded)
  const claims = uncovered(emission.prose, done)
  if (claims.length > 0) return { gate: 'N3', why: `the text claims ${claims.join(', ')} without such a call` }
  // Where something of a kind failed, a text about all of them can only be checked verdict by verdict.
  const failed = calls
    .filter((record) => !succeeded(record) && isChange(record))
    .map((record) => kindOf(record.step.function.name))
  const claimed = [...claimedActions(emission.prose)]
  if (failed.some((kind) => claimed.some((claim) => covers(kind, claim))) && emission.mode === 'narrative')
    return { gate: 'N3', why: 'the text speaks of success where a call of that kind failed' }
  if (done.length === 0 && calls.length > 0 && BOASTS.test(emission.prose))
    return { gate: 'N3', why: 'the text speaks of success and nothing succeeded' }
  return null
}

function grounded(
  text: string,
  grounds: Grounds,
  { presence, language }: { readonly presence: Presence | null; readonly language: string },
): Fall | null {
  const [identifier] = inventedIdentifiers(text, grounds.text)
  if (identifier !== undefined) return { gate: 'N5', why: `${identifier} occurs nowhere` }
  const [number] = inventedNumbers(text, grounds)
  if (number !== undefined) return { gate: 'I-AH-2', why: `the number ${number} occurs nowhere` }
  for (const sentence of sentences(text)) {
    // How many calls there were is no count of what is there.
    const [count] = saysPresence(sentence) ? inventedNumbers(sentence, { ...grounds, counts: [] }) : []
    if (count !== undefined) return { gate: 'I-AH-2', why: `the number ${count} occurs nowhere` }
    if (presence !== null && claimsUnknownPresence(sentence, presence))
      return { gate: 'I-AH-2', why: 'what the text says to be there, or not to be, is not what was read' }
  }
  const [name] = inventedNames(text, grounds, language)
  return name === undefined ? null : { gate: 'I-AH-4', why: `“${name}” occurs nowhere` }
}

/** The gates of layer C in their order, on an emission of the right shape. Null: every word may be shown. */
export function verifyNarration(emission: NarrationEmission, check: NarrationCheck): Fall | null {
  if (emission.mode !== check.mode) return { gate: 'N1', why: `the mode is ${check.mode}` }
  const calls = narratable(check.records)
  const fall = coverage(emission, calls) ?? honesty(emission, calls)
  if (fall !== null) return fall
  const grounds = groundsOf(check.records, check.message)
  const unknown = emission.identifiers_used.find((id) => !grounds.text.includes(id))
  if (unknown !== undefined) return { gate: 'N5', why: `${unknown} occurs nowhere` }
  if (emission.prose.trim() === '' && emission.mode === 'narrative') return { gate: 'N1', why: 'the text is empty' }
  const prose = grounded(emission.prose, grounds, check)
  if (prose !== null) return prose
  for (const { status, user_phrasing } of emission.per_call_verdicts) {
    // "The note was not found" is the error of a call; its words are not shown, and say nothing of what was read.
    const found = grounded(user_phrasing, grounds, status === 'success' ? check : { ...check, presence: null })
    if (found !== null) return found
  }
  return null
}
