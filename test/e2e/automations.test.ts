import type { Execution, Rule } from '@imperal/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'

let server: TestServer
let admin: Session
beforeAll(async () => {
  server = await startTestServer()
  admin = await signInAdmin(server)
}, 120_000)
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
