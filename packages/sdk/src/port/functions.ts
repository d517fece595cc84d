import { backgroundTask } from '../context/background.ts'
import { ImperalError, NotFoundError } from '../errors.ts'
import type { ChatFunctionDefinition } from '../extension/chat-extension.ts'
import { ArgumentsError, parseParams } from '../extension/params.ts'
import { type ActionFailure, ActionResult } from '../values/action-result.ts'
import type { JsonValue } from '../values/json.ts'
import type { Invocation } from './handlers.ts'

/** A chat function by name. Unknown names and arguments that do not fit come back as error results with their codes. */
export async function runFunction({ extension, call, ctx, runtime }: Invocation): Promise<JsonValue> {
  const definition = extension.functions.get(call.name)
  if (definition === undefined) return ActionResult.toWire(unknownFunction(call.name))
  const params = acceptedParams(definition, call.params)
  if ('status' in params) return ActionResult.toWire(params.status)
  if (!definition.background) return ActionResult.toWire(await definition.run(ctx, params.accepted))
  const { name, longRunning } = definition
  const taskId = await backgroundTask(runtime, (task) => definition.run(task, params.accepted), { name, longRunning })
  return ActionResult.toWire(
    ActionResult.success(
      { task_id: taskId, background: true },
      `${name} is running in the background. Its result comes as a chat message.`,
    ),
  )
}

/** A function that the kernel itself runs detached: its own result, without a second detour. */
export async function detached({ extension, call, ctx }: Invocation): Promise<JsonValue> {
  const definition = extension.functions.get(call.name)
  if (definition === undefined) return ActionResult.toWire(unknownFunction(call.name))
  const params = acceptedParams(definition, call.params)
  return ActionResult.toWire('status' in params ? params.status : await definition.run(ctx, params.accepted))
}

function acceptedParams(
  { params }: ChatFunctionDefinition,
  raw: JsonValue,
): { accepted: Record<string, unknown> } | { status: ActionFailure } {
  try {
    return { accepted: parseParams(params, raw) }
  } catch (error) {
    if (error instanceof ArgumentsError) return { status: argumentsFailure(error) }
    throw error
  }
}

const codeOf = ({ missing }: ArgumentsError) =>
  missing.length > 0 ? 'VALIDATION_MISSING_FIELD' : 'VALIDATION_TYPE_ERROR'
const sentenceOf = (error: ArgumentsError) => `The arguments do not fit: ${error.message}.`

function argumentsFailure(error: ArgumentsError): ActionFailure {
  return ActionResult.error(sentenceOf(error), { code: codeOf(error) })
}

/** An exposed method by name. What does not fit is thrown with its code before the author's handler begins (kernel 3.7). */
export async function runExposed({ extension, call, ctx }: Invocation): Promise<unknown> {
  const method = extension.exposed.get(call.name)
  if (method === undefined) throw new NotFoundError('exposed method', call.name)
  try {
    return await method.handler(ctx, call.params)
  } catch (error) {
    if (error instanceof ArgumentsError) throw new ImperalError(sentenceOf(error), { code: codeOf(error) })
    throw error
  }
}

function unknownFunction(name: string): ActionFailure {
  return ActionResult.error(`This app has no function '${name}'.`, { code: 'UNKNOWN_SUB_FUNCTION' })
}
