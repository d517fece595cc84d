import { type Task, tasks } from '@imperal/contract'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { announce } from './announce.ts'
import { api } from './api.ts'
import { failureOf } from './failures.ts'
import { queryClient } from './query-client.ts'
import { createStore } from './store.ts'
import { toasts } from './toasts.ts'

export const activeTasksQuery = queryOptions({
  queryKey: ['tasks', 'active'],
  queryFn: async () => (await api.send(tasks.active)).tasks,
  staleTime: 30_000,
})
const NONE: readonly Task[] = []
/** Work of the person that still goes on. */
export const useActiveTasks = (): readonly Task[] => useQuery(activeTasksQuery).data ?? NONE

/** Tasks that were begun in this window, newest last: the chat shows their progress. */
export const followed = createStore<readonly Task[]>([])
const OVER = new Set(['done', 'failed', 'cancelled', 'timed_out'])
export const isOver = (task: Pick<Task, 'status'>): boolean => OVER.has(task.status)
const MOST_FOLLOWED = 10

/** Shows the progress of a task from now on. */
export function followTask(taskId: string): void {
  void readTask(taskId)
  void queryClient.invalidateQueries({ queryKey: activeTasksQuery.queryKey })
}

async function readTask(taskId: string): Promise<void> {
  try {
    const task = await api.send(tasks.get, { params: { task_id: taskId } })
    followed.set((all) => [...all.filter((one) => one.task_id !== taskId), task].slice(-MOST_FOLLOWED))
  } catch {
    // It is gone: there is no progress to show.
    followed.set((all) => all.filter((one) => one.task_id !== taskId))
  }
}

/** A `task_update` of the event stream. */
export function onTaskUpdate(payload: Readonly<Record<string, unknown>>): void {
  void queryClient.invalidateQueries({ queryKey: activeTasksQuery.queryKey })
  const known = followed.get().find((task) => task.task_id === payload.task_id)
  if (!known) return
  const progress = payload.progress ?? payload.percent
  const next: Task = {
    ...known,
    status: typeof payload.status === 'string' ? (payload.status as Task['status']) : known.status,
    progress: typeof progress === 'number' ? progress : known.progress,
    message: typeof payload.message === 'string' ? payload.message : known.message,
    error: typeof payload.error === 'string' ? payload.error : known.error,
  }
  followed.set((all) => all.map((task) => (task === known ? next : task)))
  if (isOver(next) && !isOver(known)) announce(`${next.title}: ${next.message ?? next.error ?? next.status}`)
}

/** Stops a task; what stands in the way is told in a notice. */
export async function stopTask(taskId: string): Promise<void> {
  try {
    await api.send(tasks.cancel, { params: { task_id: taskId }, body: {} })
    await queryClient.invalidateQueries({ queryKey: activeTasksQuery.queryKey })
  } catch (error) {
    toasts.show({ message: failureOf(error).message, variant: 'error' })
  }
}

export const forgetTask = (taskId: string): void => followed.set((all) => all.filter((task) => task.task_id !== taskId))
