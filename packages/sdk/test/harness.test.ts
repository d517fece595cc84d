import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  ActionResult,
  ChatExtension,
  checkIdShape,
  checkPlaceholderArgs,
  Extension,
  TaskCancelled,
  ValidationError,
} from '../src/index.ts'
import { MockContext, mockContext, TestHarness } from '../src/testing/index.ts'
import { addPlant, ext } from './garden-log.ts'

describe('[7.1] mockContext', () => {
  test('has the documented defaults', () => {
    const ctx = mockContext()
    expect(MockContext).toBe(mockContext)
    expect(ctx.user).toMatchObject({ imperalId: 'test_user', email: 'test@test.com', role: 'user', scopes: ['*'] })
    expect(ctx.appId).toBe('test-ext')
  })

  test('a registered function can be called directly: it parses, runs and checks', async () => {
    const ctx = mockContext({ extension: ext })
    const result = await addPlant(ctx, { species: 'fern' })
    expect(result).toMatchObject({ status: 'success', data: { species: 'fern', bed: 'main' } })
    await expect(addPlant(ctx, { species: '' })).rejects.toBeInstanceOf(ValidationError)
    expect(addPlant.functionName).toBe('add_plant')
  })

  test('seed and dump reach the data of the context', async () => {
    const ctx = mockContext()
    const [first] = await ctx.mock.store.seed('plants', [{ species: 'fern' }, { species: 'moss' }])
    expect(first?.id).toHaveLength(8)
    expect(await ctx.store.count('plants')).toBe(2)
    expect(ctx.mock.store.dump().plants?.[first?.id ?? '']).toEqual({ species: 'fern' })
  })

  test('[S000-119] background work is recorded, drained and must give an ActionResult', async () => {
    const ctx = mockContext()
    const id = await ctx.backgroundTask(async (task) => {
      await task.progress(10)
      return ActionResult.success({ id: task.taskId })
    })
    expect(ctx.mock.progressLog).toEqual([])
    expect(await ctx.mock.drainTasks()).toMatchObject([{ data: { id } }])
    expect(ctx.mock.progressLog).toHaveLength(1)
    await ctx.backgroundTask((async () => ({})) as never)
    await expect(ctx.mock.drainTasks()).rejects.toThrow(/did not return an ActionResult/)
  })

  test('skeleton sections are seeded, and readable in a skeleton handler only', async () => {
    const ctx = mockContext({ kind: 'skeleton', skeleton: { beds: { dry: 1 } } })
    expect(await ctx.skeleton.get('beds')).toEqual({ dry: 1 })
    expect(await ctx.skeleton.get('other')).toBeNull()
  })
})

