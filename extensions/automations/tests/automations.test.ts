import { generateManifest } from '@imperal/sdk'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import automations from '../main.ts'
import { addStep, buildAutomation, removeStep } from '../src/build.ts'
import {
  createAutomation,
  deleteAutomation,
  getAutomation,
  listAutomations,
  updateAutomation,
} from '../src/functions.ts'
import { listExecutions } from '../src/runs.ts'
import { approveAutomation, pauseAutomation, resumeAutomation } from '../src/states.ts'

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

test('rules are made from parts, changed, paused, resumed and deleted', async () => {
  const ctx = mockContext({ extension: automations })
  ctx.mock.platform.on('POST', '/v1/automations', () => ({ body: rule }))
  ctx.mock.platform.on('PATCH', '/v1/automations/7', () => ({ body: { ...rule, name: 'Renamed' } }))
  ctx.mock.platform.on('POST', /\/(pause|resume)$/, ({ caught }) => ({
    body: { rule_id: 7, status: caught[0] === 'pause' ? 'paused' : 'active' },
  }))
  ctx.mock.platform.on('DELETE', '/v1/automations/7', () => ({ body: { deleted: true, rule_id: 7 } }))
  const spelled = {
    trigger_filter: { event_type: 'tasks.completed' },
    actions: [{ app_id: 'notes', tool: 'create_note', args: {} }],
  }
  expect(await createAutomation(ctx, spelled)).toMatchObject({ data: { rule_id: 7 } })
  expect(await updateAutomation(ctx, { rule_id: 7, name: 'Renamed' })).toMatchObject({ data: { name: 'Renamed' } })
  expect(await pauseAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { status: 'paused' } })
  expect(await resumeAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { status: 'active' } })
  expect(await deleteAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { rule_id: 7 } })
  expect(ctx.mock.platform.requests[0]?.body).toMatchObject(spelled)
})

const draft = {
  ...{ name: 'Note done tasks', interpretation: 'When a task is done, a note is written.' },
  trigger_filter: {
    ...{ event_type: 'tasks.completed', schedule: null, when: null },
    conditions: [{ path: 'data.hours', op: 'gt', value: 8 }],
  },
  actions: [
    { app_id: 'notes', tool: 'create_note', args: { title: '{{event.data.title}}' } },
    { message: 'Praise me.' },
  ],
}

test('words become a draft that the panel shows in words; only saving makes the rule, exactly the one that was shown', async () => {
  const app = new TestHarness(automations)
  const { platform } = app.mock
  platform.on('GET', '/v1/automations', () => ({ body: [] }))
  platform.on('POST', '/v1/automations/draft', () => ({ body: draft }))
  platform.on('POST', '/v1/automations', () => ({ body: rule }))
  const prompt = 'When a long task is done, note it and praise me.'
  const first = await app.call('draft_automation', { prompt })
  expect(first).toMatchObject({
    data: {
      waits_for: 'Completed (Tasks), if data.hours is more than “8”',
      steps: ['Notes: Create note (Title: {{event.data.title}})', 'Praise me.'],
    },
  })
  expect(first.summary).toContain('not saved yet')
  const shown = JSON.stringify(await app.panel('rules'))
  for (const text of [
    'Draft: Note done tasks',
    'is more than “8”',
    '1. Notes: Create note',
    '2. Praise me.',
    'Save the rule',
  ])
    expect(shown).toContain(text)
  const made = () =>
    platform.requests
      .filter(({ path }) => path === '/v1/automations')
      .map(({ body }) => body)
      .filter(Boolean)
  expect(made()).toEqual([])

  // Said anew: the earlier draft cannot be saved any more, whatever button is still on a screen.
  const second = await app.call('draft_automation', { prompt })
  const idOf = (result: typeof first) => (result.data as { draft_id: string }).draft_id
  expect(await app.call('save_automation_draft', { draft_id: idOf(first) })).toMatchObject({
    errorCode: 'DRAFT_NOT_FOUND',
  })
  expect(made()).toEqual([])
  expect(await app.call('save_automation_draft', { draft_id: idOf(second) })).toMatchObject({ data: { rule_id: 7 } })
  expect(made()).toEqual([{ prompt, ...draft }])
  expect(JSON.stringify(await app.panel('rules'))).not.toContain('Draft:')

  const third = await app.call('draft_automation', { prompt })
  await app.call('discard_automation_draft', { draft_id: idOf(third) })
  expect(JSON.stringify(await app.panel('rules'))).not.toContain('Draft:')
  expect(made()).toHaveLength(1)
})

