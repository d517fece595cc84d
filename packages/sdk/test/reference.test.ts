import { ALL_RULES } from '@imperal/validators'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import * as sdk from '../src/index.ts'
import {
  ActionResult,
  ChatExtension,
  Extension,
  generateManifest,
  HealthStatus,
  ui,
  WebhookResponse,
} from '../src/index.ts'
import { mockContext, TestHarness } from '../src/testing/index.ts'

function app() {
  const ext = new Extension('my-app', {
    version: '1.0.0',
    displayName: 'My App',
    description: 'An app that shows what the reference of the SDK promises to authors.',
    icon: 'icon.svg',
    actionsExplicit: true,
    capabilities: ['my-app:read', 'my-app:write'],
  })
  return { ext, chat: new ChatExtension(ext, { toolName: 'my_app', description: 'Everything of my app.' }) }
}
const manifestOf = (ext: Extension) =>
  generateManifest(ext) as unknown as Record<string, never> & { tools: Record<string, unknown>[] }
const harnessOf = (ext: Extension) => new TestHarness(ext)

describe('what reaches the manifest', () => {
  test('[S000-004] [S000-005] icon, actions_explicit and capabilities as they were given', () => {
    expect(manifestOf(app().ext)).toMatchObject({
      icon: 'icon.svg',
      actions_explicit: true,
      capabilities: ['my-app:read', 'my-app:write'],
    })
  })

  test('[S000-009] [S000-010] [S000-014] [S000-016] [S000-176] [S003-007] [S003-010] a chat function is a typed entry', () => {
    const { ext, chat } = app()
    chat.function(
      'send_mail',
      {
        description: 'Sends one mail to one address.',
        actionType: 'write',
        chainCallable: true,
        effects: ['email.send', 'create:mail'],
        params: z.object({ to: z.string().describe('Where it goes.'), count: z.number().int().default(1) }),
        returns: z.object({ mail_id: z.string() }),
      },
      () => ActionResult.success({ mail_id: 'm1' }),
    )
    expect(manifestOf(ext).tools).toEqual([
      {
        name: 'send_mail',
        description: 'Sends one mail to one address.',
        action_type: 'write',
        chain_callable: true,
        effects: ['email.send', 'create:mail'],
        id_projection: '',
        params_schema: {
          type: 'object',
          properties: { to: { type: 'string', description: 'Where it goes.' }, count: { default: 1, type: 'integer' } },
          required: ['to'],
        },
        return_schema: {
          type: 'object',
          properties: { mail_id: { type: 'string' } },
          required: ['mail_id'],
          additionalProperties: false,
        },
        event: '',
        background: false,
        long_running: false,
        scopes: [],
        owner_chat_tool: 'my_app',
      },
    ])
  })

  test('[S000-013] chain_callable is what the author says: on, off, and on unless told', () => {
    const { ext, chat } = app()
    const said = [
      ['send_mail', { chainCallable: true }],
      ['wipe_mail', { chainCallable: false }],
      ['read_mail', {}],
    ] as const
    for (const [name, options] of said)
      chat.function(name, { description: 'Does one thing with mail.', params: z.object({}), ...options }, () =>
        ActionResult.success({}),
      )
    const flags = manifestOf(ext).tools.map((tool) => [tool.name, tool.chain_callable])
    expect(flags).toEqual([
      ['send_mail', true],
      ['wipe_mail', false],
      ['read_mail', true],
    ])
  })

  test('[S000-062] [S000-173] [S000-175] [S003-094] [S003-102] exposed, webhooks, tray, lifecycle and skeleton options', () => {
    const { ext } = app()
    expect(Object.keys(manifestOf(ext))).not.toEqual(
      expect.arrayContaining(['exposed', 'webhooks', 'tray', 'lifecycle']),
    )
    ext.expose('get_deal', { params: z.object({ deal_id: z.string() }) }, () => ({}))
    ext.webhook('/stripe', { secretHeader: 'Stripe-Signature' }, () => WebhookResponse.ok({ received: true }))
    ext.tray('unread', { icon: 'Mail', tooltip: 'Unread mails' }, () => null)
    ext.skeleton('deals', { ttl: 525, description: 'Open deals' }, () => ({ response: { open: 1 } }))
    ext.onInstall(() => {})
    ext.onUpgrade('2.0.0', () => {})
    ext.healthCheck(() => HealthStatus.ok())
    expect(manifestOf(ext)).toMatchObject({
      exposed: [{ name: 'get_deal', action_type: 'read' }],
      webhooks: [{ path: '/stripe', method: 'POST', secret_header: 'Stripe-Signature' }],
      tray: [{ tray_id: 'unread', icon: 'Mail', tooltip: 'Unread mails' }],
      lifecycle: { on_install: true, on_upgrade: ['2.0.0'], health_check: { interval_sec: 60 } },
      lifecycle_hooks: { on_install: { signature: '(ctx)' }, 'on_upgrade:2.0.0': { signature: '(ctx)' } },
      tools: [{ name: 'skeleton_refresh_deals', description: 'Open deals' }],
    })
    expect(ext.skeletons.get('deals')).toMatchObject({ ttl: 525 })
  })

  test('[S000-069] required, max_bytes and rotation_hint_days of a secret', () => {
    const { ext } = app()
    ext.secret({
      name: 'api_key',
      description: 'Key of the service.',
      required: true,
      maxBytes: 200,
      rotationHintDays: 90,
    })
    expect(manifestOf(ext)).toMatchObject({
      secrets: [{ name: 'api_key', required: true, write_mode: 'user', max_bytes: 200, rotation_hint_days: 90 }],
    })
  })

  test('[S003-043] panels, widgets, commands, context menus, settings and a theme are declared from code', async () => {
    const ext = new Extension('looks', {
      configDefaults: {
        ui: {
          commands: [{ id: 'new', title: 'New deal', handler: '__panel__deals' }],
          context_menus: [{ slot: 'table.row', label: 'Open', handler: '__panel__deals' }],
          settings: [{ id: 'unit', type: 'select', label: 'Unit', options: [{ value: 'kg', label: 'Kilograms' }] }],
          theme: { accent_color: '#0a0', border_radius: 'lg' },
        },
      },
    })
    ext.panel('deals', { slot: 'left', title: 'Deals' }, () => ui.Text('none'))
    ext.widget('open', { slot: 'dashboard.stats', label: 'Open deals' }, () => ui.Text('3'))
    expect(manifestOf(ext)).toMatchObject({
      config_defaults: { ui: { commands: [{ id: 'new' }], theme: { border_radius: 'lg' } } },
    })
    expect((manifestOf(ext).panels as unknown as { panel_id: string }[]).map((panel) => panel.panel_id)).toContain(
      'deals',
    )
    expect(await ext.callTool('__widget__open', mockContext({ kind: 'panel' }))).toMatchObject({ widget_id: 'open' })
  })

  test('[S000-182] generateManifest, saveManifest and validateExtension come from the root', () => {
    expect([typeof sdk.generateManifest, typeof sdk.saveManifest]).toEqual(['function', 'function'])
    const report = sdk.validateExtension(new Extension('x', { version: 'one' }))
    expect(report.isValid).toBe(false)
    expect(report.errors.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['V1', 'V2', 'V3', 'V14', 'V15']))
  })

  test('[S003-126] [D25] the named rules MANIFEST-SKELETON-1 and SDK-VERSION-1 exist', () => {
    const ids = ALL_RULES.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['MANIFEST-SKELETON-1', 'SDK-VERSION-1']))
  })
})

