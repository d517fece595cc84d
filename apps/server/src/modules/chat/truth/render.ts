import type { JsonObject, JsonValue } from '@imperal/contract'
import { type AssistantLimits, DEFAULT_LIMITS } from '../limits.ts'
import { type CallRecord, hasFailed, intercepted, isChange, isPromoted, succeeded } from '../plan/records.ts'
import { failureWords } from '../words/error-words.ts'
import { phrase } from '../words/phrases.ts'

export interface RenderOptions {
  readonly language: string | null
  readonly limits?: Pick<AssistantLimits, 'list_truncate_items' | 'string_truncate_chars'>
}

const plain = (value: JsonValue, most: number): string => {
  if (typeof value === 'string') return value.slice(0, most)
  if (value === null || typeof value !== 'object') return String(value)
  const object = value as JsonObject
  const title = Array.isArray(value) ? null : (object.title ?? object.name ?? object.text ?? object.summary)
  return typeof title === 'string' ? title.slice(0, most) : JSON.stringify(value).slice(0, most)
}

function digest(data: JsonObject, options: RenderOptions): string {
  const limits = options.limits ?? DEFAULT_LIMITS
  const list = Object.values(data).find((value): value is JsonValue[] => Array.isArray(value))
  if (list) {
    const shown = list
      .slice(0, limits.list_truncate_items)
      .map((item) => `- ${plain(item, limits.string_truncate_chars)}`)
    const left = list.length - shown.length
    // A cut is said (I-TOOLS-HONEST-TRUNCATION).
    return [...shown, ...(left > 0 ? [phrase('more_items', options.language, { count: left })] : [])].join('\n')
  }
  return Object.entries(data)
    .filter(([key]) => !key.startsWith('_') && !key.endsWith('_id') && key !== 'id')
    .map(([key, value]) => `${key.replaceAll('_', ' ')}: ${plain(value, limits.string_truncate_chars)}`)
    .join('\n')
}

/** `delete_note` of Notes → `Notes: delete note`. */
export const labelOf = ({ step }: Pick<CallRecord, 'step'>): string =>
  `${step.function.appName}: ${step.function.name.replaceAll('_', ' ')}`

/** The outcome of one call in plain words, without a model (K3.49). */
export function renderOutcome(record: CallRecord, options: RenderOptions): string {
  const { language } = options
  const what = labelOf(record)
  if (record.outcome === null)
    return phrase('skipped', language, { what, why: phrase(`skip.${record.reason ?? 'stopped'}`, language) })
  const { response } = record.outcome
  if (intercepted(record)) return phrase('needs_confirmation', language, { what })
  if (isPromoted(record)) return response.summary ?? phrase('goes_on', language, { what })
  if (!succeeded(record)) {
    const told = phrase('failed', language, { what, why: failureWords(record.outcome, language) })
    // What only the person can set is one step away.
    const isLocked = response.error_code === 'SECRET_MISSING'
    return isLocked ? `${told} [${phrase('set_secret', language)}](/ext/${record.step.function.appId}/secrets)` : told
  }
  const summary = response.summary ?? ''
  if (isChange(record)) return summary || phrase('done', language, { what })
  // Several lines are the whole answer in the app's own words (K3.49).
  if (summary.includes('\n')) return summary
  const data = digest((response.data ?? {}) as JsonObject, options)
  return [summary, data].filter((part) => part !== '').join('\n\n') || phrase('nothing_found', language, { what })
}

/** The outcome of every call: what happened, what did not, what waits. The cards of a fan-out are one line. */
export function renderOutcomes(records: readonly CallRecord[], options: RenderOptions = { language: 'en' }): string {
  const lines = records.map((record) => renderOutcome(record, options))
  const counted = lines.map((line) => ({ line, times: lines.filter((one) => one === line).length }))
  const unique = [...new Map(counted.map((entry) => [entry.line, entry])).values()]
  return unique.map(({ line, times }) => (times > 1 ? `${line} (×${times})` : line)).join('\n\n')
}

/** What was done and what was not, with reasons: in place of a text that told it wrongly (K3.45). */
export function renderIntegrity(records: readonly CallRecord[], options: RenderOptions): string {
  const { language } = options
  const part = (key: 'completed' | 'not_completed', list: readonly CallRecord[]) =>
    list.length === 0
      ? ''
      : `${phrase(key, language)}\n${list.map((record) => `- ${renderOutcome(record, options).replaceAll('\n', ' ')}`).join('\n')}`
  return [
    records.some(hasFailed) ? phrase('some_failed', language) : '',
    part('completed', records.filter(succeeded)),
    part(
      'not_completed',
      records.filter((record) => !succeeded(record)),
    ),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}
