import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrSection } from '../document.ts'
import { isObject, isOfType, typeWord } from '../json.ts'
import { IR_LIMITS, isLargerThan } from '../limits.ts'
import { resolveTree } from '../panel/resolve-tree.ts'
import { namedType } from './entity-fields.ts'
import { RunError } from './run-error.ts'
import { runFlow } from './run-flow.ts'
import type { RunState } from './run-state.ts'

const ZERO: Readonly<Record<string, JsonValue>> = { integer: 0, number: 0, string: '', boolean: false, array: [] }
const MOST_ITEMS = 5

/** A value that awareness may hold: scalars, and lists of at most five small things (I8.11). */
const small = (value: JsonValue): JsonValue => (Array.isArray(value) ? value.slice(0, MOST_ITEMS) : value)

/** Missing members get the zero of their type, surplus and wrongly typed ones are dropped (I8.12). */
export function fitShape(value: JsonObject, shape: JsonObject, log: (line: string) => void): JsonObject {
  const names = Object.keys(shape)
  if (names.length === 0)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, small(member)]))
  const fitted: JsonObject = {}
  for (const name of names) {
    const type = namedType(shape[name])
    const member = value[name]
    if (member !== undefined && (type === undefined || isOfType(member, type))) {
      fitted[name] = small(member)
      continue
    }
    if (member !== undefined) log(`'${name}' should be ${type}, not ${typeWord(member)}; it is left out`)
    else if (type !== undefined) fitted[name] = ZERO[type] ?? null
  }
  return fitted
}

/** What a section's producer says, as `{response}` (I8.10). A failing producer throws, so that the old value stays. @throws RunError */
export async function runSection(
  state: RunState,
  section: IrSection,
  log: (line: string) => void,
): Promise<JsonObject> {
  const { data } = await runFlow(state, section.producer, {}, resolveTree)
  const response = fitShape(isObject(data) ? data : {}, section.shape, log)
  if (isLargerThan(response, IR_LIMITS.sectionBytes))
    throw new RunError('IR_LIMIT', `A section has at most ${IR_LIMITS.sectionBytes} bytes.`)
  return { response }
}
