import { createTransport } from '../clients/transport.ts'
import { ExtensionError } from '../errors.ts'
import { reviveError } from '../errors-wire.ts'
import { inCall } from '../llm/call-scope.ts'
import { ActionResult } from '../values/action-result.ts'
import type { JsonValue } from '../values/json.ts'
import { buildContext } from './build.ts'
import type { Runtime } from './runtime.ts'
import type { BackgroundTaskContext } from './types.ts'

/** Detaches work; the kernel gives it an id, a deadline and callbacks of its own. @throws QuotaExceededError, APIError */
export function backgroundTask(
  runtime: Runtime,
  run: (task: BackgroundTaskContext) => Promise<ActionResult<unknown>>,
  options: { longRunning?: boolean; name?: string } = {},
): Promise<string> {
  const { actingFor } = runtime
  const spawn = {
    name: options.name ?? 'background',
    longRunning: options.longRunning ?? false,
    ...(actingFor === undefined ? {} : { asUser: actingFor }),
  }
  const { name } = spawn
  const detached = runtime.port.background(spawn, async (port, signal, taskId): Promise<JsonValue> => {
    const transport = createTransport(port, actingFor)
    const task = buildContext<BackgroundTaskContext>({
      ...runtime,
      kind: 'background',
      shape: 'background',
      snapshot: {
        ...runtime.snapshot,
        task_id: taskId,
        idempotency_key: `${runtime.snapshot.idempotency_key}:${name}`,
      },
      signal,
      port,
      transport,
      shared: createTransport(port),
    })
    const result: unknown = await inCall({ port, ctx: { ...runtime.snapshot, task_id: taskId } }, () => run(task))
    if (ActionResult.is(result)) return ActionResult.toWire(result)
    throw new ExtensionError(runtime.snapshot.app_id, `Background task '${spawn.name}' did not return an ActionResult`)
  })
  return detached.catch((error: unknown) => {
    throw reviveError(error, 'task')
  })
}
