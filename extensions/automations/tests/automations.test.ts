import { generateManifest } from '@imperal/sdk'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import automations from '../main.ts'
import {
  approveAutomation,
  createAutomation,
  deleteAutomation,
  getAutomation,
  listAutomations,
  listExecutions,
  pauseAutomation,
  resumeAutomation,
  updateAutomation,
} from '../src/functions.ts'

const rule = {
  ...{ rule_id: 7, name: 'Note done tasks', interpretation: 'Notes it.', status: 'active', status_reason: null },
  ...{
    trigger_filter: { event_type: 'tasks.completed' },
    actions: [{ app_id: 'notes', tool: 'create_note', args: {} }],
  },
  ...{
    next_run_at: null,
    cooldown_seconds: 60,
    max_per_hour: 10,
    max_iterations: 0,
    approval_needed: null,
    trigger_count: 2,
    failure_count: 0,
    last_triggered_at: null,
    last_error: null,
  },
}

test('rules are made from words or from parts, changed, paused, resumed and deleted', async () => {
  const ctx = mockContext({ extension: automations })
  ctx.mock.platform.on('POST', '/v1/automations', () => ({ body: rule }))
  ctx.mock.platform.on('PATCH', '/v1/automations/7', () => ({ body: { ...rule, name: 'Renamed' } }))
  ctx.mock.platform.on('POST', /\/(pause|resume)$/, ({ caught }) => ({
    body: { rule_id: 7, status: caught[0] === 'pause' ? 'paused' : 'active' },
  }))
  ctx.mock.platform.on('DELETE', '/v1/automations/7', () => ({ body: { deleted: true, rule_id: 7 } }))
  expect(await createAutomation(ctx, { prompt: 'When a task is done, note it.' })).toMatchObject({
    data: { rule_id: 7 },
  })
  expect(await updateAutomation(ctx, { rule_id: 7, name: 'Renamed' })).toMatchObject({ data: { name: 'Renamed' } })
  expect(await pauseAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { status: 'paused' } })
  expect(await resumeAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { status: 'active' } })
  expect(await deleteAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { rule_id: 7 } })
  expect(ctx.mock.platform.requests[0]?.body).toEqual({
    prompt: 'When a task is done, note it.',
    notify_mode: 'failures',
  })
})

test('a rule that destroys waits until its owner agrees, and agreeing is destructive itself', async () => {
  const ctx = mockContext({ extension: automations })
  const waiting = { ...rule, status: 'paused', approval_needed: 'digest-1' }
  ctx.mock.platform.on('GET', '/v1/automations', () => ({ body: [waiting] }))
  ctx.mock.platform.on('POST', '/v1/automations/7/resume', ({ body }) =>
    (body as { approve?: string }).approve === 'digest-1'
      ? { body: { rule_id: 7, status: 'active' } }
      : { status: 409, body: { error: 'AUTOMATIONS_APPROVAL_REQUIRED', detail: 'It destroys something.' } },
  )
  expect((await listAutomations(ctx, {})).summary).toContain('approve_automation')
  expect(await resumeAutomation(ctx, { rule_id: 7 })).toMatchObject({
    status: 'error',
    error: 'It destroys something.',
  })
  expect(await approveAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { status: 'active' } })
  expect(await approveAutomation(ctx, { rule_id: 8 })).toMatchObject({ error: 'There is no such rule.' })
  const tools = generateManifest(automations).tools as { name: string; action_type?: string }[]
  expect(tools.find(({ name }) => name === 'approve_automation')?.action_type).toBe('destructive')
})

test('what a rule did is shown, and the panel puts one together', async () => {
  const app = new TestHarness(automations)
  app.mock.platform.on('GET', '/v1/automations', () => ({ body: [rule] }))
  app.mock.platform.on('GET', '/v1/automations/7/executions', () => ({ body: { executions: [] } }))
  app.mock.platform.on('GET', '/v1/automations/choices', () => ({
    body: {
      events: [{ event_type: 'tasks.completed', description: 'A task was done.' }],
      functions: [
        {
          app_id: 'notes',
          app_name: 'Notes',
          tool: 'create_note',
          description: 'Writes a note.',
          action_type: 'write',
        },
      ],
    },
  }))
  expect(JSON.stringify(await app.panel('rules'))).toContain('Note done tasks')
  expect(JSON.stringify(await app.panel('rule', { rule_id: 7 }))).toContain('It has not run yet.')
  const second = JSON.stringify(
    await app.panel('build', { event_type: 'tasks.completed', function: 'notes/create_note' }),
  )
  expect(second).toContain('"trigger_filter":{"event_type":"tasks.completed"}')
  const ctx = mockContext({ extension: automations })
  ctx.mock.platform.on('GET', '/v1/automations', () => ({ body: [rule] }))
  ctx.mock.platform.on('GET', '/v1/automations/7/executions', () => ({ body: { executions: [] } }))
  expect(await getAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { name: 'Note done tasks' } })
  expect(await listExecutions(ctx, { rule_id: 7 })).toMatchObject({ data: { total: 0 } })
})
