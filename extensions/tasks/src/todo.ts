import type { Document, StoreClient, TimeContext } from '@imperal/sdk'
import * as z from 'zod'

export const Priority = z.enum(['low', 'normal', 'high'])

export const Task = z.object({
  title: z.string(),
  details: z.string(),
  list_id: z.string(),
  due: z.string(),
  priority: Priority,
  done: z.boolean(),
  completed_at: z.string(),
  /** The due date that was reminded of; another due date reminds again. */
  reminded_for: z.string(),
  /** The form that it was written in; empty for tasks of other origin. */
  draft: z.string().default(''),
})
export type Task = z.infer<typeof Task>
export type TaskDocument = Document<Task>

export const List = z.object({ name: z.string() })

export const tasksOf = (store: StoreClient) => store.collection('tasks', Task)
export const listsOf = (store: StoreClient) => store.collection('lists', List)

const MOST_READ = 2000

export async function readTasks(
  store: StoreClient,
  where: Partial<Pick<Task, 'done' | 'list_id'>>,
): Promise<TaskDocument[]> {
  const tasks: TaskDocument[] = []
  for await (const task of await tasksOf(store).query({ where, orderBy: '-created_at', limit: 200 })) {
    tasks.push(task)
    if (tasks.length >= MOST_READ) break
  }
  return tasks
}

export async function allLists(store: StoreClient): Promise<Document<z.infer<typeof List>>[]> {
  const page = await listsOf(store).query({ limit: 200 })
  return [...page].sort((a, b) => a.data.name.localeCompare(b.data.name))
}

/** Today where the person is, as YYYY-MM-DD. */
export const today = (time: TimeContext): string => time.nowLocal.slice(0, 10)

const WEIGHT = { high: 0, normal: 1, low: 2 } as const

/** Due ones first, then by priority, then the oldest. */
export const byUrgency = (a: TaskDocument, b: TaskDocument): number =>
  (a.data.due || '9999').localeCompare(b.data.due || '9999') ||
  WEIGHT[a.data.priority] - WEIGHT[b.data.priority] ||
  a.createdAt.localeCompare(b.createdAt)

export const newTask = (given: Partial<Task> & { title: string }): Task => ({
  details: '',
  list_id: '',
  due: '',
  priority: 'normal',
  done: false,
  completed_at: '',
  reminded_for: '',
  draft: '',
  ...given,
})

/** One form is one draft: what is sent once, or twice by a restless hand, is one task. */
export const Draft = z
  .union([z.literal(''), z.uuid()])
  .default('')
  .describe('Filled in by the form for a new task; leave it out.')
  .meta({ readOnly: true })

/** The task that was made from a draft, if it was sent. */
export async function taskOfDraft(store: StoreClient, draft: string): Promise<TaskDocument | null> {
  if (draft === '') return null
  return (await tasksOf(store).query({ where: { draft }, limit: 1 })).data[0] ?? null
}

export const TaskSummary = z.object({
  task_id: z.string(),
  title: z.string(),
  list_id: z.string(),
  due: z.string(),
  priority: Priority,
  done: z.boolean(),
})

export const summaryOf = (task: TaskDocument) => ({
  task_id: task.id,
  title: task.data.title,
  list_id: task.data.list_id,
  due: task.data.due,
  priority: task.data.priority,
  done: task.data.done,
})