test('two who save a draft at once make one rule, and a refusal leaves the draft to be saved again', async () => {
  const app = new TestHarness(automations)
  const { platform } = app.mock
  platform.on('POST', '/v1/automations/draft', () => ({ body: draft }))
  const idOf = ({ data }: { data: unknown }) => (data as { draft_id: string }).draft_id
  const prompt = 'When a long task is done, note it.'
  let isRefused = true
  platform.on('POST', '/v1/automations', () =>
    isRefused ? { status: 422, body: { error: 'REFUSED', detail: 'Not like this.' } } : { body: rule },
  )
  platform.on('GET', '/v1/automations', () => ({ body: [] }))
  const draft_id = idOf(await app.call('draft_automation', { prompt }))
  expect(await app.call('save_automation_draft', { draft_id })).toMatchObject({ error: 'Not like this.' })
  expect(JSON.stringify(await app.panel('rules'))).toContain('Draft: Note done tasks')

  isRefused = false
  const again = idOf(await app.call('draft_automation', { prompt }))
  const saved = await Promise.all([1, 2].map(() => app.call('save_automation_draft', { draft_id: again })))
  expect(saved.map(({ status }) => status).sort()).toEqual(['error', 'success'])
  expect(platform.requests.filter(({ path }) => path === '/v1/automations').filter(({ body }) => body)).toHaveLength(2)
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
  expect(await approveAutomation(ctx, { rule_id: 7, approval: 'digest-1' })).toMatchObject({
    data: { status: 'active' },
  })
  expect(await approveAutomation(ctx, { rule_id: 7, approval: 'digest-0' })).toMatchObject({ status: 'error' })
  const tools = generateManifest(automations).tools as { name: string; action_type?: string }[]
  expect(tools.find(({ name }) => name === 'approve_automation')?.action_type).toBe('destructive')
})

const choices = {
  events: [
    { event_type: 'tasks.completed', app_id: 'tasks', function: 'complete_task', description: 'Mark a task as done.' },
    { event_type: 'notes.folder_changed', app_id: 'notes', function: 'create_folder', description: 'Make a folder.' },
    { event_type: 'notes.folder_changed', app_id: 'notes', function: 'delete_folder', description: 'Delete a folder.' },
    { event_type: 'notes.tidied', app_id: 'notes', function: null, description: 'Notes says so by itself.' },
    { event_type: 'task.completed', app_id: null, function: null, description: 'Background work is done.' },
    { event_type: 'system.scheduled', app_id: null, function: null, description: 'A time has come.' },
  ],
  functions: [
    {
      ...{
        app_id: 'notes',
        app_name: 'Notes',
        tool: 'create_note',
        description: 'Writes a note.',
        action_type: 'write',
      },
      params_schema: {
        type: 'object',
        required: ['title'],
        properties: {
          draft: { type: 'string', readOnly: true },
          pinned: { type: 'boolean' },
          title: { type: 'string', description: 'What it is called.' },
          weight: { type: 'integer' },
          color: { enum: ['red', 'blue'] },
          content_text: { type: 'string' },
        },
      },
    },
  ],
}
const run = {
  ...{ execution_id: 'exe_1', status: 'failed', result: null, error_text: 'Step 2 broke.', attempt: 2 },
  ...{ created_at: '2026-11-29T10:00:00.000Z', started_at: '2026-11-29T10:00:01.000Z', finished_at: null },
  event_data: { data: { title: 'Done at last' } },
  steps: [
    { index: 1, app_id: 'notes', tool: 'create_note', status: 'success', summary: 'Created.', error: null },
    { index: 2, app_id: null, tool: null, status: 'failed', summary: null, error: 'No model.' },
  ],
}

test('the form offers each event once, by app, in words, with what sets it off', async () => {
  const app = new TestHarness(automations)
  app.mock.platform.on('GET', '/v1/automations/choices', () => ({ body: choices }))
  const tree = JSON.stringify(await app.panel('build'))
  const [, options = ''] = /"options":(\[[^\]]*\])[^[]*"param_name":"event_type"|$/.exec(tree) ?? []
  expect(JSON.parse(options)).toEqual([
    ...['hourly', 'daily', 'workdays', 'weekly', 'monthly', 'cron'].map((value) => ({
      value,
      label: expect.any(String),
    })),
    { value: 'notes.folder_changed', label: 'Notes: Folder changed, by create folder, delete folder' },
    { value: 'notes.tidied', label: 'Notes: Tidied' },
    { value: 'tasks.completed', label: 'Tasks: Completed – Mark a task as done.' },
    { value: 'task.completed', label: 'The platform: Background work is done.' },
  ])
  const second = await app.panel('build', { event_type: 'notes.folder_changed', function: 'notes/create_note' })
  expect(JSON.stringify(second)).toContain('When this happens: Notes: Folder changed, by create folder, delete folder')
})