describe('results, documents and pages', () => {
  test('[S003-065] [S003-066] success takes a plain object and writes it for the wire', () => {
    const result = ActionResult.success({ id: 'd1', name: 'Acme', value: 50_000 }, 'Found')
    expect(ActionResult.toWire(result)).toEqual({
      status: 'success',
      summary: 'Found',
      data: { id: 'd1', name: 'Acme', value: 50_000 },
    })
  })

  test('[S003-065] success takes what a schema made, typed as the schema says, and writes it for the wire', () => {
    const Deal = z.object({ id: z.string(), name: z.string(), value: z.number().default(0) })
    const result: ActionResult<z.infer<typeof Deal>> = ActionResult.success(
      Deal.parse({ id: 'd1', name: 'Acme' }),
      'Found',
    )
    const { value } = result.data
    expect(value).toBe(0)
    expect(ActionResult.toWire(result).data).toEqual({ id: 'd1', name: 'Acme', value: 0 })
  })

  test('[S000-164] success with a ui node carries it', () => {
    const wire = ActionResult.toWire(ActionResult.success({}, 'Here', { ui: ui.Text('hello') }))
    expect(wire.ui).toEqual({ type: 'Text', props: expect.objectContaining({ content: 'hello' }) })
  })

  test('[S003-089] a stored document as data travels in its wire form', async () => {
    const ctx = mockContext()
    const document = await ctx.store.create('deals', { name: 'Acme' })
    expect(ActionResult.toWire(ActionResult.success(document)).data).toMatchObject({
      id: document.id,
      collection: 'deals',
      data: { name: 'Acme' },
      extension_id: 'test-ext',
    })
  })

  test('[S003-045] [S003-067] [S003-068] [S003-081] a page has a length, iterates, and leads to the next one by its cursor', async () => {
    const { store, storage, mock } = mockContext()
    await mock.store.seed(
      'deals',
      Array.from({ length: 25 }, (_, n) => ({ n })),
    )
    const page = await store.query('deals', { limit: 20 })
    let seen = 0
    for (const document of page) seen += document.collection === 'deals' ? 1 : 0
    expect([seen, page.length, page.hasMore]).toEqual([20, 20, true])
    const rest = await store.query('deals', { limit: 20, cursor: page.cursor ?? '' })
    expect([rest.length, rest.hasMore]).toEqual([5, false])
    await storage.upload('a.txt', 'x')
    for await (const file of await storage.list()) expect(file.path).toBe('a.txt')
  })

  test('[S003-069] [S003-070] [S003-071] a missing document is caught by its class and says its name', async () => {
    const { store } = mockContext()
    try {
      await store.get('deals', 'nonexistent')
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof sdk.NotFoundError)) throw error
      expect([error.resource, error.id, error.message]).toEqual(['deal', 'nonexistent', "deal 'nonexistent' not found"])
    }
  })

  test('[S003-040] NotFoundError and RateLimitError are APIErrors, which are ImperalErrors', () => {
    for (const error of [new sdk.NotFoundError('deal', 'd1'), new sdk.RateLimitError()]) {
      expect(error).toBeInstanceOf(sdk.APIError)
      expect(error).toBeInstanceOf(sdk.ImperalError)
    }
  })
})

