import { ActionResultWire } from '@imperal/contract/action-result'
import { EXTENSION_PORT, type GuestCall, type KernelPort } from '@imperal/contract/guest-port'
import { HOST_CLIENTS } from '@imperal/contract/host-clients'
import { type HandlerKind, WebhookReply } from '@imperal/contract/host-protocol'
import type { JsonObject, JsonValue } from '@imperal/contract/json'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ActionResult, type CacheClient, ChatExtension, Extension, NotFoundError } from '../src/index.ts'
import { callOf, createKernel } from '../src/testing/setup.ts'
import { ext } from './garden-log.ts'

interface Sent {
  client: string
  method: string
  args: readonly JsonValue[]
  asUser: string | undefined
}

/** A kernel of which only the frames matter: it answers from a table and records what it was asked. */
function fakeKernel(answers: Record<string, JsonValue | Error> = {}) {
  const sent: Sent[] = []
  const logs: string[] = []
  const tasks: { options: object; run: (port: KernelPort, signal: AbortSignal, id: string) => Promise<JsonValue> }[] =
    []
  const port: KernelPort = {
    callback: async (client, method, args, asUser) => {
      sent.push({ client, method, args, asUser })
      const answer = answers[`${client}.${method}`] ?? null
      if (answer instanceof Error) throw answer
      return answer
    },
    log: (level, text) => logs.push(`${level} ${text}`),
    background: async (options, run) => {
      tasks.push({ options, run })
      return `task_${tasks.length}`
    },
  }
  return { port, sent, logs, tasks }
}

function call(extension: Extension, kind: HandlerKind, name: string, params: JsonValue = {}): GuestCall {
  return callOf(createKernel({}), { extension, userId: 'imp_u_ada111' }, { kind, name, params })
}

const invoke = (extension: Extension, kernel: KernelPort, kind: HandlerKind, name: string, params?: JsonValue) =>
  extension[EXTENSION_PORT].invoke(call(extension, kind, name, params), kernel)

const document = (data: JsonObject, id = 'd1') => ({ id, collection: 'plants', data })