test('a time is put together from its parts, and is told in words', async () => {
  const ctx = mockContext({ extension: automations })
  ctx.mock.platform.on('GET', '/v1/automations/choices', () => ({ body: choices }))
  ctx.mock.platform.on('POST', '/v1/automations', () => ({ body: rule }))
  const made = async (time: object) => {
    await buildAutomation(ctx, {
      event_type: 'system.scheduled',
      function: 'notes/create_note',
      arg_0: 'Week',
      ...time,
    })
    const body = ctx.mock.platform.requests.at(-1)?.body as { name: string; trigger_filter: { schedule: string } }
    return [body.trigger_filter.schedule, body.name.split(':').slice(0, -1).join(':')]
  }
  expect(await made({ repeat: 'hourly' })).toEqual(['0 * * * *', 'Every hour'])
  expect(await made({ repeat: 'daily', at: '07:05' })).toEqual(['5 7 * * *', 'Every day at 07:05'])
  expect(await made({ repeat: 'workdays', at: '18:30' })).toEqual(['30 18 * * 1-5', 'On working days at 18:30'])
  expect(await made({ repeat: 'weekly', weekday: '3', at: '08:30' })).toEqual(['30 8 * * 3', 'On Wednesdays at 08:30'])
  expect(await made({ repeat: 'monthly', day: '5', at: '9:00' })).toEqual([
    '0 9 5 * *',
    'On day 5 of each month at 09:00',
  ])
  expect(await made({ repeat: 'cron', schedule: '*/5 8-9 * * *' })).toEqual([
    '*/5 8-9 * * *',
    'At the times */5 8-9 * * *',
  ])
})

test('what an event is known to hold is offered for conditions and templates', async () => {
  const app = new TestHarness(automations)
  const [completed, ...others] = choices.events
  const fields = [
    { path: 'data.task_title', title: 'task_title', type: 'string' },
    { path: 'data.list.name', title: 'List name', type: 'string' },
  ]
  const body = { ...choices, events: [{ ...completed, fields }, ...others] }
  app.mock.platform.on('GET', '/v1/automations/choices', () => ({ body }))
  const form = JSON.stringify(
    await app.panel('build', { event_type: 'tasks.completed', function: 'notes/create_note' }),
  )
  expect(form).toContain('{"value":"data.list.name","label":"List name"}')
  expect(form).toContain('{{event.data.task_title}} (task title), {{event.data.list.name}} (list name)')
  expect(form).toContain('"placeholder":"{{event.data.task_title}}"')
})

test('a form makes a rule: trigger, condition and typed arguments; templates stay templates', async () => {
  const ctx = mockContext({ extension: automations })
  ctx.mock.platform.on('GET', '/v1/automations/choices', () => ({ body: choices }))
  ctx.mock.platform.on('POST', '/v1/automations', () => ({ body: rule }))
  const given = {
    ...{
      event_type: 'tasks.completed',
      path: 'data.hours',
      op: 'gt' as const,
      value: '8',
      function: 'notes/create_note',
    },
    // In the order of the form: what must be there is first.
    ...{ arg_0: '{{event.data.title}}', arg_1: 'true', arg_2: '7', arg_3: 'red' },
  } as const
  expect(await buildAutomation(ctx, given)).toMatchObject({ data: { rule_id: 7 } })
  const args = { title: '{{event.data.title}}', pinned: true, weight: 7, color: 'red' }
  expect(ctx.mock.platform.requests.at(-1)?.body).toEqual({
    ...{ prompt: '', name: 'Completed (Tasks): create note', notify_mode: 'failures' },
    trigger_filter: { event_type: 'tasks.completed', conditions: [{ path: 'data.hours', op: 'gt', value: 8 }] },
    actions: [{ app_id: 'notes', tool: 'create_note', args }],
  })
  await buildAutomation(ctx, {
    event_type: 'system.scheduled',
    schedule: '0 9 * * 1',
    function: 'notes/create_note',
    arg_0: 'Week',
  })
  expect(ctx.mock.platform.requests.at(-1)?.body).toMatchObject({
    trigger_filter: { event_type: 'system.scheduled', schedule: '0 9 * * 1', conditions: [] },
  })
  expect(await buildAutomation(ctx, { event_type: 'tasks.completed', function: 'gone/away' })).toMatchObject({
    status: 'error',
  })
})

