import type { ChatChange, JsonObject, JsonValue } from '@imperal/contract'
import { maskArguments } from '../../kernel/index.ts'
import type { Fact } from '../messages.ts'
import { targetParameter } from '../plan/plan.ts'
import { type CallRecord, isChange, succeeded } from '../plan/records.ts'

const MOST_FIELDS = 8
// All of it goes into one message of the stream.
const LONGEST_VALUE = 120
const DEEPEST = 5

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const hasId = (object: JsonObject, id: JsonValue): boolean =>
  Object.entries(object).some(([key, value]) => value === id && /(?:^|_)id$/.test(key))

/** The object of an id inside a result. */
function findById(value: JsonValue | undefined, id: JsonValue, depth = 0): JsonObject | null {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return null
  if (isObject(value) && hasId(value, id)) return value
  for (const entry of Object.values(value)) {
    const found = findById(entry, id, depth + 1)
    if (found !== null) return found
  }
  return null
}

/** A value short enough to be read in a line. */
function short(value: JsonValue): JsonValue {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= LONGEST_VALUE ? value : `${text.slice(0, LONGEST_VALUE)}…`
}

/** What a change was about to meet: the newest reading of its target, in this turn or before it. */
function before(record: CallRecord, id: JsonValue, known: Known): JsonObject | null {
  const at = known.records.indexOf(record)
  const earlier = known.records
    .slice(0, at < 0 ? undefined : at)
    .filter(succeeded)
    .toReversed()
  const results = [
    ...earlier.map(({ outcome }) => outcome.response.data as JsonValue),
    ...known.facts.map(({ data }) => data as JsonValue),
  ]
  for (const data of results) {
    const found = findById(data, id)
    if (found !== null) return found
  }
  return null
}

interface Known {
  readonly records: readonly CallRecord[]
  /** Exact results of earlier turns, newest first. */
  readonly facts: readonly Fact[]
}

/**
 * Field by field what a call that worked has changed: `before` as it was last read, absent where nobody read it (I-STREAM-STEP-DIFF).
 * From arguments and results alone; secrets are hidden, long texts cut.
 */
export function changesOf(record: CallRecord, known: Known): ChatChange[] {
  if (!isChange(record) || !succeeded(record)) return []
  const target = targetParameter(record.step.function)
  const id = target === null ? undefined : record.args[target]
  const old = id === undefined ? null : before(record, id, known)
  const shown = old === null ? null : maskArguments(old, { personal: false })
  return Object.entries(maskArguments(record.args, { personal: false }))
    .filter(([field]) => field !== target)
    .filter(([field]) => old === null || JSON.stringify(old[field]) !== JSON.stringify(record.args[field]))
    .slice(0, MOST_FIELDS)
    .map(([field, after]) => {
      const was = shown?.[field]
      return was === undefined ? { field, after: short(after) } : { field, before: short(was), after: short(after) }
    })
}
