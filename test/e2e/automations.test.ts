import type { Execution, Rule } from '@imperal/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'

let server: TestServer
let admin: Session
beforeAll(async () => {
  server = await startTestServer()
  admin = await signInAdmin(server)
}, 240_000)
afterAll(async () => void (await server?.stop()))

test('[S003-055] a rule that a person made writes a note about a note, once, and its run shows how', async () => {
  const made = await admin.request('POST', '/v1/automations', {
    prompt: 'for every shopping note write a reminder',
    trigger_filter: {
      event_type: 'notes.created',
      conditions: [{ path: 'data.title', op: 'contains', value: 'shopping' }],
    },
    actions: [{ app_id: 'notes', tool: 'create_note', args: { title: 'Reminder: {{event.data.title}}' } }],
    cooldown_seconds: 0,
  })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  const rule = made.body as Rule
  await admin.call('notes', 'create_note', { title: 'Shopping list' })
  const runs = async () =>
    ((await admin.request('GET', `/v1/automations/${rule.id}/executions`)).body as { executions: Execution[] })
      .executions
  const run = await until(async () => (await runs()).find(({ status }) => status === 'completed'))
  expect(run).toMatchObject({ attempt: 1, steps: [{ tool: 'create_note', status: 'success' }] })
  const trace = (await admin.request('GET', `/v1/actions/${run.trace_id}`)).body as {
    calls: { source: string; chain_id: string | null }[]
  }
  expect(trace.calls.filter(({ source }) => source === 'automation')).toMatchObject([{ chain_id: run.execution_id }])
  const found = (await admin.call('notes', 'search_notes', { query: 'Reminder' })) as { data: unknown }
  expect(JSON.stringify(found.data)).toContain('Reminder: Shopping list')
  // Its own note says “shopping”, too, and does not make it run again.
  const after = await until(async () => {
    const [one] = (await admin.request('GET', '/v1/automations')).body as Rule[]
    return one?.skipped.loop === 1 ? one : null
  })
  expect(after).toMatchObject({ trigger_count: 1, success_count: 1 })
})

test('[S001-008] a rule is made, listed, paused, resumed, changed and deleted through the call route of the app automations', async () => {
  const app = async (name: string, params: object = {}) => {
    const answer = await admin.call('automations', name, params)
    expect(answer, `${name}: ${JSON.stringify(answer)}`).toMatchObject({ status: 'success' })
    return answer.data as Record<string, unknown>
  }
  const rules = async () => (await app('list_automations')) as unknown as { automations: Rule[] }
  const notes = async (title: string) => {
    const found = await admin.call('notes', 'search_notes', { query: title })
    return (found.data as { notes: { title: string }[] }).notes.filter((note) => note.title === title).length
  }
  const finish = async (title: string) => {
    const { task_id } = (await admin.call('tasks', 'add_task', { title })).data as { task_id: string }
    expect(await admin.call('tasks', 'complete_task', { task_id })).toMatchObject({ status: 'success' })
  }
  const keep = (name: string, word: string) =>
    app('create_automation', {
      name,
      trigger_filter: { event_type: 'tasks.completed' },
      actions: [{ app_id: 'notes', tool: 'create_note', args: { title: `${word}: {{event.data.title}}` } }],
      cooldown_seconds: 0,
    })
  const made = await keep('Keep what is done', 'Done')
  // Another one sees every event, so that what the paused one does not do is known and not awaited.
  await keep('See what is done', 'Seen')
  const rule_id = made.rule_id as number
  expect(
    (await rules()).automations.map(({ id, rule_id: named }: Rule & { rule_id?: number }) => named ?? id),
  ).toContain(rule_id)

  await finish('Wash the car')
  await until(async () => (await notes('Done: Wash the car')) === 1)
  await app('pause_automation', { rule_id })
  await finish('Cut the grass')
  await until(async () => (await notes('Seen: Cut the grass')) === 1)
  await app('resume_automation', { rule_id })
  await finish('Paint the door')
  await until(async () => (await notes('Done: Paint the door')) === 1)
  expect(await notes('Done: Cut the grass')).toBe(0)
  await app('update_automation', { rule_id, name: 'Keep it', max_per_hour: 3 })
  expect(await app('get_automation', { rule_id })).toMatchObject({
    name: 'Keep it',
    cooldown_seconds: 0,
    max_per_hour: 3,
  })
  expect(JSON.stringify(await app('list_executions', { rule_id }))).toContain('completed')

  const asked = await admin.call('automations', 'delete_automation', { rule_id })
  expect(asked).toMatchObject({ error_code: 'CONFIRMATION_REQUIRED' })
  const { confirmation } = asked.data as { confirmation: { confirmation_id: string } }
  const path = `/v1/confirmations/${confirmation.confirmation_id}/confirm`
  expect((await admin.request('POST', path, {})).status).toBe(200)
  expect(JSON.stringify(await rules())).not.toContain('Keep it')
})
