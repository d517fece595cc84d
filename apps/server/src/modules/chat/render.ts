import type { JsonObject, JsonValue } from '@imperal/contract'
import { intercepted, type StepRecord, succeeded } from './run-plan.ts'

const MOST_ITEMS = 50
const MOST_CHARACTERS = 1500

const plain = (value: JsonValue): string => {
  if (typeof value === 'string') return value.slice(0, MOST_CHARACTERS)
  if (value === null || typeof value !== 'object') return String(value)
  const object = value as JsonObject
  const title = Array.isArray(value) ? null : (object.title ?? object.name ?? object.text ?? object.summary)
  return typeof title === 'string' ? title.slice(0, MOST_CHARACTERS) : JSON.stringify(value).slice(0, MOST_CHARACTERS)
}

function digest(data: JsonObject): string {
  const list = Object.values(data).find((value): value is JsonValue[] => Array.isArray(value))
  if (list)
    return list.length === 0
      ? ''
      : list
          .slice(0, MOST_ITEMS)
          .map((item) => `- ${plain(item)}`)
          .join('\n')
  return Object.entries(data)
    .filter(([key]) => !key.startsWith('_') && !key.endsWith('_id') && key !== 'id')
    .map(([key, value]) => `${key.replaceAll('_', ' ')}: ${plain(value)}`)
    .join('\n')
}

const label = (record: StepRecord): string =>
  `${record.step.function.appName}: ${record.step.function.name.replaceAll('_', ' ')}`

function line(record: StepRecord): string {
  if ('skipped' in record) return `${label(record)} was not run: ${record.skipped}.`
  const { response } = record.outcome
  if (intercepted(record)) return `${label(record)} needs your confirmation.`
  if (record.outcome.status === 'success') {
    const data = digest((response.data ?? {}) as JsonObject)
    const summary = response.summary ?? ''
    if (record.step.function.actionType !== 'read') return summary || `${label(record)} is done.`
    return [summary, data].filter((part) => part !== '').join('\n\n') || `${label(record)}: nothing found.`
  }
  return `${label(record)} did not work. ${response.error ?? ''}`.trim()
}

/** The outcome of every call in plain words, without a model: what happened, what did not, what waits (K3.49). */
export function renderOutcomes(records: readonly StepRecord[]): string {
  return records.map(line).join('\n\n')
}

/** Whether a model may phrase the outcome: only when everything asked for was read and worked. Anything else is told in fixed words. */
export const mayNarrate = (records: readonly StepRecord[]): boolean =>
  records.length > 0 && records.every((record) => succeeded(record) && record.step.function.actionType === 'read')