describe('[7.3] TestHarness', () => {
  test('drives an app over one shared database', async () => {
    const harness = new TestHarness(ext)
    const added = await harness.call('add_plant', { species: 'fern' })
    expect(added).toMatchObject({ status: 'success', summary: 'Added fern', refreshPanels: ['beds'] })
    const listed = await harness.call('list_plants', {})
    expect(listed.data).toMatchObject({ total: 1, plants: [{ species: 'fern' }] })
    expect(await harness.panel('beds')).toEqual({ type: 'Text', props: { content: '1 plants' } })
    expect(await harness.skeleton('beds')).toEqual({ plants: 1 })
    await harness.schedule('morning_round')
    await harness.signal('season_changed', { season: 'spring' })
    expect(harness.mock.logs.at(-1)?.message).toBe('season spring')
    expect(harness.mock.notify.sent).toMatchObject([{ message: 'Time to water', user_id: 'test_user' }])
    expect(await harness.tool('recount', { bed: 'main' })).toEqual({ plants: 1, deep: false })
  })

  test('[9.3] [9.4] [9.5] refusals come back as error results with their codes', async () => {
    const app = new Extension('codes-app')
    const chat = new ChatExtension(app)
    const params = z.object({ message_id: z.string(), n: z.number().int().optional() })
    chat.function('read_mail', { description: 'Reads one mail.', params }, () => {
      throw new Error('secret detail')
    })
    const harness = new TestHarness(app)
    const code = async (name: string, args: object) => {
      const result = await harness.call(name, args)
      return result.status === 'error' ? result.errorCode : 'success'
    }
    expect(await code('nothing', {})).toBe('UNKNOWN_SUB_FUNCTION')
    expect(await code('read_mail', { message_id: 'acme-gmail-4' })).toBe('FABRICATED_ID_SHAPE')
    expect(await code('read_mail', { message_id: '<MESSAGE_ID>' })).toBe('VALIDATION_MISSING_FIELD')
    expect(await code('read_mail', {})).toBe('VALIDATION_MISSING_FIELD')
    expect(await code('read_mail', { message_id: 'm1', n: 'x' })).toBe('VALIDATION_TYPE_ERROR')
    expect(await code('read_mail', { message_id: 'm1' })).toBe('INTERNAL')
    expect(JSON.stringify(await harness.call('read_mail', { message_id: 'm1' }))).not.toContain('secret detail')
    expect(harness.mock.logs.at(-1)?.message).toContain('secret detail')
  })

  test('[4.1] a result that does not fit returns fails the test', async () => {
    const app = new Extension('drift-app')
    new ChatExtension(app).function(
      'drift',
      { description: 'x', params: z.object({}), returns: z.object({ n: z.number() }) },
      () => ActionResult.success({ n: 'many' } as never),
    )
    await expect(new TestHarness(app).call('drift', {})).rejects.toThrow(/does not fit its returns at data\.n/)
  })

  test('[I-EXT-RECORD-FIELD-NAMING-SYMMETRIC] a field that is declared under one name and answered under another fails the test', async () => {
    const app = new Extension('drift-app')
    const returns = z.object({ notes: z.array(z.object({ note_id: z.string() })) })
    new ChatExtension(app).function('drift', { description: 'x', params: z.object({}), returns }, () =>
      ActionResult.success({ notes: [{ note_id: 'n1' }, { noteId: 'n2' } as never] }),
    )
    await expect(new TestHarness(app).call('drift', {})).rejects.toThrow(/at data\.notes\.1\.note_id/)
  })

  test('a background function is acknowledged, then drained', async () => {
    const harness = new TestHarness(ext)
    harness.mock.http.mockGet('diary.csv', 'fern\nmoss\n')
    const started = await harness.call('import_diary', { url: 'https://x.example/diary.csv' })
    expect(started).toMatchObject({ status: 'success', data: { background: true } })
    expect(await harness.mock.drainTasks()).toMatchObject([{ data: { imported: 2 } }])
    expect(harness.mock.progressLog.map(({ percent }) => percent)).toEqual([0, 50])
  })

  test('a cancelled task is not turned into an error result', async () => {
    const harness = new TestHarness(ext)
    harness.mock.http.mockGet('diary.csv', 'fern')
    await harness.call('import_diary', { url: 'https://x.example/diary.csv' })
    harness.mock.cancel()
    await expect(harness.mock.drainTasks()).rejects.toBeInstanceOf(TaskCancelled)
  })

  test('events, webhooks, hooks and health', async () => {
    const harness = new TestHarness(ext)
    await harness.event({ eventType: 'weather.frost_warning', data: { degrees: -3 } })
    expect(harness.mock.notify.sent).toMatchObject([{ message: 'Frost: -3 degrees' }])
    expect(await harness.webhook('/sensor')).toMatchObject({ statusCode: 401, body: { error: 'unsigned' } })
    expect(await harness.webhook('sensor', { headers: { 'x-sensor-signature': 's' } })).toMatchObject({
      statusCode: 200,
      body: { received: true },
    })
    await harness.hook('onInstall')
    expect(Object.values(harness.mock.store.dump().beds ?? {})).toEqual([{ name: 'main' }])
    expect(await harness.health()).toMatchObject({ status: 'ok' })
  })

  test('[2.16.2] [D13] an upgrade runs every hook with from < v ≤ to, in semantic order', async () => {
    const app = new Extension('up-app')
    const ran: string[] = []
    for (const version of ['2.0.0', '1.10.0', '1.9.0', '1.0.0', '2.1.0', '2.0.0-rc.1']) {
      app.onUpgrade(version, (ctx) => void ran.push(`${version} from ${ctx.fromVersion} to ${ctx.toVersion}`))
    }
    const versions = await new TestHarness(app).upgrade('1.0.0', '2.0.0')
    expect(versions).toEqual(['1.9.0', '1.10.0', '2.0.0-rc.1', '2.0.0'])
    expect(ran[0]).toBe('1.9.0 from 1.0.0 to 2.0.0')
    expect(ran).toHaveLength(4)
  })
})

test.each(['<UNKNOWN>', ' <TODO> ', '<USER_ID2>', '<A>'])('[I-PARAMS-NO-PLACEHOLDER-VALUES] %j is refused', (value) => {
  const refusal = checkPlaceholderArgs({ id: '1', name: 'send', input: { to: [{ id: value }] } })
  expect(refusal).toMatch(/^PLACEHOLDER_ARGS rejected.*send.*to\[0\]\.id/)
})

test.each(['<unknown>', 'x <UNKNOWN>', ''])('[9.2] %j is no placeholder', (value) => {
  expect(checkPlaceholderArgs({ id: '1', name: 'send', input: { value } })).toBeNull()
})

test.each(['acme-gmail-4', 'a1-b2-3'])('[I-AH-1] %s is a fabricated id', (value) => {
  expect(checkIdShape({ thread_id: value })).toMatchObject({ field: 'thread_id', value })
})

test.each(['acme-gmail-x', 'A-b-1', 'a-b-c-1', 'abc-1', 'b0d2e7a0-12c5-4f5a-9f7e-0a2b3c4d5e6f'])(
  '[9.4] %s may be a real id',
  (value) => {
    expect(checkIdShape({ message_id: value })).toBeNull()
    expect(checkIdShape({ note_id: 'a-b-1' })).toBeNull()
  },
)
