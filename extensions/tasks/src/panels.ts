import { type CallParams, type Reader, readerOf, type StoreClient, type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { ext } from './extension.ts'
import { createList, deleteList } from './list-functions.ts'
import { addTask, clearCompleted, completeTask, deleteTask, reopenTask, updateTask } from './task-functions.ts'
import { allLists, byUrgency, readTasks, type TaskDocument, taskOfDraft, tasksOf, today } from './todo.ts'
import { connectWebhook } from './webhook.ts'

const REFRESH = 'on_event:tasks.added,tasks.changed,tasks.completed,tasks.deleted,tasks.list_changed'

// The shell tells a panel at the left what stands in the center (ui 5.5), so that it can mark the row.
const Center = z.object({
  __active__: z.object({ params: z.object({ task_id: z.string().optional(), draft: z.string().optional() }) }),
})

/** Whether the task stands in the center, also where the form was with which it was added. */
function stands(task: TaskDocument, params: CallParams): boolean {
  const shown = Center.safeParse(params).data?.__active__.params
  return shown?.task_id === task.id || (task.data.draft !== '' && shown?.draft === task.data.draft)
}

function dueBadge(task: TaskDocument, now: string, reader: Reader): UINode | undefined {
  const { due } = task.data
  if (due === '') return undefined
  if (due < now) return ui.Badge('Overdue', { color: 'red' })
  return due === now ? ui.Badge('Today', { color: 'orange' }) : ui.Badge(reader.day(due), { color: 'gray' })
}

function row(task: TaskDocument, listName: string, more: { badge: UINode | undefined; selected: boolean }): UINode {
  const { badge, selected } = more
  return ui.ListItem(task.id, task.data.title, {
    icon: task.data.priority === 'high' ? 'Flag' : 'Circle',
    selected,
    group: listName,
    ...(task.data.details === '' ? {} : { subtitle: task.data.details.slice(0, 120) }),
    ...(badge === undefined ? {} : { badge }),
    onClick: ui.Call('__panel__task', { task_id: task.id }),
    actions: [
      { icon: 'Check', label: 'Done', onClick: ui.Call(completeTask, { task_id: task.id }) },
      { icon: 'Trash2', label: 'Delete', onClick: ui.Call(deleteTask, { task_id: task.id }) },
    ],
  })
}

ext.panel(
  'sidebar',
  { slot: 'left', title: 'Tasks', icon: 'ListTodo', refresh: REFRESH, defaultWidth: 340 },
  async (ctx, params) => {
    const [open, doneCount, lists] = await Promise.all([
      readTasks(ctx.store, { done: false }),
      tasksOf(ctx.store).count({ done: true }),
      allLists(ctx.store),
    ])
    const [now, reader] = [today(ctx.time), readerOf(ctx)]
    const names = new Map(lists.map((list) => [list.id, list.data.name]))
    const nameOf = (task: TaskDocument) => names.get(task.data.list_id) ?? 'Inbox'
    const sorted = [...open].sort((a, b) => nameOf(a).localeCompare(nameOf(b)) || byUrgency(a, b))
    const toolbar = ui.Stack(
      [
        ui.Button('New task', {
          icon: 'Plus',
          size: 'sm',
          onClick: ui.Call('__panel__new_task', { draft: crypto.randomUUID() }),
        }),
        ui.Button(`Done (${doneCount})`, {
          icon: 'CheckCheck',
          size: 'sm',
          variant: 'ghost',
          onClick: ui.Call('__panel__done', {}),
        }),
        ui.Button('Lists', { icon: 'Settings2', size: 'sm', variant: 'ghost', onClick: ui.Call('__panel__lists', {}) }),
      ],
      { direction: 'h', sticky: true, wrap: true },
    )
    const quick = ui.Input({
      placeholder: 'Add a task and press Enter',
      paramName: 'title',
      onSubmit: ui.Call(addTask),
    })
    const body =
      sorted.length === 0
        ? ui.Text('Nothing to do. Add the first one above, or say “add a task to …” in the chat.', {
            variant: 'caption',
          })
        : ui.List(
            sorted.map((task) =>
              row(task, nameOf(task), { badge: dueBadge(task, now, reader), selected: stands(task, params) }),
            ),
            { groupedBy: 'group', searchable: sorted.length > 8, pageSize: 50 },
          )
    return ui.Stack([toolbar, quick, body], { gap: 2 })
  },
)

async function fields(store: StoreClient, task: TaskDocument | null): Promise<UINode[]> {
  const lists = await allLists(store)
  return [
    ui.Input({
      label: 'Title',
      paramName: 'title',
      value: task?.data.title ?? '',
      required: true,
      placeholder: 'What is to be done',
    }),
    ui.DatePicker({ label: 'Due', paramName: 'due', value: task?.data.due ?? '' }),
    ui.Select([{ value: '', label: 'Inbox' }, ...lists.map((list) => ({ value: list.id, label: list.data.name }))], {
      label: 'List',
      paramName: 'list_id',
      value: task?.data.list_id ?? '',
    }),
    ui.Select(
      [
        { value: 'low', label: 'Low' },
        { value: 'normal', label: 'Normal' },
        { value: 'high', label: 'High' },
      ],
      { label: 'Priority', paramName: 'priority', value: task?.data.priority ?? 'normal' },
    ),
    ui.TextArea({ label: 'Details', paramName: 'details', value: task?.data.details ?? '', rows: 6 }),
  ]
}

async function page(store: StoreClient, task: TaskDocument): Promise<UINode> {
  const state = task.data.done
    ? ui.Button('Open again', {
        icon: 'RotateCcw',
        size: 'sm',
        variant: 'secondary',
        onClick: ui.Call(reopenTask, { task_id: task.id }),
      })
    : ui.Button('Done', { icon: 'Check', size: 'sm', onClick: ui.Call(completeTask, { task_id: task.id }) })
  const remove = ui.Button('Delete', {
    icon: 'Trash2',
    size: 'sm',
    variant: 'danger',
    onClick: ui.Call(deleteTask, { task_id: task.id }),
  })
  const form = ui.Form(await fields(store, task), {
    action: updateTask.functionName,
    submitLabel: 'Save',
    defaults: { task_id: task.id },
  })
  return ui.Page([ui.Stack([state, remove], { direction: 'h' }), form], { title: task.data.title })
}

ext.panel(
  'new_task',
  {
    slot: 'center',
    title: 'New task',
    icon: 'Plus',
    centerOverlay: true,
    refresh: 'on_event:tasks.changed,tasks.completed,tasks.deleted',
    params: z.object({ draft: z.string().default('') }),
  },
  async (ctx, { draft }) => {
    const added = await taskOfDraft(ctx.store, draft)
    // Once the task is there, it stands where its form was.
    if (added) return page(ctx.store, added)
    // Opened by its bare address it has no draft to go by: then the form empties when a task came.
    const newest = draft === '' ? (await tasksOf(ctx.store).query({ orderBy: '-created_at', limit: 1 })).data[0] : null
    const form = ui.Form(await fields(ctx.store, null), {
      action: addTask.functionName,
      submitLabel: 'Add task',
      defaults: { draft },
      node: { revision: newest?.id ?? draft },
    })
    return ui.Page([form], { title: 'New task' })
  },
)

ext.panel(
  'task',
  {
    slot: 'center',
    title: 'Task',
    icon: 'ListTodo',
    centerOverlay: true,
    listed: false,
    params: z.object({ task_id: z.string().default('') }),
  },
  async (ctx, params) => {
    const task = params.task_id === '' ? null : await tasksOf(ctx.store).find(params.task_id)
    if (!task) return ui.Empty('This task does not exist any more.', { icon: 'CircleOff' })
    return page(ctx.store, task)
  },
)

ext.panel(
  'done',
  { slot: 'center', title: 'Completed', icon: 'CheckCheck', centerOverlay: true, refresh: REFRESH },
  async (ctx) => {
    const done = (await readTasks(ctx.store, { done: true })).sort((a, b) =>
      b.data.completed_at.localeCompare(a.data.completed_at),
    )
    const reader = readerOf(ctx)
    if (done.length === 0) return ui.Empty('No completed tasks yet.', { icon: 'CheckCheck' })
    const rows = done.map((task) =>
      ui.ListItem(task.id, task.data.title, {
        icon: 'CheckCircle2',
        meta: reader.day(task.data.completed_at),
        actions: [{ icon: 'RotateCcw', label: 'Open again', onClick: ui.Call(reopenTask, { task_id: task.id }) }],
      }),
    )
    return ui.Page(
      [
        ui.Button('Clear completed', {
          icon: 'Trash2',
          variant: 'danger',
          size: 'sm',
          onClick: ui.Call(clearCompleted, {}),
        }),
        ui.List(rows, { pageSize: 50 }),
      ],
      { title: 'Completed', subtitle: done.length === 1 ? '1 task' : `${done.length} tasks` },
    )
  },
)

ext.panel(
  'lists',
  { slot: 'center', title: 'Lists', icon: 'Settings2', centerOverlay: true, refresh: REFRESH },
  async (ctx) => {
    const lists = await allLists(ctx.store)
    const rows = lists.map((list) =>
      ui.ListItem(list.id, list.data.name, {
        icon: 'List',
        actions: [{ icon: 'Trash2', label: 'Delete list', onClick: ui.Call(deleteList, { list_id: list.id }) }],
      }),
    )
    return ui.Page(
      [
        ui.Form([ui.Input({ label: 'Name', paramName: 'name', required: true, placeholder: 'For example Home' })], {
          action: createList.functionName,
          submitLabel: 'Create list',
        }),
        rows.length === 0 ? ui.Text('All tasks are in the inbox.', { variant: 'caption' }) : ui.List(rows),
        ui.Divider(),
        ui.Section(
          [
            ui.Text('Other services can add tasks for you through a web address of your own.'),
            ui.Button('Make a new address', {
              icon: 'Webhook',
              variant: 'secondary',
              onClick: ui.Call(connectWebhook, {}),
            }),
          ],
          { title: 'Webhook' },
        ),
      ],
      { title: 'Lists' },
    )
  },
)
