import type { JsonObject, JsonValue } from '@imperal/contract'
import { fullSchema } from '../derive/params-schema.ts'
import type { IrFunction } from '../document.ts'
import { IR_LIMITS, isLargerThan } from '../limits.ts'
import { resolveTree } from '../panel/resolve-tree.ts'
import { checkParams } from './check-params.ts'
import { projectCanon } from './records.ts'
import { RunError } from './run-error.ts'
import { type FlowOutcome, runFlow } from './run-flow.ts'
import type { RunState } from './run-state.ts'

/** The shaped result of a function (ir 4.4) beside the raw outcome of its flow. */
export interface FunctionOutcome {
  readonly data: JsonValue
  readonly summary: string
  readonly ui: JsonValue | null
  readonly flow: FlowOutcome
}

function chatMessage(directives: readonly JsonObject[]): string | null {
  const said = directives.findLast(({ action, channel }) => action === 'send' && channel !== 'notification')
  return typeof said?.message === 'string' && said.message !== '' ? said.message : null
}

function checkAnswer(data: JsonValue): void {
  if (isLargerThan(data, IR_LIMITS.responseBytes))
    throw new RunError('IR_LIMIT', `The result is larger than ${IR_LIMITS.responseBytes} bytes; list less at a time.`)
}

/** Checks the params, walks the steps, shapes the result. @throws RunError */
export async function runFunction(state: RunState, fn: IrFunction, given: JsonObject): Promise<FunctionOutcome> {
  const params = checkParams(given, fullSchema(fn))
  const before = state.directives.length
  const flow = await runFlow(state, fn.steps, params, resolveTree)
  checkAnswer(flow.data) // before every record in it is copied
  const data = projectCanon(state.document, flow.data)
  checkAnswer(data)
  const summary = flow.summary ?? chatMessage(state.directives.slice(before)) ?? `${fn.name}: done`
  return { data, summary, ui: flow.ui, flow }
}
