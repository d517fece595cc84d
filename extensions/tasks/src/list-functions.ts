import { ActionResult } from '@imperal/sdk'
import * as z from 'zod'
import { chat, ListChanged } from './extension.ts'
import { allLists, listsOf, readTasks, tasksOf } from './todo.ts'

const ListData = z.object({ list_id: z.string(), name: z.string() })

export const createList = chat.function(
  'create_list',
  {
    description: 'Create a list that tasks can belong to.',
    actionType: 'write',
    effects: ['create:list'],
    event: ListChanged,
    params: z.object({ name: z.string().trim().min(1).max(80).describe('Name of the list.') }),
    returns: ListData,
  },
  async (ctx, params) => {
    const same = (await allLists(ctx.store)).find((list) => list.data.name.toLowerCase() === params.name.toLowerCase())
    if (same) return ActionResult.error(`A list called “${same.data.name}” exists already.`, { code: 'LIST_EXISTS' })
    const list = await listsOf(ctx.store).create({ name: params.name })
    return ActionResult.success({ list_id: list.id, name: params.name }, `Created the list “${params.name}”.`)
  },
)

export const listLists = chat.function(
  'list_lists',
  {
    description: 'List the task lists with the number of open tasks in each.',
    params: z.object({}),
    returns: z.object({ lists: z.array(ListData.extend({ open: z.number().int() })) }),
  },
  async (ctx) => {
    const lists = await Promise.all(
      (await allLists(ctx.store)).map(async (list) => ({
        list_id: list.id,
        name: list.data.name,
        open: await tasksOf(ctx.store).count({ list_id: list.id, done: false }),
      })),
    )
    return ActionResult.success(
      { lists },
      lists.length === 0 ? 'There are no lists besides the inbox.' : `${lists.length} lists.`,
      { refreshPanels: [] },
    )
  },
)

export const deleteList = chat.function(
  'delete_list',
  {
    description: 'Delete a task list for good; its tasks move to the inbox.',
    actionType: 'destructive',
    effects: ['delete:list', 'update:task'],
    event: ListChanged,
    idProjection: 'list_id',
    params: z.object({ list_id: z.string().min(1).describe('Id from list_lists.') }),
    returns: ListData.extend({ kept_tasks: z.number().int() }),
  },
  async (ctx, params) => {
    const list = await listsOf(ctx.store).find(params.list_id)
    if (!list) return ActionResult.error('This list does not exist any more.', { code: 'LIST_NOT_FOUND' })
    const tasks = await readTasks(ctx.store, { list_id: list.id })
    // Tasks first: a crash in between leaves an empty list and never a task in a list that is gone.
    for (const task of tasks) await tasksOf(ctx.store).update(task.id, { list_id: '' })
    await listsOf(ctx.store).delete(list.id)
    return ActionResult.success(
      { list_id: list.id, name: list.data.name, kept_tasks: tasks.length },
      `Deleted the list “${list.data.name}”; ${tasks.length} tasks are in the inbox now.`,
    )
  },
)