describe('handlers', () => {
  test('[S003-033] [S003-026] a test calls the function itself with a mock context', async () => {
    const { chat } = app()
    const greet = chat.function(
      'greet',
      { description: 'Greets someone by name.', params: z.object({ name: z.string().default('World') }) },
      (ctx, { name }) =>
        ActionResult.success({ message: `Hello, ${name}!`, by: ctx.user.imperalId }, `Greeted ${name}`),
    )
    const result = await greet(mockContext({ userId: 'imp_u_ada' }), {})
    expect(result.status).toBe('success')
    expect(result.data).toMatchObject({ message: 'Hello, World!', by: 'imp_u_ada' })
  })

  test('[S003-082] a schedule may answer an ActionResult', async () => {
    const { ext } = app()
    let ran = 0
    ext.schedule('nightly', { cron: '0 3 * * *' }, () => {
      ran += 1
      return ActionResult.success({ cleaned: 3 }, 'Cleaned')
    })
    await harnessOf(ext).schedule('nightly')
    expect(ran).toBe(1)
  })

  test('[S003-084] [S003-117] notify.push and notify.send reach the acting user and are kept for the test', async () => {
    const { notify, mock } = mockContext({ userId: 'imp_u_ada' })
    await notify.push({ title: 'Deal won', body: 'Acme signed.' })
    await notify.send('Weekly report', { channel: 'email' })
    expect(mock.notify.sent).toMatchObject([
      { message: 'Deal won', body: 'Acme signed.', user_id: 'imp_u_ada' },
      { message: 'Weekly report', channel: 'email' },
    ])
  })

  test('[S003-088] the handle of emits types event.data where it is received', async () => {
    const { ext } = app()
    const DealWon = ext.emits('my-app.deal_won', { schema: z.object({ value: z.number() }) })
    const seen: number[] = []
    ext.onEvent(DealWon, (_ctx, event) => void seen.push(event.data.value + 1))
    await harnessOf(ext).event({ eventType: 'my-app.deal_won', data: { value: 41 } })
    await expect(harnessOf(ext).event({ eventType: 'my-app.deal_won', data: { value: 'much' } })).rejects.toThrow()
    expect(seen).toEqual([42])
  })

  test('[S003-096] [S003-097] a webhook parses its body and answers with WebhookResponse.ok', async () => {
    const { ext } = app()
    ext.webhook('/stripe', {}, (_ctx, request) => {
      const { type } = request.json<{ type: string }>()
      return WebhookResponse.ok({ received: true, type })
    })
    const answer = await harnessOf(ext).webhook('/stripe', { body: '{"type":"paid"}' })
    expect([answer.statusCode, answer.body]).toEqual([200, { received: true, type: 'paid' }])
  })

  test('[S003-099] params of an exposed method are checked and typed, the result is typed where it is called', async () => {
    const { ext } = app()
    ext.expose('get_deal', { params: z.object({ deal_id: z.string() }) }, (_ctx, { deal_id }) => ({
      id: deal_id.toUpperCase(),
    }))
    const { handler } = ext.exposed.get('get_deal') ?? expect.unreachable()
    const ctx = mockContext()
    ctx.mock.registerMethod('crm', 'get_deal', (params) => handler(ctx, params))
    const { id } = await ctx.extensions.call<{ id: string }>('crm', 'get_deal', { deal_id: 'd1' })
    expect(id).toBe('D1')
    expect(() => handler(ctx, { deal_id: 7 })).toThrow(sdk.ValidationError)
  })

  test('[S003-101] an ActionResult is a skeleton’s answer too', async () => {
    const { ext } = app()
    ext.skeleton('deals', {}, () => ActionResult.success({ open: 2 }))
    expect(await harnessOf(ext).skeleton('deals')).toEqual({ open: 2 })
  })

  test.each(['panel', 'function', 'tool'] as const)(
    '[S003-039] [S003-103] [S003-104] [S000-092] in a %s the skeleton is forbidden; nowhere is it writable',
    async (kind) => {
      const { skeleton } = mockContext({ kind }) as unknown as { skeleton: { get(section: string): Promise<unknown> } }
      await expect(skeleton.get('deals')).rejects.toBeInstanceOf(sdk.SkeletonAccessForbidden)
      const reader = mockContext({ kind: 'skeleton', skeleton: { deals: { open: 1 } } }).skeleton
      expect(await reader.get('deals')).toEqual({ open: 1 })
      expect('update' in reader || 'update' in skeleton).toBe(false)
    },
  )

  test('[S003-105] [S003-106] [S000-100] a panel fetches through the cache: the model checks, 64 KB is the end', async () => {
    const { ext } = app()
    const Deals = ext.cacheModel('deals', z.object({ names: z.array(z.string()) }))
    const { cache } = mockContext({ kind: 'panel', extension: ext })
    expect(await cache.getOrFetch('all', Deals, async () => ({ names: ['Acme'] }))).toEqual({ names: ['Acme'] })
    await expect(cache.set('all', Deals, { names: [7 as never] })).rejects.toThrow(TypeError)
    await expect(cache.set('big', Deals, { names: ['x'.repeat(65_536)] })).rejects.toThrow(sdk.ValidationError)
    const other = mockContext({ kind: 'panel', extension: ext, extensionId: 'other-app' })
    expect(await other.cache.get('all', Deals)).toBeNull()
  })

  test('[S003-130] HealthStatus.ok with details is a health answer', async () => {
    const { ext } = app()
    ext.healthCheck(() => HealthStatus.ok({ connections: 5 }))
    expect(await harnessOf(ext).health()).toEqual({ status: 'ok', message: '', details: { connections: 5 } })
  })

  test('[S000-148] [I-SECRETS-HANDLER-SCOPE-MEMORY] nothing of a secret is kept: the next read sees the new value', async () => {
    const { ext } = app()
    ext.secret({ name: 'api_key', description: 'A key.', writeMode: 'both' })
    const chat = new ChatExtension(ext, { toolName: 'keys' })
    const params = z.object({ value: z.string().optional() })
    chat.function('use', { description: 'Reads or writes the key.', params }, async (ctx, { value }) => {
      if (value !== undefined) await ctx.secrets.set('api_key', value)
      return ActionResult.success({ is: (await ctx.secrets.get('api_key')) ?? '' })
    })
    const harness = harnessOf(ext)
    const values = []
    for (const value of ['one', 'two']) values.push((await harness.call('use', { value })).data)
    values.push((await harness.call('use', {})).data)
    expect(values).toEqual([{ is: 'one' }, { is: 'two' }, { is: 'two' }])
    expect(JSON.stringify([ext, harness], (_key, value) => (value instanceof Map ? [...value] : value))).not.toContain(
      'two',
    )
  })
})

