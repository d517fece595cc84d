import type { JsonObject, JsonValue } from '@imperal/contract'
import { isObject } from '../json.ts'
import { IR_LIMITS } from '../limits.ts'
import { withPortErrors } from './port-errors.ts'
import { RunError } from './run-error.ts'
import { type RunState, takeOne } from './run-state.ts'

function checkRange(args: JsonObject, name: string, least: number, most: number): void {
  const value = args[name]
  if (typeof value === 'number' && (value < least || value > most))
    throw new RunError('IR_LIMIT', `“${name}” must be between ${least} and ${most}.`)
}

/** `ai.complete` (ir 5.2): the user's own model; what it says is data for the steps after it. */
export async function completeVerb(state: RunState, args: JsonObject): Promise<JsonValue> {
  const prompt = typeof args.prompt === 'string' ? args.prompt : ''
  if (prompt.length > IR_LIMITS.promptCharacters)
    throw new RunError('IR_LIMIT', `A prompt has at most ${IR_LIMITS.promptCharacters} characters.`)
  checkRange(args, 'temperature', 0, 2)
  checkRange(args, 'max_tokens', 1, 4096)
  takeOne(state, 'completions')
  const { output: _output, ...options } = args
  const answer = await withPortErrors(() => state.callback('ai', 'complete', [{ ...options, prompt }]))
  const { text, model, usage } = isObject(answer) ? answer : {}
  return { text: text ?? '', model: model ?? '', usage: usage ?? {} }
}
