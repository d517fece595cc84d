import * as z from 'zod'
import { ext, TaskAdded } from './extension.ts'
import { newTask, summaryOf, tasksOf } from './todo.ts'

// For other apps of the person: they may leave a task, and read none.
ext.expose(
  'add_task',
  {
    actionType: 'write',
    params: z.object({
      title: z.string().trim().min(1).max(300),
      due: z.union([z.literal(''), z.iso.date()]).default(''),
      details: z.string().max(20_000).default(''),
    }),
  },
  async (ctx, given) => {
    const made = await tasksOf(ctx.store).create(newTask(given))
    await ctx.extensions.emit(TaskAdded, summaryOf(made))
    return { task_id: made.id }
  },
)
