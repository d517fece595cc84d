import type { JsonObject, JsonValue, RuleCondition } from '@imperal/contract'

function valueAt(event: JsonObject, path: string): JsonValue | undefined {
  let found: JsonValue | undefined = event
  for (const segment of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, segment)) return undefined
    found = (found as { [key: string]: JsonValue })[segment]
  }
  return found
}

const numberOf = (value: JsonValue | undefined): number | null => {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

const isSame = (one: JsonValue | undefined, other: JsonValue): boolean =>
  one === other || (typeof one !== 'object' && typeof other !== 'object' && String(one) === String(other))

/** Case does not count: people write “invoice” and mails say “Invoice”. */
function contains(found: JsonValue | undefined, wanted: JsonValue): boolean {
  if (typeof found === 'string') return found.toLowerCase().includes(String(wanted).toLowerCase())
  if (Array.isArray(found)) return found.some((entry) => isSame(entry, wanted))
  return typeof found === 'object' && found !== null && typeof wanted === 'string' && Object.hasOwn(found, wanted)
}

function compare(found: JsonValue | undefined, { op, value }: RuleCondition): boolean {
  const [one, other] = [numberOf(found), numberOf(value)]
  switch (op) {
    case 'exists':
      return (found !== undefined && found !== null && found !== '') === (value !== false)
    case 'eq':
      return found !== undefined && isSame(found, value)
    case 'neq':
      return found === undefined || !isSame(found, value)
    case 'in':
      return Array.isArray(value)
        ? value.some((entry) => found !== undefined && isSame(found, entry))
        : contains(value, found ?? null)
    case 'contains':
      return contains(found, value)
    case 'gt':
      return one !== null && other !== null && one > other
    case 'lt':
      return one !== null && other !== null && one < other
  }
}

/** Whether all conditions hold for an event (K6.12). What is not there is equal to nothing. Reads own members only. */
export const conditionsHold = (conditions: readonly RuleCondition[], event: JsonObject): boolean =>
  conditions.every((condition) => compare(valueAt(event, condition.path), condition))
