import { TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import tasks from '../main.ts'

const USER = 'imp_u_ada00001'
const harness = (now = '2026-06-10T10:00:00Z') => new TestHarness(tasks, { now, userId: USER })
const data = async (result: Promise<unknown>) => {
  const answer = (await result) as { status: string; data: Record<string, unknown>; error?: string }
  expect(answer.status, answer.error).toBe('success')
  return answer.data
}

test('tasks are listed by urgency: due first, then by priority', async () => {
  const app = harness()
  await data(app.call('add_task', { title: 'someday' }))
  await data(app.call('add_task', { title: 'urgent', priority: 'high' }))
  await data(app.call('add_task', { title: 'later', due: '2026-07-01' }))
  await data(app.call('add_task', { title: 'overdue', due: '2026-06-01' }))
  const { tasks: open } = (await data(app.call('list_tasks', {}))) as { tasks: { title: string }[] }
  expect(open.map((task) => task.title)).toEqual(['overdue', 'later', 'urgent', 'someday'])
  expect(await data(app.call('list_tasks', { show: 'due' }))).toMatchObject({ total: 1, tasks: [{ title: 'overdue' }] })
})

test('completed tasks leave the open list, come back when reopened, and clear_completed deletes only them', async () => {
  const app = harness()
  const { task_id } = await data(app.call('add_task', { title: 'wash' }))
  await data(app.call('add_task', { title: 'iron' }))
  await data(app.call('complete_task', { task_id }))
  await data(app.call('reopen_task', { task_id }))
  expect(await data(app.call('list_tasks', {}))).toMatchObject({ total: 2 })
  await data(app.call('complete_task', { task_id }))
  expect(await data(app.call('clear_completed', {}))).toEqual({ deleted: 1 })
  expect(await data(app.call('list_tasks', {}))).toMatchObject({ total: 1, tasks: [{ title: 'iron' }] })
})

test('a due date that is no date is refused before anything is written', async () => {
  const app = harness()
  expect(await app.call('add_task', { title: 'x', due: 'tomorrow' })).toMatchObject({
    status: 'error',
    errorCode: 'VALIDATION_TYPE_ERROR',
  })
  expect(await data(app.call('list_tasks', {}))).toMatchObject({ total: 0 })
})

test('the form for a new task becomes the task; sent twice it makes one', async () => {
  const app = harness()
  const draft = '0195f2d4-6f3b-4c6a-9d2e-2b1f4f0c7a11'
  const panel = async () => JSON.stringify(await app.panel('new_task', { draft }))
  expect(await panel()).toContain('"submit_label":"Add task"')
  const [first, second] = [
    await data(app.call('add_task', { title: 'paint', draft })),
    await data(app.call('add_task', { title: 'paint', draft })),
  ]
  expect(second.task_id).toBe(first.task_id)
  expect(await data(app.call('list_tasks', {}))).toMatchObject({ total: 1 })
  expect(await panel()).toContain('"submit_label":"Save"')
})

test('deleting a list moves its tasks to the inbox', async () => {
  const app = harness()
  const { list_id } = await data(app.call('create_list', { name: 'Home' }))
  await data(app.call('add_task', { title: 'paint', list_id }))
  expect(await data(app.call('delete_list', { list_id }))).toMatchObject({ kept_tasks: 1 })
  expect(await data(app.call('list_tasks', {}))).toMatchObject({ tasks: [{ title: 'paint', list_id: '' }] })
})

test('the schedule reminds once for each due date, not before the hour, and never of done tasks', async () => {
  const app = harness('2026-06-10T08:00:00Z')
  await data(app.call('add_task', { title: 'today', due: '2026-06-10' }))
  await data(app.call('add_task', { title: 'tomorrow', due: '2026-06-11' }))
  const { task_id } = await data(app.call('add_task', { title: 'done already', due: '2026-06-10' }))
  await data(app.call('complete_task', { task_id }))
  await app.schedule('reminders')
  expect(app.mock.notify.sent).toHaveLength(0)
  app.mock.advance(3600 * 2)
  await app.schedule('reminders')
  await app.schedule('reminders')
  expect(app.mock.notify.sent.map((sent) => sent.body)).toEqual(['today'])
})

test('the webhook adds a task for the owner of the address and refuses everyone else', async () => {
  const app = harness()
  const post = (queryParams: Record<string, string>, body: string) =>
    app.webhook('add', { method: 'POST', queryParams, body })
  const { url } = await data(app.call('connect_webhook', {}))
  const address = new URL(String(url))
  expect(address.pathname).toBe('/v1/ext/tasks/webhook/add')
  const params = Object.fromEntries(address.searchParams)
  expect(await post(params, '{"title": "Call back", "due": "2026-12-01"}')).toMatchObject({ statusCode: 200 })
  expect(await data(app.call('list_tasks', {}))).toMatchObject({ tasks: [{ title: 'Call back', due: '2026-12-01' }] })
  expect(await post({ ...params, key: `${params.key?.slice(0, -1)}x` }, '{"title": "no"}')).toMatchObject({
    statusCode: 401,
  })
  expect(await post({ ...params, for: 'imp_u_eve00001' }, '{"title": "no"}')).toMatchObject({ statusCode: 401 })
  expect(await post({}, '{}')).toMatchObject({ statusCode: 401 })
  expect(await post(params, 'not json')).toMatchObject({ statusCode: 400 })
  expect(await post(params, '{"title": ""}')).toMatchObject({ statusCode: 422 })
  await data(app.call('connect_webhook', {}))
  expect(await post(params, '{"title": "old address"}')).toMatchObject({ statusCode: 401 })
})

test('every panel works without params', async () => {
  const app = harness()
  expect(JSON.stringify(await app.panel('sidebar'))).toContain('Nothing to do')
  const { task_id } = await data(
    app.call('add_task', { title: 'Water the plants', due: '2026-06-10', priority: 'high' }),
  )
  expect(JSON.stringify(await app.panel('sidebar'))).toContain('Today')
  for (const panel of ['new_task', 'task', 'done', 'lists']) expect(await app.panel(panel)).toBeTruthy()
  expect(JSON.stringify(await app.panel('task', { task_id: task_id as string }))).toContain('Water the plants')
  expect(await app.skeleton('tasks')).toEqual({ open: 1, due_today: 1, overdue: 0 })
  expect(await app.health()).toMatchObject({ status: 'ok' })
})

test('[ui 5.5] the task in the center is marked in the list', async () => {
  const app = harness()
  const draft = '0195f2d4-6f3b-4c6a-9d2e-2b1f4f0c7a11'
  const { task_id: water } = await data(app.call('add_task', { title: 'Water' }))
  const { task_id: ferry } = await data(app.call('add_task', { title: 'Ferry', draft }))
  expect(await app.marked('sidebar', 'task', { task_id: String(water) })).toEqual([water])
  expect(await app.marked('sidebar', 'new_task', { draft })).toEqual([ferry])
  for (const params of [{}, { draft: '' }, { task_id: 7 }])
    expect(await app.marked('sidebar', 'done', params)).toEqual([])
})
