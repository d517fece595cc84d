import { ActionResult, readerOf } from '@imperal/sdk'
import * as z from 'zod'
import { chat, TaskAdded, TaskChanged, TaskCompleted, TasksDeleted } from './extension.ts'
import {
  byUrgency,
  Draft,
  listsOf,
  newTask,
  Priority,
  readTasks,
  summaryOf,
  TaskSummary,
  taskOfDraft,
  tasksOf,
  today,
} from './todo.ts'

const Title = z.string().trim().min(1).max(300).describe('What is to be done.')
const Due = z.union([z.literal(''), z.iso.date()]).describe('Due date as YYYY-MM-DD; empty for none.')
const Details = z.string().max(20_000).describe('More about the task, in Markdown.')
const ListId = z.string().describe('Id from list_lists; empty for the inbox.')
const TaskId = z.string().min(1).describe('Id from list_tasks.')

const gone = () => ActionResult.error('This task does not exist any more.', { code: 'TASK_NOT_FOUND' })

export const addTask = chat.function(
  'add_task',
  {
    description: 'Add a task with a title and optionally a list, a due date, a priority and details.',
    actionType: 'write',
    effects: ['create:task'],
    event: TaskAdded,
    params: z.object({
      title: Title,
      due: Due.default(''),
      list_id: ListId.default(''),
      priority: Priority.default('normal'),
      details: Details.default(''),
      draft: Draft,
    }),
    returns: TaskSummary,
  },
  async (ctx, params) => {
    const sent = await taskOfDraft(ctx.store, params.draft)
    if (sent) return ActionResult.success(summaryOf(sent), `Added “${sent.data.title}”.`)
    if (params.list_id !== '' && !(await listsOf(ctx.store).find(params.list_id)))
      return ActionResult.error('This list does not exist any more.', { code: 'LIST_NOT_FOUND' })
    const task = await tasksOf(ctx.store).create(newTask(params))
    return ActionResult.success(
      summaryOf(task),
      `Added “${params.title}”${params.due === '' ? '' : `, due ${readerOf(ctx).day(params.due)}`}.`,
    )
  },
)

export const listTasks = chat.function(
  'list_tasks',
  {
    description: 'List tasks, those due first at the top: open ones, those due today or overdue, or completed ones.',
    params: z.object({
      show: z
        .enum(['open', 'due', 'done'])
        .default('open')
        .describe('open: all that is not done; due: today and overdue; done: completed.'),
      list_id: ListId.optional(),
      limit: z.number().int().min(1).max(100).default(20),
    }),
    returns: z.object({ tasks: z.array(TaskSummary), total: z.number().int() }),
  },
  async (ctx, params) => {
    const read = await readTasks(ctx.store, {
      done: params.show === 'done',
      ...(params.list_id === undefined ? {} : { list_id: params.list_id }),
    })
    const now = today(ctx.time)
    const found = read
      .filter((task) => params.show !== 'due' || (task.data.due !== '' && task.data.due <= now))
      .sort(byUrgency)
    const what = { open: 'open', due: 'due', done: 'completed' }[params.show]
    return ActionResult.success(
      { tasks: found.slice(0, params.limit).map(summaryOf), total: found.length },
      found.length === 0 ? `No ${what} tasks.` : `${found.length} ${what} tasks.`,
      { refreshPanels: [] },
    )
  },
)

export const completeTask = chat.function(
  'complete_task',
  {
    description: 'Mark one task as done.',
    actionType: 'write',
    effects: ['update:task'],
    event: TaskCompleted,
    params: z.object({ task_id: TaskId }),
    returns: TaskSummary,
  },
  async (ctx, params) => {
    if (!(await tasksOf(ctx.store).find(params.task_id))) return gone()
    const task = await tasksOf(ctx.store).update(params.task_id, { done: true, completed_at: ctx.time.nowUtc })
    return ActionResult.success(summaryOf(task), `Done: “${task.data.title}”.`)
  },
)

export const reopenTask = chat.function(
  'reopen_task',
  {
    description: 'Mark one completed task as open again.',
    actionType: 'write',
    effects: ['update:task'],
    event: TaskChanged,
    params: z.object({ task_id: TaskId }),
    returns: TaskSummary,
  },
  async (ctx, params) => {
    if (!(await tasksOf(ctx.store).find(params.task_id))) return gone()
    const task = await tasksOf(ctx.store).update(params.task_id, { done: false, completed_at: '' })
    return ActionResult.success(summaryOf(task), `Open again: “${task.data.title}”.`)
  },
)

export const updateTask = chat.function(
  'update_task',
  {
    description:
      'Change the title, the details, the due date, the list or the priority of one task; what is left out stays.',
    actionType: 'write',
    effects: ['update:task'],
    event: TaskChanged,
    params: z.object({
      task_id: TaskId,
      title: Title.optional(),
      details: Details.optional(),
      due: Due.optional(),
      list_id: ListId.optional(),
      priority: Priority.optional(),
    }),
    returns: TaskSummary,
  },
  async (ctx, { task_id, ...given }) => {
    if (!(await tasksOf(ctx.store).find(task_id))) return gone()
    const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const task = await tasksOf(ctx.store).update(task_id, patch)
    return ActionResult.success(summaryOf(task), `Saved “${task.data.title}”.`)
  },
)

export const deleteTask = chat.function(
  'delete_task',
  {
    description: 'Delete one task for good.',
    actionType: 'destructive',
    effects: ['delete:task'],
    event: TasksDeleted,
    idProjection: 'task_id',
    params: z.object({ task_id: TaskId }),
    returns: z.object({ task_id: z.string(), title: z.string() }),
  },
  async (ctx, params) => {
    const task = await tasksOf(ctx.store).find(params.task_id)
    if (!task) return gone()
    await tasksOf(ctx.store).delete(task.id)
    return ActionResult.success({ task_id: task.id, title: task.data.title }, `Deleted “${task.data.title}”.`)
  },
)

export const clearCompleted = chat.function(
  'clear_completed',
  {
    description: 'Delete every completed task for good, in all lists or in one.',
    actionType: 'destructive',
    effects: ['delete:task'],
    event: TasksDeleted,
    params: z.object({ list_id: ListId.optional() }),
    returns: z.object({ deleted: z.number().int() }),
  },
  async (ctx, params) => {
    const done = await readTasks(ctx.store, {
      done: true,
      ...(params.list_id === undefined ? {} : { list_id: params.list_id }),
    })
    for (const task of done) await tasksOf(ctx.store).delete(task.id)
    return ActionResult.success(
      { deleted: done.length },
      done.length === 0 ? 'There were no completed tasks.' : `Deleted ${done.length} completed tasks.`,
    )
  },
)
