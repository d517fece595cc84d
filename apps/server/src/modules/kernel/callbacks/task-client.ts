import { numberAt, textOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'

/** `ctx.progress`. Without a task it does nothing; a cancelled one throws `TaskCancelled` in the handler (K4.6). */
export const taskClient: ClientTable<'task'> = {
  async progress(session, args) {
    const percent = numberAt(args, 0, 'percent')
    if (percent < 0 || percent > 100)
      throw refusedCallback('validation_error', 'Progress is 0 to 100.', { field: 'percent' })
    if (session.taskId === null) return null
    const state = await session.parts.runningTasks.progress(
      session.taskId,
      percent,
      (textOf(args[1]) ?? '').slice(0, 120),
    )
    if (state === 'cancelled') throw refusedCallback('task_cancelled', 'Task cancelled.', { task_id: session.taskId })
    return null
  },
  // Detached work starts with a frame of its own, never with this callback.
  background() {
    throw refusedCallback('context_unavailable', 'Background work is started by the platform.', {
      member: 'backgroundTask',
    })
  },
}
