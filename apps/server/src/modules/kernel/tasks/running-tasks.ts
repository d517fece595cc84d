import type { KernelOptions } from '../ports.ts'
import { taskUpdate } from './task-messages.ts'
import type { TaskHold } from './task-record.ts'

/** Why work is stopped: its user cancelled it, this node ends, or another node took it for lost. */
export type StopReason = 'cancelled' | 'shutdown' | 'lost'

interface Entry {
  readonly hold: TaskHold
  readonly stop: (reason: StopReason) => void
  cancelled: boolean
  stopped: StopReason | null
  writtenAt: number
  last: { readonly percent: number; readonly message: string } | null
}

/** Tasks whose work runs on this node. */
export interface RunningTasks {
  add(hold: TaskHold, stop: (reason: StopReason) => void): void
  /** Forgets a task that has ended, and says how it went. */
  remove(taskId: string): Pick<Entry, 'cancelled' | 'stopped' | 'last'> | null
  /** Stored at most every 2 s, the last one with the end (K4.6). `cancelled` tells the handler to stop. */
  progress(taskId: string, percent: number, message: string): Promise<'running' | 'cancelled'>
  /** Tells the work to stop: at its next callback, and after a grace period whatever it does (K4.8). */
  cancel(taskId: string): void
  isCancelled(taskId: string): boolean
  /** Tells other nodes that the work of this one goes on (K4.7). */
  beat(): Promise<void>
  /** Stops everything: this node ends. */
  stopAll(): void
  close(): void
}

/** What tells every node that a task was cancelled; the payload is its id. */
export const CANCEL_CHANNEL = 'kernel.task_cancel'
const PROGRESS_EVERY_MS = 2_000

export function openRunningTasks(options: KernelOptions, nodeId: string): RunningTasks {
  const { db, outbox, bus, clock, log } = options
  const running = new Map<string, Entry>()
  const timers = new Set<NodeJS.Timeout>()

  const stop = (entry: Entry, reason: StopReason): void => {
    if (!running.has(entry.hold.taskId) || entry.stopped !== null) return
    entry.stopped = reason
    entry.stop(reason)
  }
  const cancel = (taskId: string): void => {
    const entry = running.get(taskId)
    if (entry === undefined || entry.cancelled) return
    entry.cancelled = true
    const timer = setTimeout(() => {
      timers.delete(timer)
      stop(entry, 'cancelled')
    }, options.settings.cancelGraceMs)
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
    for (const row of rows) cancel(row.task_id)
  }
  const unsubscribe = bus.subscribe(CANCEL_CHANNEL, (taskId) => {
    if (taskId !== '') return cancel(taskId)
    recheck().catch((error) => log.warn({ err: error }, 'cancelled tasks could not be read'))
  })

  /** False: the attempt was lost to another node. */
  const write = (entry: Entry, percent: number, message: string): Promise<boolean> =>
    db.tenant(entry.hold.tenantId, async (tx) => {
      const done = await tx
        .updateTable('kernel.task')
        .set((row) => ({
          progress: percent,
          message,
          heartbeat_at: new Date(clock.now()),
          heartbeat_count: row('heartbeat_count', '+', 1),
        }))
        .where('task_id', '=', entry.hold.taskId)
        .where('node_id', '=', nodeId)
        .where('attempt', '=', entry.hold.attempt)
        .where('status', '=', 'running')
        .executeTakeFirst()
      if (Number(done.numUpdatedRows) === 0) return false
      await outbox.publish(tx, taskUpdate(entry.hold, { status: 'running', progress: percent, message }))
      return true
    })

  return {
    add(hold, stopWork) {
      running.set(hold.taskId, {
        hold,
        stop: stopWork,
        cancelled: false,
        stopped: null,
        writtenAt: Number.NEGATIVE_INFINITY,
        last: null,
      })
      // Cancelled between its record and this line: the notice found nothing here.
      recheck().catch((error) => log.warn({ err: error }, 'cancelled tasks could not be read'))
    },
    remove(taskId) {
      const entry = running.get(taskId)
      running.delete(taskId)
      return entry ?? null
    },
    async progress(taskId, percent, message) {
      const entry = running.get(taskId)
      if (entry === undefined) return 'running'
      if (entry.cancelled) return 'cancelled'
      entry.last = { percent, message }
      if (clock.now() - entry.writtenAt < PROGRESS_EVERY_MS) return 'running'
      entry.writtenAt = clock.now()
      if (await write(entry, percent, message)) return 'running'
      stop(entry, 'lost')
      return 'cancelled'
    },
    cancel,
    isCancelled: (taskId) => running.get(taskId)?.cancelled === true,
    async beat() {
      if (running.size === 0) return
      const ids = [...running.keys()]
      const alive = await db.everyTenant((tx) =>
        tx
          .updateTable('kernel.task')
          .set({ heartbeat_at: new Date(clock.now()) })
          .where('task_id', 'in', ids)
          .where('node_id', '=', nodeId)
          .where('status', '=', 'running')
          .returning(['task_id', 'attempt'])
          .execute(),
      )
      const own = new Map(alive.map((row) => [row.task_id, row.attempt]))
      for (const id of ids) {
        const entry = running.get(id)
        if (entry !== undefined && own.get(id) !== entry.hold.attempt) stop(entry, 'lost')
      }
    },
    stopAll() {
      for (const entry of running.values()) stop(entry, 'shutdown')
    },
    close() {
      unsubscribe()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