test('steps are added to the end and taken out, and the last one stays', async () => {
  const ctx = mockContext({ extension: automations })
  const [first] = rule.actions
  let actions: unknown[] = rule.actions
  ctx.mock.platform.on('GET', '/v1/automations/choices', () => ({ body: choices }))
  ctx.mock.platform.on('GET', '/v1/automations', () => ({ body: [{ ...rule, actions }] }))
  ctx.mock.platform.on('PATCH', '/v1/automations/7', ({ body }) => {
    actions = (body as { actions: unknown[] }).actions
    return { body: { ...rule, actions } }
  })
  await addStep(ctx, { rule_id: 7, function: 'notes/create_note', arg_0: '{{steps.1.data.title}}' })
  const second = { app_id: 'notes', tool: 'create_note', args: { title: '{{steps.1.data.title}}' } }
  expect(actions).toEqual([first, second])
  expect(await removeStep(ctx, { rule_id: 7, step: 1 })).toMatchObject({ status: 'success' })
  expect(actions).toEqual([second])
  expect(await removeStep(ctx, { rule_id: 7, step: 1 })).toMatchObject({ status: 'error', errorCode: 'LAST_STEP' })
})

test('the panels list rules, ask for what a rule needs, and show a run step by step', async () => {
  const app = new TestHarness(automations)
  app.mock.platform.on('GET', '/v1/automations', () => ({ body: [{ ...rule, skipped: { cooldown: 3 } }] }))
  app.mock.platform.on('GET', '/v1/automations/7/executions', () => ({ body: { executions: [run] } }))
  app.mock.platform.on('GET', '/v1/automations/choices', () => ({ body: choices }))
  const panel = async (name: string, params: Record<string, string | number> = {}) =>
    JSON.stringify(await app.panel(name, params))
  expect(await panel('rules')).toContain('Note done tasks')
  const one = await panel('rule', { rule_id: 7 })
  for (const text of [
    'Completed (Tasks)',
    'too soon after the last run: 3',
    'Step 2 broke.',
    'pause_automation',
    '__panel__step',
  ])
    expect(one).toContain(text)
  const shown = await panel('run', { rule_id: 7, execution_id: 'exe_1' })
  for (const text of ['1. Notes: Create note', 'No model.', 'Done at last']) expect(shown).toContain(text)
  expect(await panel('run', { rule_id: 7, execution_id: 'exe_0' })).toContain('not kept any more')
  const first = await panel('build')
  expect(first).toContain('Every month')
  const second = await panel('build', { event_type: 'tasks.completed', function: 'notes/create_note' })
  expect(second).not.toContain('Draft')
  for (const text of [
    '"param_name":"arg_0"',
    '"label":"Title"',
    '"label":"Content text"',
    'What it is called.',
    '"param_name":"path"',
    'build_automation',
  ])
    expect(second).toContain(text)
  for (const [repeat, asked] of [
    ['hourly', []],
    ['daily', ['at']],
    ['workdays', ['at']],
    ['weekly', ['weekday', 'at']],
    ['monthly', ['day', 'at']],
    ['cron', ['schedule']],
  ] as const) {
    const form = await panel('build', { event_type: repeat, function: 'notes/create_note' })
    const fields = ['at', 'weekday', 'day', 'schedule', 'path'].filter((name) =>
      form.includes(`"param_name":"${name}"`),
    )
    expect(fields.toSorted()).toEqual([...asked].toSorted())
    expect(form).toContain(`"event_type":"system.scheduled","repeat":"${repeat}"`)
  }
  expect(await panel('step', { rule_id: 7, function: 'notes/create_note' })).toContain('add_automation_step')
  const ctx = mockContext({ extension: automations })
  ctx.mock.platform.on('GET', '/v1/automations', () => ({ body: [rule] }))
  ctx.mock.platform.on('GET', '/v1/automations/7/executions', () => ({ body: { executions: [] } }))
  expect(await getAutomation(ctx, { rule_id: 7 })).toMatchObject({ data: { name: 'Note done tasks' } })
  expect(await listExecutions(ctx, { rule_id: 7 })).toMatchObject({ data: { total: 0 } })
})

test('[ui 5.5] the rule in the center, or that of a run there, is marked in the list', async () => {
  const app = new TestHarness(automations)
  app.mock.platform.on('GET', '/v1/automations', () => ({ body: [rule, { ...rule, rule_id: 8 }] }))
  expect(await app.marked('rules', 'rule', { rule_id: 7 })).toEqual(['7'])
  // The address of the page has text only.
  expect(await app.marked('rules', 'run', { rule_id: '8', execution_id: 'exe_1' })).toEqual(['8'])
  expect(await app.marked('rules', 'build', {})).toEqual([])
})
