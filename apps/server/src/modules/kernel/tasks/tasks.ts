import type { Task } from '@imperal/contract'
import { sql } from 'kysely'
import { hexId } from '../../../foundation/ids.ts'
import type { KernelOptions } from '../ports.ts'
import { type TaskEnd, taskWire } from './task-wire.ts'

/** What runs on this node, and how to stop it. */
interface Running {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly title: string
  readonly stop: () => void
  cancelled: boolean
  writtenAt: number
}

export interface NewTask {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly function: string
  readonly title: string
  readonly chainId: string | null
  /** Ends the work: called at most once, after a grace period for handlers that look at `ctx.progress`. */
  readonly stop: () => void
}

/** Work that outlives the answer of its call (kernel 4). */
export interface Tasks {
  start(task: NewTask): Promise<string>
  /** Stored at most every 2 s. `cancelled` tells the handler to stop. */
  progress(taskId: string, percent: number, message: string): Promise<'running' | 'cancelled'>
  finish(taskId: string, end: TaskEnd): Promise<void>
  active(tenantId: string, userId: string): Promise<Task[]>
  get(tenantId: string, taskId: string): Promise<Task | null>
  /** False: it has ended already. */
  requestCancel(tenantId: string, taskId: string): Promise<boolean>
  close(): void
}

const CHANNEL = 'kernel.task_cancel'
const GRACE_MS = 10_000
const PROGRESS_EVERY_MS = 2_000

export function openTasks(options: KernelOptions, nodeId: string): Tasks {
  const { db, outbox, bus, clock, log } = options
  const running = new Map<string, Running>()
  const timers = new Set<NodeJS.Timeout>()

  const announce = (
    taskId: string,
    task: Running,
    more: { status: string; progress?: number; message?: string; error?: string | null },
  ) => ({
    tenantId: task.tenantId,
    userId: task.userId,
    type: 'task_update',
    payload: { task_id: taskId, app_id: task.appId, title: task.title, kind: 'background', ...more },
  })

  const cancelHere = (taskId: string): void => {
    const task = running.get(taskId)
    if (task === undefined || task.cancelled) return
    task.cancelled = true
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (running.has(taskId)) task.stop()
    }, GRACE_MS)
    timers.add(timer)
  }
  const recheck = async (): Promise<void> => {
    const ids = [...running.keys()]
    if (ids.length === 0) return
    const rows = await db.everyTenant((tx) =>
      tx
        .selectFrom('kernel.task')
        .select('task_id')
        .where('task_id', 'in', ids)
        .where('cancel_requested', '=', true)
        .execute(),
    )
    for (const row of rows) cancelHere(row.task_id)
  }
  const unsubscribe = bus.subscribe(CHANNEL, (taskId) => {
    if (taskId !== '') return cancelHere(taskId)
    recheck().catch((error) => log.warn({ err: error }, 'cancelled tasks could not be read'))
  })

  return {
    async start(task) {
      const taskId = hexId('task')
      const entry: Running = { ...task, cancelled: false, writtenAt: clock.now() }
      await db.tenant(task.tenantId, async (tx) => {
        await tx
          .insertInto('kernel.task')
          .values({
            task_id: taskId,
            tenant_id: task.tenantId,
            user_id: task.userId,
            app_id: task.appId,
            function: task.function,
            title: task.title,
            kind: 'background',
            status: 'running',
            chain_id: task.chainId,
            node_id: nodeId,
            started_at: new Date(),
          })
          .execute()
        await outbox.publish(tx, announce(taskId, entry, { status: 'running', progress: 0 }))
      })
      running.set(taskId, entry)
      return taskId
    },
    async progress(taskId, percent, message) {
      const task = running.get(taskId)
      if (task === undefined) return 'running'
      if (task.cancelled) return 'cancelled'
      if (clock.now() - task.writtenAt < PROGRESS_EVERY_MS && percent < 100) return 'running'
      task.writtenAt = clock.now()
      await db.tenant(task.tenantId, async (tx) => {
        await tx
          .updateTable('kernel.task')
          .set({ progress: percent, message })
          .where('task_id', '=', taskId)
          .where('status', '=', 'running')
          .execute()
        await outbox.publish(tx, announce(taskId, task, { status: 'running', progress: percent, message }))
      })
      return 'running'
    },
    async finish(taskId, end) {
      const task = running.get(taskId)
      if (task === undefined) return
      running.delete(taskId)
      const status = task.cancelled && end.status !== 'done' ? 'cancelled' : end.status
      await db.tenant(task.tenantId, async (tx) => {
        await tx
          .updateTable('kernel.task')
          .set({
            status,
            error: end.error,
            result_preview: end.preview,
            finished_at: new Date(),
            ...(status === 'done' ? { progress: 100 } : {}),
          })
          .where('task_id', '=', taskId)
          .where('status', '=', 'running')
          .execute()
        await outbox.publish(
          tx,
          announce(taskId, task, { status: status === 'timed_out' ? 'failed' : status, error: end.error }),
        )
      })
    },
    active: (tenantId, userId) =>
      db.tenant(tenantId, async (tx) =>
        (
          await tx
            .selectFrom('kernel.task')
            .selectAll()
            .where('user_id', '=', userId)
            .where('status', 'in', ['queued', 'running'])
            .orderBy('created_at', 'desc')
            .limit(100)
            .execute()
        ).map(taskWire),
      ),
    get: (tenantId, taskId) =>
      db.tenant(tenantId, async (tx) => {
        const row = await tx.selectFrom('kernel.task').selectAll().where('task_id', '=', taskId).executeTakeFirst()
        return row === undefined ? null : taskWire(row)
      }),
    requestCancel: (tenantId, taskId) =>
      db.tenant(tenantId, async (tx) => {
        const done = await tx
          .updateTable('kernel.task')
          .set({ cancel_requested: true })
          .where('task_id', '=', taskId)
          .where('status', 'in', ['queued', 'running'])
          .executeTakeFirst()
        if (Number(done.numUpdatedRows) === 0) return false
        await sql`select pg_notify(${CHANNEL}, ${taskId})`.execute(tx)
        return true
      }),
    close() {
      unsubscribe()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