describe('the port of an extension', () => {
  test('names the app and its manifest', () => {
    const { appId, version, manifest } = ext[EXTENSION_PORT]
    expect({ appId, version }).toEqual({ appId: 'garden-log', version: '1.2.0' })
    expect(manifest()).toMatchObject({ app_id: 'garden-log', manifest_schema_version: 3 })
  })

  test('[S000-007] [S000-008] a function gets parsed params, calls back and answers an ActionResult', async () => {
    const kernel = fakeKernel({ 'store.create': document({ species: 'fern', bed: 'main' }) })
    const wire = await invoke(ext, kernel.port, 'function', 'add_plant', { species: 'fern' })
    expect(ActionResultWire.parse(wire)).toEqual({
      status: 'success',
      summary: 'Added fern',
      data: { plant_id: 'd1', species: 'fern', bed: 'main' },
      refresh_panels: ['beds'],
    })
    expect(kernel.sent).toEqual([
      { client: 'store', method: 'create', args: ['plants', { species: 'fern', bed: 'main' }], asUser: undefined },
    ])
  })

  test('arguments that do not fit come back with a code and never reach the handler', async () => {
    const kernel = fakeKernel()
    const missing = await invoke(ext, kernel.port, 'function', 'add_plant', {})
    expect(missing).toMatchObject({ status: 'error', error_code: 'VALIDATION_MISSING_FIELD', data: {} })
    const wrong = await invoke(ext, kernel.port, 'function', 'add_plant', { species: 7 })
    expect(wrong).toMatchObject({ status: 'error', error_code: 'VALIDATION_TYPE_ERROR' })
    const unknown = await invoke(ext, kernel.port, 'function', 'water', {})
    expect(unknown).toMatchObject({ status: 'error', error_code: 'UNKNOWN_SUB_FUNCTION' })
    expect(kernel.sent).toEqual([])
  })

  test('an error that the handler lets through leaves with name, code and detail', async () => {
    const kernel = fakeKernel({ 'store.get': null })
    const thrown = invoke(ext, kernel.port, 'function', 'remove_plants_from_bed', { plant_id: 'p9' })
    await expect(thrown).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'not_found',
      message: "plant 'p9' not found",
      detail: { resource: 'plant', id: 'p9' },
    })
  })

  test('[2.2.7] [D19] a background function acknowledges at once and runs detached with its own port', async () => {
    const kernel = fakeKernel()
    const wire = await invoke(ext, kernel.port, 'function', 'import_diary', { url: 'https://x.example/diary.csv' })
    expect(wire).toMatchObject({ status: 'success', data: { task_id: 'task_1', background: true } })
    expect((wire as { summary: string }).summary).toContain('import_diary')
    expect(kernel.tasks[0]?.options).toEqual({ name: 'import_diary', longRunning: true })
    expect(kernel.sent).toEqual([])
    const detached = fakeKernel({
      'http.request': { status_code: 200, headers: { 'content-type': 'text/csv' }, body_base64: btoa('fern\nmoss\n') },
      'store.create': document({}),
    })
    const result = await kernel.tasks[0]?.run(detached.port, AbortSignal.timeout(5000), 'task_1')
    expect(result).toMatchObject({ status: 'success', data: { imported: 2 } })
    expect(detached.sent.map(({ client, method }) => `${client}.${method}`)).toEqual([
      'http.request',
      'task.progress',
      'store.create',
      'task.progress',
      'store.create',
    ])
    expect(kernel.sent).toEqual([])
  })

  test('a kernel that runs the function detached by itself gets the own result', async () => {
    const kernel = fakeKernel({
      'http.request': { status_code: 200, headers: {}, body_base64: btoa('fern') },
      'store.create': document({}),
    })
    const wire = await invoke(ext, kernel.port, 'background', 'import_diary', { url: 'https://x.example/diary.csv' })
    expect(wire).toMatchObject({ status: 'success', data: { imported: 1 } })
    expect(kernel.tasks).toEqual([])
  })

  test('[I-LONGRUN-BG-CORO-RETURNS-ACTIONRESULT] background work must return an ActionResult', async () => {
    const app = new Extension('task-app')
    app.tool('start', { description: 'Starts work.' }, (ctx) =>
      ctx.backgroundTask((async () => 'done') as never, { name: 'work' }),
    )
    const kernel = fakeKernel()
    await invoke(app, kernel.port, 'tool', 'start')
    const run = kernel.tasks[0]?.run(kernel.port, AbortSignal.timeout(5000), 'task_1')
    await expect(run).rejects.toThrow("Background task 'work' did not return an ActionResult")
  })

  test('a tool may return an object, a text or nothing', async () => {
    const app = new Extension('tool-app')
    const answers: Record<string, unknown> = { object: { n: 1 }, text: 'Done', nothing: undefined, list: [1] }
    for (const [name, value] of Object.entries(answers)) app.tool(name, { description: 'x' }, () => value)
    const { port } = fakeKernel()
    expect(await invoke(app, port, 'tool', 'object')).toMatchObject({ status: 'success', data: { n: 1 } })
    expect(await invoke(app, port, 'function', 'text')).toMatchObject({ summary: 'Done', data: {} })
    expect(await invoke(app, port, 'tool', 'nothing')).toMatchObject({ status: 'success', data: {} })
    expect(await invoke(app, port, 'tool', 'list')).toMatchObject({ data: { __value: [1] } })
    await expect(invoke(app, port, 'tool', 'missing')).rejects.toBeInstanceOf(NotFoundError)
  })

  test('[2.2.3] a bare value that fits returns is wrapped, anything else is an internal error', async () => {
    const app = new Extension('bare-app')
    const chat = new ChatExtension(app)
    const params = z.object({ fit: z.boolean() })
    const returns = z.object({ n: z.number() })
    const handler = (_ctx: unknown, { fit }: { fit: boolean }) => (fit ? { n: 1 } : 'text')
    chat.function('bare', { description: 'x', params, returns }, handler as never)
    const { port } = fakeKernel()
    expect(await invoke(app, port, 'function', 'bare', { fit: true })).toEqual({
      status: 'success',
      summary: '',
      data: { n: 1 },
    })
    await expect(invoke(app, port, 'function', 'bare', { fit: false })).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('[11.1.5] [I-SDK-RETURN-DATA-VALIDATED-AT-EMIT] on a platform a result that does not fit is logged and passed on', async () => {
    const app = new Extension('drift-app')
    const returns = z.object({ n: z.number() })
    new ChatExtension(app).function('drift', { description: 'x', params: z.object({}), returns }, () =>
      ActionResult.success({ n: 'many' } as never),
    )
    const kernel = fakeKernel()
    expect(await invoke(app, kernel.port, 'function', 'drift')).toMatchObject({ data: { n: 'many' } })
    expect(kernel.logs).toEqual([expect.stringContaining('data_model_mismatch function=drift at=data.n')])
  })

  test('[S000-027] a panel answers {ui, panel_id}', async () => {
    const kernel = fakeKernel({ 'store.count': 2 })
    expect(await invoke(ext, kernel.port, 'panel', 'beds')).toEqual({
      ui: { type: 'Text', props: { content: '2 plants' } },
      panel_id: 'beds',
    })
    expect(kernel.sent.map(({ client, method }) => `${client}.${method}`)).toEqual([
      'cache.claim',
      'store.count',
      'cache.set',
    ])
  })

  test('a panel that returns nothing shows Empty, one above 256 KB an Error', async () => {
    const app = new Extension('panel-app')
    app.panel('none', {}, () => null)
    app.panel('huge', {}, () => ({ type: 'Text', props: { content: 'x'.repeat(262_144) } }))
    const kernel = fakeKernel()
    expect(await invoke(app, kernel.port, 'panel', 'none')).toMatchObject({ ui: { type: 'Empty' }, panel_id: 'none' })
    expect(await invoke(app, kernel.port, 'panel', 'huge')).toMatchObject({ ui: { type: 'Error' }, panel_id: 'huge' })
    expect(kernel.logs).toHaveLength(2)
  })

  test('widgets, tray items and menu entries carry their ids', async () => {
    const app = new Extension('surfaces-app')
    const node = { type: 'Badge', props: { value: 1 } }
    app.widget('w', {}, () => node)
    app.tray('unread', { icon: 'Mail', zone: 'actions' }, () => node)
    app.menuItem('m', { handler: () => node })
    const { port } = fakeKernel()
    expect(await invoke(app, port, 'widget', 'w')).toEqual({ ui: node, widget_id: 'w' })
    expect(await invoke(app, port, 'tray', 'unread')).toEqual({
      ui: node,
      tray_id: 'unread',
      icon: 'Mail',
      zone: 'actions',
    })
    expect(await invoke(app, port, 'menu', 'm')).toEqual({ ui: node, item_id: 'm' })
  })

  test('[S000-018] [S000-021] [D21] a skeleton answers its section, from both forms', async () => {
    const app = new Extension('skeleton-app')
    app.skeleton('one', { ttl: 0 }, () => ({ response: { n: 1 } }))
    app.skeleton('two', {}, () => ActionResult.success({ n: 2 }))
    app.skeleton('broken', {}, () => ({ n: 3 }) as never)
    app.skeleton('failed', {}, () => ActionResult.error('The source is down.'))
    const { port } = fakeKernel()
    expect(await invoke(app, port, 'skeleton', 'one')).toEqual({ n: 1 })
    expect(await invoke(app, port, 'skeleton', 'two')).toEqual({ n: 2 })
    await expect(invoke(app, port, 'skeleton', 'broken')).rejects.toThrow(/neither/)
    await expect(invoke(app, port, 'skeleton', 'failed')).rejects.toThrow('The source is down.')
    expect(app.skeletons.get('one')?.ttl).toBe(300)
    expect(await invoke(app, port, 'tool', 'skeleton_refresh_one')).toMatchObject({ data: { n: 1 } })
  })

  test('[2.6.7] an alert sees the change and may read the skeleton', async () => {
    const app = new Extension('alert-app')
    app.skeletonAlert('beds', async (ctx, { previous, current }) =>
      current.dry === previous?.dry ? null : `${(await ctx.skeleton.get('beds'))?.dry} beds are dry`,
    )
    const { port } = fakeKernel({ 'skeleton.get': { dry: 2 } })
    const change = { previous: { dry: 1 }, current: { dry: 2 } }
    expect(await invoke(app, port, 'skeleton_alert', 'beds', change)).toMatchObject({ summary: '2 beds are dry' })
    expect(await invoke(app, port, 'skeleton_alert', 'beds', { previous: null, current: {} })).toBeNull()
  })

  test('[S000-039] a schedule is declared with its expression, and its job is the handler of its name', async () => {
    const app = new Extension('archive-app')
    const ran: string[] = []
    app.schedule('nightly_archive', { cron: '0 3 * * *' }, (ctx) => void ran.push(`nightly of ${ctx.user.imperalId}`))
    app.schedule('hourly', { cron: '0 * * * *' }, () => void ran.push('hourly'))
    expect(app[EXTENSION_PORT].manifest().schedules).toEqual([
      { name: 'nightly_archive', cron: '0 3 * * *' },
      { name: 'hourly', cron: '0 * * * *' },
    ])
    await invoke(app, fakeKernel().port, 'schedule', 'nightly_archive')
    expect(ran).toEqual(['nightly of __system__'])
  })

  test('[S000-043] a schedule fans out through asUser', async () => {
    const kernel = fakeKernel({ 'store.list_users': { user_ids: ['imp_u_a', 'imp_u_b'], next_cursor: null } })
    expect(await invoke(ext, kernel.port, 'schedule', 'morning_round')).toBeNull()
    expect(kernel.sent.slice(1)).toEqual([
      { client: 'notify', method: 'send', args: [{ message: 'Time to water' }], asUser: 'imp_u_a' },
      { client: 'notify', method: 'send', args: [{ message: 'Time to water' }], asUser: 'imp_u_b' },
    ])
  })

  test('[3.16] background work of asUser is that user’s', async () => {
    const app = new Extension('fan-app')
    app.schedule('s', { cron: '@daily' }, (ctx) =>
      ctx.asUser('imp_u_a').backgroundTask(async (task) => {
        await task.store.create('plants', {})
        return ActionResult.success()
      }),
    )
    const kernel = fakeKernel({ 'store.create': document({}) })
    await invoke(app, kernel.port, 'schedule', 's')
    expect(kernel.tasks[0]?.options).toMatchObject({ asUser: 'imp_u_a' })
    await kernel.tasks[0]?.run(kernel.port, AbortSignal.timeout(5000), 'task_1')
    expect(kernel.sent).toMatchObject([{ method: 'create', asUser: 'imp_u_a' }])
  })

  test('[S000-057] a cache model is the handle to write by and to read by: its name travels, its shape is checked both ways', async () => {
    const app = new Extension('inbox-app')
    const model = app.cacheModel('inbox_summary', z.object({ unread: z.number().int() }))
    let work: (cache: CacheClient) => Promise<unknown> = async () => null
    app.tool('work', { description: 'Works with the cache.' }, async ({ cache }) => ({
      value: (await work(cache)) ?? null,
    }))
    const of = async (doing: typeof work, stored: JsonValue = null) => {
      work = doing
      const kernel = fakeKernel({ 'cache.get': stored })
      const wire = ActionResultWire.parse(await invoke(app, kernel.port, 'tool', 'work'))
      return { value: wire.data.value, sent: kernel.sent }
    }
    const kept = (data: JsonValue, name = 'inbox_summary') => ({ model: name, version: 1, data, cached_at: 1 })
    const read = (cache: CacheClient) => cache.get('page:1', model)
    const written = await of((cache) => cache.set('page:1', model, { unread: 3 }, { ttlSeconds: 60 }))
    expect(written.sent).toMatchObject([
      {
        client: 'cache',
        method: 'set',
        args: ['page:1', 'inbox_summary', expect.objectContaining({ model: 'inbox_summary', data: { unread: 3 } }), 60],
      },
    ])
    const refused = (cache: CacheClient) =>
      cache
        .set('page:1', model, { unread: 'many' as unknown as number })
        .catch((error: Error) => error.constructor.name)
    expect(await of(refused)).toEqual({ value: 'TypeError', sent: [] })
    const hit = await of(read, kept({ unread: 3 }))
    expect([hit.value, hit.sent[0]?.args]).toEqual([{ unread: 3 }, ['page:1', 'inbox_summary']])
    // What another version of the app kept in another shape, or under another name, is a miss.
    expect((await of(read, kept({ unread: 'many' }))).value).toBeNull()
    expect((await of(read, kept({ unread: 3 }, 'outbox_summary'))).value).toBeNull()
  })

  test('[S000-045] a webhook answers plain HTTP parts', async () => {
    const { port } = fakeKernel()
    const request = { method: 'POST', headers: { 'X-SENSOR-Signature': 's' }, body_base64: '', query_params: {} }
    const signed = WebhookReply.parse(await invoke(ext, port, 'webhook', 'sensor', request))
    expect(signed.status_code).toBe(200)
    expect(atob(signed.body_base64.replace(/-/g, '+'))).toBe('{"received":true}')
    const unsigned = await invoke(ext, port, 'webhook', '/sensor/', { ...request, headers: {} })
    expect(unsigned).toMatchObject({ status_code: 401 })
  })

  test('[S000-051] onEvent subscribes to an event of the platform: it stands in the manifest and reaches its handler', async () => {
    const app = new Extension('inbox-app')
    const seen: unknown[] = []
    app.onEvent('email.received', (_ctx, event) => void seen.push(event.data))
    const { events } = app[EXTENSION_PORT].manifest() as {
      events?: { subscribes: { type: string; handler: string }[] }
    }
    expect(events?.subscribes).toEqual([{ type: 'email.received', handler: 'on_email_received' }])
    const envelope = { event_type: 'email.received', data: { subject: 'Hi' }, user_id: 'u', tenant_id: 'default' }
    await invoke(app, fakeKernel().port, 'event', 'on_email_received', envelope)
    expect(seen).toEqual([{ subject: 'Hi' }])
  })

  test('[S000-052] an event reaches handlers by their name and by type, each on its own', async () => {
    const app = new Extension('event-app')
    const seen: string[] = []
    app.onEvent<{ n: number }>('a.b', (_ctx, event) => void seen.push(`first ${event.data.n}`))
    app.onEvent('a.b', () => {
      throw new Error('broken')
    })
    app.onEvent('a.b', async function last(ctx) {
      seen.push('last')
      await ctx.notify('hello')
    })
    const kernel = fakeKernel()
    const envelope = { event_type: 'a.b', data: { n: 4 }, user_id: 'u', tenant_id: 'default' }
    await expect(invoke(app, kernel.port, 'event', 'a.b', envelope)).rejects.toThrow('broken')
    expect(seen).toEqual(['first 4', 'last'])
    await expect(invoke(app, kernel.port, 'event', 'last', envelope)).resolves.toBeNull()
    expect(seen).toEqual(['first 4', 'last', 'last'])
    expect(app.eventHandlers.map(({ handlerName }) => handlerName)).toEqual(['on_a_b', 'on_a_b', 'last'])
    await expect(invoke(app, kernel.port, 'event', 'x.y', envelope)).rejects.toBeInstanceOf(NotFoundError)
  })

  test('a declared event parses its payload', async () => {
    const app = new Extension('typed-app')
    const Made = app.emits('typed-app.made', { schema: z.object({ n: z.coerce.number() }) })
    let total = 0
    app.onEvent(Made, (_ctx, event) => {
      total += event.data.n
    })
    const { port } = fakeKernel()
    await invoke(app, port, 'event', 'typed-app.made', { event_type: 'typed-app.made', data: { n: '4' } })
    expect(total).toBe(4)
    await expect(invoke(app, port, 'event', 'typed-app.made', { data: {} })).rejects.toThrow()
  })

  test('[S000-061] an exposed method answers data, whatever it returns', async () => {
    const app = new Extension('expose-app')
    const params = z.object({})
    app.expose('object', { params }, () => ({ n: 1 }))
    app.expose('text', { params, actionType: 'write' }, () => 'hi')
    app.expose('result', { params }, () => ActionResult.error('Not now.'))
    const { port } = fakeKernel()
    expect(await invoke(app, port, 'expose', 'object')).toMatchObject({ data: { n: 1 } })
    expect(await invoke(app, port, 'expose', 'text')).toMatchObject({ data: { __value: 'hi' } })
    expect(await invoke(app, port, 'expose', 'result')).toMatchObject({ status: 'error', error: 'Not now.' })
  })

  test('[S000-083] hooks and upgrades get a ctx and nothing else', async () => {
    const kernel = fakeKernel({ 'store.create': document({ name: 'main' }) })
    expect(await invoke(ext, kernel.port, 'lifecycle', 'on_install')).toBeNull()
    const upgrade = call(ext, 'lifecycle', 'on_upgrade:1.2.0')
    const ctx = { ...upgrade.ctx, from_version: '1.0.0', to_version: '1.3.0' }
    await ext[EXTENSION_PORT].invoke({ ...upgrade, ctx }, kernel.port)
    expect(kernel.logs).toEqual(['info from 1.0.0 to 1.3.0'])
  })

  test('[2.16.4] a health check that throws is unhealthy, without the text of the error', async () => {
    const app = new Extension('ill-app')
    app.healthCheck(() => {
      throw new Error('password in the text')
    })
    const kernel = fakeKernel()
    expect(await invoke(app, kernel.port, 'health', '')).toEqual({
      status: 'unhealthy',
      message: 'The health check failed',
      details: {},
    })
    expect(kernel.logs).toEqual([expect.stringContaining('password in the text')])
    expect(await invoke(ext, kernel.port, 'health', '')).toMatchObject({ status: 'ok' })
  })

  test('[1.2] the secrets panel shows states, links to the host page and reads no value', async () => {
    const kernel = fakeKernel({
      'secrets.list': [{ name: 'sensor_key', description: '', is_set: true, last_accessed_at: 1_767_225_600 }],
    })
    const text = JSON.stringify(await invoke(ext, kernel.port, 'panel', 'secrets'))
    expect(text).toContain('"label":"Set","color":"green"')
    expect(text).toContain('/ext/garden-log/secrets#sensor_key')
    expect(text).toContain('"value":"https://panel.imperal.io/v1/ext/garden-log/webhook/sensor","copyable":true')
    expect(text).toContain('Last read 2026-01-01 00:00 UTC')
    expect(text).not.toMatch(/"type":"(Input|Password)"/)
    expect(kernel.sent.map(({ method }) => method)).toEqual(['list'])
    const failing = fakeKernel({ 'secrets.list': Object.assign(new Error('down'), { code: 'unavailable' }) })
    expect(JSON.stringify(await invoke(ext, failing.port, 'panel', 'secrets'))).toContain('"label":"Not set"')
  })

  test('[1.2.6] [D1] without a secret and a webhook the secrets panel is empty', async () => {
    const answer = await invoke(new Extension('bare-app'), fakeKernel().port, 'panel', 'secrets')
    expect(answer).toMatchObject({ ui: { type: 'Empty' }, panel_id: 'secrets' })
  })

  test('every callback of the clients is in the contract’s table', async () => {
    const kernel = createKernel({})
    for (const [client, methods] of Object.entries(HOST_CLIENTS)) {
      for (const method of methods) {
        const port = kernel.portFor({ appId: 'a', tenantId: 't', userId: '__system__' })
        const answered = await port.callback(client, method, []).then(
          () => true,
          (error: { code?: string; detail?: { id?: string } }) => error.detail?.id !== method,
        )
        if (`${client}.${method}` !== 'task.background') expect(answered, `${client}.${method}`).toBe(true)
      }
    }
  })
})
