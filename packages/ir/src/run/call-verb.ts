import type { JsonObject, JsonValue } from '@imperal/contract'
import { isObject } from '../json.ts'
import { IR_LIMITS } from '../limits.ts'
import { withPortErrors } from './port-errors.ts'
import { RunError } from './run-error.ts'
import { runFunction } from './run-function.ts'
import { findFunction, type RunState, takeOne } from './run-state.ts'

/** A sibling runs as a child of the same run: own steps and budget, shared time, directives and counts (I5.4). */
async function callSibling(state: RunState, name: string, params: JsonObject): Promise<JsonValue> {
  const callee = findFunction(state.document, name)
  if (callee === undefined) throw new RunError('UNKNOWN_SUB_FUNCTION', `This app has no function “${name}”.`)
  if (state.stack.includes(name))
    throw new RunError('IR_CALL_CYCLE', `Circular call detected: ${[...state.stack, name].join(' -> ')}`)
  if (state.stack.length > IR_LIMITS.nestedCalls)
    throw new RunError('IR_LIMIT', `Calls go at most ${IR_LIMITS.nestedCalls} deep.`)
  const { data } = await runFunction({ ...state, stack: [...state.stack, name] }, callee, params)
  return data
}

const unwrapped = (value: JsonValue): JsonValue =>
  isObject(value) && value.status === 'success' && value.data !== undefined ? value.data : value

/** `call` (ir 5.3): a sibling in process, another app through the inter-extension corridor. */
export async function callVerb(state: RunState, args: JsonObject): Promise<JsonValue> {
  takeOne(state, 'calls')
  const name = typeof args.function === 'string' ? args.function : ''
  const params = isObject(args.params) ? args.params : {}
  const own = state.document.app.id
  if (args.app_id === undefined || args.app_id === own) return callSibling(state, name, params)
  const other = await withPortErrors(() => state.callback('extensions', 'call', [args.app_id ?? '', name, params]))
  return unwrapped(other)
}
