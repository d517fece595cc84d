import type { JsonObject, JsonValue } from '@imperal/contract'
import { type CatalogFunction, maskByRole } from '../../kernel/index.ts'
import type { AssistantLimits } from '../limits.ts'
import type { Fact, HistoryEntry } from '../messages.ts'

/** A result that is too large for later turns leaves this in its place (K2.8). */
export const EXCEEDS_CAP = '_exceeds_cap'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The data of a result without what is internal (K2.7): keys that begin with `_`, at any depth. */
export function withoutInternal(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutInternal)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('_'))
      .map(([key, entry]) => [key, withoutInternal(entry)]),
  )
}

/** One entry of the fact ledger: the exact data, or a marker when it is larger than later turns may hold. */
export function factOf(
  of: { readonly appId: string; readonly name: string },
  data: JsonObject,
  limits: Pick<AssistantLimits, 'cross_turn_facts_full_cap_bytes'>,
): Fact {
  const plain = withoutInternal(data) as JsonObject
  const isLarge = Buffer.byteLength(JSON.stringify(plain)) > limits.cross_turn_facts_full_cap_bytes
  return { app_id: of.appId, function: of.name, data: isLarge ? { [EXCEEDS_CAP]: true } : plain }
}

/** What the classifier may read of a fact: fields with a personal role are masked (K2.6); references still reach them. */
function masked(fact: Fact, catalog: readonly CatalogFunction[]): JsonObject {
  const known = catalog.find((entry) => entry.appId === fact.app_id && entry.name === fact.function)
  return known === undefined ? fact.data : (maskByRole(fact.data, known.returnSchema) as JsonObject)
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}… [cut: ${text.length - length} characters more]`

/** The fact ledger as the classifier reads it: newest turn first, by the references that reach its values (kernel 2.2). */
export function factLines(
  history: readonly HistoryEntry[],
  catalog: readonly CatalogFunction[],
  limits: AssistantLimits,
): string {
  const turns = history
    .filter((entry) => entry.role === 'assistant')
    .reverse()
    .slice(0, limits.classifier_fact_ledger_window)
  return turns
    .map((turn, index) => {
      const lines = turn.facts.map((fact) => {
        const data =
          EXCEEDS_CAP in fact.data
            ? 'too large to be referred to'
            : cut(JSON.stringify(masked(fact, catalog)), limits.classifier_data_facts_chars)
        return `prior_turn[-${index + 1}].${fact.app_id} (${fact.function}): ${data}`
      })
      return cut(lines.join('\n'), limits.classifier_turn_facts_agg_chars)
    })
    .filter((part) => part !== '')
    .join('\n')
}