describe('the test kit', () => {
  test('[S003-038] [S003-041] clients of a context, without any server', async () => {
    const ctx = mockContext()
    for (const client of [
      'store',
      'ai',
      'billing',
      'cache',
      'notify',
      'storage',
      'http',
      'config',
      'extensions',
      'secrets',
      'time',
    ] as const)
      expect(ctx[client]).toBeTruthy()
    expect(mockContext({ kind: 'skeleton' }).skeleton).toBeTruthy()
    expect(await ctx.billing.getBalance()).toEqual({ balance: 50_000, plan: 'pro', cap: 250_000 })
  })

  test('[S003-112] role and config are options', () => {
    const ctx = mockContext({ role: 'admin', config: { api_url: 'https://api.example.com' } })
    expect([ctx.user.hasRole('admin'), ctx.config.get('api_url')]).toEqual([true, 'https://api.example.com'])
  })

  test('[S000-089] [S003-113] [S003-114] the store creates, reads, updates and deletes in memory', async () => {
    const { store } = mockContext()
    const made = await store.create<{ name: string; value?: number }>('deals', { name: 'Acme' })
    expect(made.id).toHaveLength(8)
    expect((await store.update<{ name: string; value?: number }>('deals', made.id, { value: 5 })).data).toEqual({
      name: 'Acme',
      value: 5,
    })
    await store.create('deals', { name: 'Globex' })
    const { data } = await store.query('deals', { where: { name: 'Acme' } })
    expect(data).toHaveLength(1)
    expect(data[0]?.id).toBe(made.id)
    expect((await store.query('deals', { where: { name: 'Initech' } })).data).toHaveLength(0)
    expect([await store.delete('deals', made.id), await store.find('deals', made.id)]).toEqual([true, null])
  })

  test('[S003-073] [S003-115] the model answers by pattern, case ignored; an empty model means the user’s own', async () => {
    const { ai, mock } = mockContext()
    mock.ai.setResponse('summarize', 'A good deal.')
    expect((await ai.complete('Summarize this deal', { model: '' })).text).toBe('A good deal.')
  })

  test('[S003-116] mockGet answers every address that holds its text', async () => {
    const { http, mock } = mockContext()
    mock.http.mockGet('api.example.com', { status: 'up' })
    const answer = await http.get('https://api.example.com/health')
    expect([answer.ok, answer.json()]).toEqual([true, { status: 'up' }])
  })
})
