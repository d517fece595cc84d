import { type FunctionContext, HealthStatus } from '@imperal/sdk'
import { ext } from './extension.ts'
import { readTasks, tasksOf, today } from './todo.ts'

const zoned = (now: string, timezone: string): { date: string; hour: number } => {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(now))
  const part = (type: string) => parts.find((entry) => entry.type === type)?.value ?? ''
  return { date: `${part('year')}-${part('month')}-${part('day')}`, hour: Number(part('hour')) }
}

function localTime(ctx: FunctionContext): { date: string; hour: number } {
  const timezone = ctx.user.attributes.timezone
  try {
    return zoned(ctx.time.nowUtc, typeof timezone === 'string' ? timezone : 'UTC')
  } catch {
    // A zone that nobody knows counts as none.
    return zoned(ctx.time.nowUtc, 'UTC')
  }
}

/** Reminds one person of what is due; each due date of a task is reminded of once. */
async function remind(ctx: FunctionContext, hour: number): Promise<number> {
  const now = localTime(ctx)
  if (now.hour < hour) return 0
  const due = (await readTasks(ctx.store, { done: false })).filter(
    (task) => task.data.due !== '' && task.data.due <= now.date && task.data.reminded_for !== task.data.due,
  )
  for (const task of due) {
    // Marked first: a crash in between loses one reminder instead of repeating it every few minutes.
    await tasksOf(ctx.store).update(task.id, { reminded_for: task.data.due })
    await ctx.notify.push({
      title: task.data.due < now.date ? 'Overdue task' : 'Task due today',
      body: task.data.title,
      priority: task.data.priority === 'high' ? 'high' : 'normal',
    })
  }
  return due.length
}

ext.schedule('reminders', { cron: '*/5 * * * *' }, async (ctx) => {
  const hour = ctx.config.get('remind_hour', 9)
  let sent = 0
  for await (const userId of ctx.store.listUsers('tasks')) {
    try {
      sent += await remind(ctx.asUser(userId), hour)
    } catch (error) {
      // One person's trouble must not cost the others their reminders.
      ctx.log(`reminding ${userId} failed: ${error instanceof Error ? error.message : String(error)}`, 'error')
    }
  }
  if (sent > 0) ctx.log(`sent ${sent} reminders`)
})

ext.skeleton('tasks', { ttl: 300, description: 'How many tasks are open, due today and overdue' }, async (ctx) => {
  const open = await readTasks(ctx.store, { done: false })
  const now = today(ctx.time)
  return {
    response: {
      open: open.length,
      due_today: open.filter((task) => task.data.due === now).length,
      overdue: open.filter((task) => task.data.due !== '' && task.data.due < now).length,
    },
  }
})

ext.healthCheck(async (ctx) => {
  await ctx.store.count('tasks')
  return HealthStatus.ok()
})
