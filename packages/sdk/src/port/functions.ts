import { backgroundTask } from '../context/background.ts'
import { ImperalError, NotFoundError } from '../errors.ts'
import type { ChatFunctionDefinition } from '../extension/chat-extension.ts'
import { ArgumentsError, parseParams } from '../extension/params.ts'
import { ActionResult } from '../values/action-result.ts'
import type { JsonValue } from '../values/json.ts'
import type { Invocation } from './handlers.ts'

type Answer = (definition: ChatFunctionDefinition, params: Record<string, unknown>) => Promise<ActionResult<unknown>>

/** Unknown names and arguments that do not fit come back as error results with their codes. */
async function answered({ extension, call }: Invocation, answer: Answer): Promise<JsonValue> {
  const definition = extension.functions.get(call.name)
  if (definition === undefined) {
    const code = 'UNKNOWN_SUB_FUNCTION'
    return ActionResult.toWire(ActionResult.error(`This app has no function '${call.name}'.`, { code }))
  }
  let params: Record<string, unknown>
  try {
    params = parseParams(definition.params, call.params)
  } catch (error) {
    if (error instanceof ArgumentsError) return ActionResult.toWire(ActionResult.error(...problemOf(error)))
    throw error
  }
  return ActionResult.toWire(await answer(definition, params))
}

/** A chat function by name. */
export const runFunction = (invocation: Invocation): Promise<JsonValue> =>
  answered(invocation, async ({ name, longRunning, background, run }, params) => {
    if (!background) return run(invocation.ctx, params)
    const taskId = await backgroundTask(invocation.runtime, (task) => run(task, params), { name, longRunning })
    return ActionResult.success(
      { task_id: taskId, background: true },
      `${name} is running in the background. Its result comes as a chat message.`,
    )
  })

/** A function that the kernel itself runs detached: its own result, without a second detour. */
export const detached = (invocation: Invocation): Promise<JsonValue> =>
  answered(invocation, ({ run }, params) => run(invocation.ctx, params))

const problemOf = ({ missing, message }: ArgumentsError): [message: string, options: { code: string }] => [
  `The arguments do not fit: ${message}.`,
  { code: missing.length > 0 ? 'VALIDATION_MISSING_FIELD' : 'VALIDATION_TYPE_ERROR' },
]

/** An exposed method by name. What does not fit is thrown with its code before the author's handler begins (kernel 3.7). */
export async function runExposed({ extension, call, ctx }: Invocation): Promise<unknown> {
  const method = extension.exposed.get(call.name)
  if (method === undefined) throw new NotFoundError('exposed method', call.name)
  try {
    return await method.handler(ctx, call.params)
  } catch (error) {
    if (error instanceof ArgumentsError) throw new ImperalError(...problemOf(error))
    throw error
  }
}
