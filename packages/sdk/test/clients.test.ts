import { afterEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { resourceName } from '../src/clients/store.ts'
import { createTransport } from '../src/clients/transport.ts'
import { errorToWire, reviveError } from '../src/errors-wire.ts'
import {
  ActionResult,
  APIError,
  CircularCallError,
  Extension,
  ExtensionError,
  HttpStatusError,
  NotFoundError,
  SecretNotDeclaredError,
  SecretValueTooLarge,
  SecretWriteForbidden,
  StoreConflict,
  StoreContractError,
  StoreUnavailable,
  TaskCancelled,
  ValidationError,
} from '../src/index.ts'
import { mockContext } from '../src/testing/index.ts'

describe('[3.3] ctx.store', () => {
  test('[S000-106] [S000-107] [S000-109] [S000-110] create, get, update and delete', async () => {
    const { store } = mockContext()
    const made = await store.create('deals', { title: 'Car', stage: 'new' })
    expect(made).toMatchObject({ collection: 'deals', data: { title: 'Car', stage: 'new' }, extensionId: 'test-ext' })
    expect((await store.get('deals', made.id)).data).toEqual({ title: 'Car', stage: 'new' })
    expect((await store.update('deals', made.id, { stage: 'won' })).data).toEqual({ title: 'Car', stage: 'won' })
    expect(await store.delete('deals', made.id)).toBe(true)
    expect(await store.delete('deals', made.id)).toBe(false)
    expect(await store.find('deals', made.id)).toBeNull()
  })

  test('[D32] a missing document: get and update throw "deal \'nonexistent\' not found", find gives null', async () => {
    const { store } = mockContext()
    await expect(store.get('deals', 'nonexistent')).rejects.toThrow("deal 'nonexistent' not found")
    await expect(store.get('deals', 'nonexistent')).rejects.toMatchObject({ resource: 'deal', id: 'nonexistent' })
    await expect(store.update('replies', 'r1', {})).rejects.toThrow("reply 'r1' not found")
    await expect(store.update('replies', 'r1', {})).rejects.toBeInstanceOf(NotFoundError)
  })

  test.each([
    ['deals', 'deal'],
    ['replies', 'reply'],
    ['address', 'address'],
    ['status', 'status'],
    ['analysis', 'analysis'],
    ['news', 'new'],
    ['inbox', 'inbox'],
  ])('[D32] one of %s is a %s', (collection, one) => {
    expect(resourceName(collection)).toBe(one)
  })

  test('[S000-108] [S000-034] query filters by equality, sorts, and pages by cursor', async () => {
    const ctx = mockContext()
    for (const n of [3, 1, 2]) {
      await ctx.store.create('items', { n, odd: n % 2 === 1 })
      ctx.mock.advance(1)
    }
    const ns = async (options: Parameters<typeof ctx.store.query>[1]) =>
      (await ctx.store.query<{ n: number }>('items', options)).map(({ data }) => data.n)
    expect(await ns({ orderBy: 'n' })).toEqual([1, 2, 3])
    expect(await ns({ orderBy: '-created_at' })).toEqual([2, 1, 3])
    expect(await ns({ where: { odd: true } })).toEqual([3, 1])
    const first = await ctx.store.query<{ n: number }>('items', { orderBy: 'n', limit: 2 })
    expect(first).toMatchObject({ hasMore: true, total: 3, length: 2 })
    const second = await first.next()
    expect(second?.map(({ data }) => data.n)).toEqual([3])
    expect(Array.isArray(first.data)).toBe(true)
    expect(first.data.map(({ data }) => data.n)).toEqual([1, 2])
    expect(await ctx.store.query('unknown')).toMatchObject({ length: 0, hasMore: false })
  })

  test('[S000-025] [S000-111] count takes a filter', async () => {
    const { store } = mockContext({ kind: 'skeleton' })
    await store.create('tasks', { status: 'pending' })
    await store.create('tasks', { status: 'done' })
    expect(await store.count('tasks')).toBe(2)
    expect(await store.count('tasks', { status: 'pending' })).toBe(1)
    expect(await store.count('unknown')).toBe(0)
  })

  test('[D33] set stores under the given id and replaces', async () => {
    const { store } = mockContext()
    expect((await store.set('prefs', 'ui', { theme: 'dark', size: 2 })).id).toBe('ui')
    await store.set('prefs', 'ui', { theme: 'light' })
    expect((await store.get('prefs', 'ui')).data).toEqual({ theme: 'light' })
  })

  test('compare-and-set: a stale etag writes nothing and says what is there', async () => {
    const { store } = mockContext()
    const first = await store.create('counters', { n: 1 })
    const second = await store.update('counters', first.id, { n: 2 }, { ifMatch: first.etag })
    const stale = store.update('counters', first.id, { n: 9 }, { ifMatch: first.etag })
    await expect(stale).rejects.toBeInstanceOf(StoreConflict)
    await expect(stale).rejects.toMatchObject({
      documentId: first.id,
      expectedEtag: first.etag,
      currentEtag: second.etag,
    })
    expect(first.etag).toMatch(/^[0-9a-f]{64}$/)
    expect((await store.get('counters', first.id)).data).toEqual({ n: 2 })
  })

  test.each(['', 'a b', 'a:b', 'a*', 'a?', 'a/b', '[a]'])(
    '[3.3.1] collection %j throws before any request',
    async (name) => {
      const ctx = mockContext()
      await expect(ctx.store.create(name, {})).rejects.toBeInstanceOf(ValidationError)
      expect(ctx.mock.store.dump()).toEqual({})
    },
  )

  test.each([0, -1, 1.5, 10_001])('a page of %d is refused', async (limit) => {
    await expect(mockContext().store.query('a', { limit })).rejects.toBeInstanceOf(ValidationError)
  })

  test('documents of another user are out of reach by id too', async () => {
    const ctx = mockContext({ kind: 'schedule' })
    const [ada, bob] = [ctx.asUser('imp_u_ada111'), ctx.asUser('imp_u_bob111')]
    const { id } = await ada.store.create('notes', { text: 'mine' })
    expect(await bob.store.find('notes', id)).toBeNull()
    await expect(bob.store.update('notes', id, { text: 'stolen' })).rejects.toBeInstanceOf(NotFoundError)
    expect(await bob.store.delete('notes', id)).toBe(false)
  })

  test('[S000-112] [S000-113] [D10] the system context lists users and reads all their documents', async () => {
    const ctx = mockContext({ kind: 'schedule' })
    for (const user of ['imp_u_ada111', 'imp_u_bob111', 'imp_u_eve111']) {
      await ctx.asUser(user).store.create(user === 'imp_u_eve111' ? 'other' : 'plants', { of: user })
    }
    const listed = async (collection?: string) => {
      const users: string[] = []
      for await (const user of ctx.store.listUsers(collection, { pageSize: 1 })) users.push(user)
      return users
    }
    expect(await listed('plants')).toEqual(['imp_u_ada111', 'imp_u_bob111'])
    expect(await listed()).toEqual(['imp_u_ada111', 'imp_u_bob111', 'imp_u_eve111'])
    const all = await ctx.store.queryAll('plants')
    expect(all.map(({ userId }) => userId)).toEqual(['imp_u_ada111', 'imp_u_bob111'])
    expect(await ctx.store.queryAll('plants', { where: { of: 'imp_u_bob111' } })).toHaveLength(1)
  })

  test('a typed collection checks what is written and what is read', async () => {
    const ctx = mockContext()
    const plants = ctx.store.collection('plants', z.object({ species: z.string(), bed: z.string().default('main') }))
    const made = await plants.create({ species: 'fern', bed: 'north' })
    await plants.update(made.id, { species: 'moss' })
    expect((await plants.get(made.id)).data).toEqual({ species: 'moss', bed: 'north' })
    await expect(plants.create({ species: 1 } as never)).rejects.toMatchObject({ field: 'species' })
    await ctx.store.set('plants', 'broken', { species: 7 })
    await expect(plants.get('broken')).rejects.toBeInstanceOf(StoreContractError)
    expect(await plants.count({ bed: 'north' })).toBe(1)
    expect((await plants.query({ where: { bed: 'north' } })).map(({ data }) => data.species)).toEqual(['moss'])
  })
})

describe('[3.10] ctx.http', () => {
  test('[S000-114] [S000-115] methods, bodies and parsed answers', async () => {
    const { http, mock } = mockContext()
    mock.http.mockGet('api.example/items', [{ id: 1 }])
    mock.http.mock('*', /echo/, ({ body }) => ({ got: body as string }), { status: 201, headers: { 'X-Id': '7' } })
    const list = await http.get('https://api.example/items', { params: { page: 2, all: true } })
    expect(list.json()).toEqual([{ id: 1 }])
    expect(list.parse(z.array(z.object({ id: z.number() })))[0]?.id).toBe(1)
    const answer = await http.post('https://x.example/echo', { json: { a: 1 } })
    expect(answer).toMatchObject({ statusCode: 201, ok: true, body: { got: { a: 1 } } })
    expect(answer.headers['x-id']).toBe('7')
    await http.put('https://x.example/echo', { form: { a: 'b c' } })
    await http.patch('https://x.example/echo', { content: 'raw' })
    await http.delete('https://x.example/echo')
    expect(mock.http.calls.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', 'https://api.example/items?page=2&all=true', null],
      ['POST', 'https://x.example/echo', { a: 1 }],
      ['PUT', 'https://x.example/echo', 'a=b+c'],
      ['PATCH', 'https://x.example/echo', 'raw'],
      ['DELETE', 'https://x.example/echo', null],
    ])
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      await http[method]('https://x.example/echo', { json: { by: method } })
      expect(mock.http.calls.at(-1)).toMatchObject({ method: method.toUpperCase(), body: { by: method } })
      expect(mock.http.calls.at(-1)?.headers['content-type']).toBe('application/json')
    }
  })

  test('[S000-116] [S000-117] [I-LONGRUN-HTTP-CAP-180S] a timeout of 180 s is allowed, 181 s names the way out', async () => {
    const { http, mock } = mockContext()
    mock.http.mockGet('x', 'ok')
    await expect(http.get('https://x', { timeout: 180 })).resolves.toMatchObject({ statusCode: 200 })
    await expect(http.get('https://x', { timeout: 181 })).rejects.toThrow(
      /^ctx\.http timeout 181s exceeds federal cap \(180s\).*ctx\.backgroundTask/,
    )
    for (const timeout of [0, -1, Number.NaN]) {
      await expect(http.get('https://x', { timeout })).rejects.toBeInstanceOf(ValidationError)
    }
    expect(mock.http.calls).toHaveLength(1)
  })

  test('two bodies are one too many', async () => {
    await expect(mockContext().http.post('https://x', { json: {}, content: '' })).rejects.toBeInstanceOf(
      ValidationError,
    )
  })

  test('nothing registered is a 404, and raiseForStatus quotes at most 200 characters', async () => {
    const { http, mock } = mockContext()
    const missing = await http.get('https://nowhere.example')
    expect(missing).toMatchObject({ statusCode: 404, ok: false, body: { error: 'No mock registered' } })
    expect(() => missing.raiseForStatus()).toThrow(HttpStatusError)
    mock.http.mockGet('long', 'x'.repeat(1000), 500)
    const long = await http.get('https://long.example')
    expect(() => long.raiseForStatus()).toThrow(/^HTTP 500: x{200}$/)
    expect(() => long.json()).toThrow(ValidationError)
  })

  test('an aborted signal rejects with its reason', async () => {
    const { http } = mockContext()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(http.get('https://x', { signal })).rejects.toThrow('enough')
  })
})

describe('[3.7] ctx.cache', () => {
  const Summary = z.object({ unread: z.number().int() })
  const setup = () => {
    const extension = new Extension('mail-app')
    const model = extension.cacheModel('inbox_summary', Summary)
    return { model, ...mockContext({ kind: 'panel', extension }), ctx: mockContext({ kind: 'panel', extension }) }
  }

  test('[S000-060] [S000-133] [S000-135] a value comes back until it is deleted', async () => {
    const { ctx, model } = setup()
    expect(await ctx.cache.get('page:1', model)).toBeNull()
    await ctx.cache.set('page:1', model, { unread: 3 }, { ttlSeconds: 60 })
    expect(await ctx.cache.get('page:1', model)).toEqual({ unread: 3 })
    await ctx.cache.delete('page:1')
    await ctx.cache.delete('page:1')
    expect(await ctx.cache.get('page:1', model)).toBeNull()
  })

  test('[S000-134] [I-CACHE-TTL-CAP-300S] TTLs are whole seconds from 5 to 300', async () => {
    const { ctx, model } = setup()
    for (const ttlSeconds of [4, 301, 5.5, true as unknown as number]) {
      const set = ctx.cache.set('k', model, { unread: 1 }, { ttlSeconds })
      await expect(set).rejects.toBeInstanceOf(ValidationError)
    }
    await ctx.cache.set('k', model, { unread: 1 }, { ttlSeconds: 300 })
    ctx.mock.advance(299)
    expect(await ctx.cache.get('k', model)).not.toBeNull()
    ctx.mock.advance(1)
    expect(await ctx.cache.get('k', model)).toBeNull()
  })

  test.each(['', 'a.b', 'a b', 'ä', 'k'.repeat(129)])(
    '[S000-137] [I-CACHE-KEY-SAFETY] key %j is refused',
    async (key) => {
      const { ctx, model } = setup()
      await expect(ctx.cache.get(key, model)).rejects.toBeInstanceOf(ValidationError)
      await expect(ctx.cache.delete(key)).rejects.toBeInstanceOf(ValidationError)
    },
  )

  test('[I-CACHE-MODEL-REGISTRATION-REQUIRED] [I-CACHE-MODEL-REGISTERED] [I-CACHE-MODEL-ON-EXTENSION-INSTANCE] [I-CACHE-PYDANTIC-ONLY] only handles of this extension are models', async () => {
    const { ctx, model } = setup()
    const foreign = new Extension('other-app').cacheModel('inbox_summary', Summary)
    await expect(ctx.cache.get('k', foreign)).rejects.toBeInstanceOf(ValidationError)
    await expect(ctx.cache.get('k', Summary as never)).rejects.toBeInstanceOf(TypeError)
    await expect(ctx.cache.set('k', model, { unread: 'many' } as never)).rejects.toBeInstanceOf(TypeError)
  })

  test('[I-CACHE-VALUE-SIZE-CAP-64KB] the stored body has at most 65,536 bytes', async () => {
    const extension = new Extension('big-app')
    const model = extension.cacheModel('big', z.object({ text: z.string() }))
    const { cache } = mockContext({ extension })
    await expect(cache.set('k', model, { text: 'x'.repeat(65_536) })).rejects.toThrow(/at most 65536 bytes/)
    await expect(cache.set('k', model, { text: 'x'.repeat(65_000) })).resolves.toBeUndefined()
  })

  test('[S000-136] getOrFetch fetches once and checks what it got', async () => {
    const { ctx, model } = setup()
    const fetcher = vi.fn(async () => ({ unread: 5 }))
    expect(await ctx.cache.getOrFetch('k', model, fetcher)).toEqual({ unread: 5 })
    expect(await ctx.cache.getOrFetch('k', model, fetcher)).toEqual({ unread: 5 })
    expect(fetcher).toHaveBeenCalledOnce()
    await expect(ctx.cache.getOrFetch('other', model, async () => ({}) as never)).rejects.toBeInstanceOf(TypeError)
  })

  test('another shape under the same key is a miss', async () => {
    const extension = new Extension('mail-app')
    const [one, two] = [extension.cacheModel('one', Summary), extension.cacheModel('two', Summary)]
    const { cache } = mockContext({ extension })
    await cache.set('k', one, { unread: 1 })
    expect(await cache.get('k', two)).toBeNull()
  })
})

describe('[3.14] ctx.secrets', () => {
  const description = 'A key.'
  const app = () => {
    const extension = new Extension('key-app')
    extension.secret({ name: 'mine', description, writeMode: 'user' })
    const both = extension.secret({ name: 'ours', description, writeMode: 'both', maxBytes: 10 })
    return { extension, both }
  }
  afterEach(() => vi.unstubAllEnvs())

  test('[S000-142] [S000-144] [S000-155] read, write and delete as declared', async () => {
    const { extension, both } = app()
    const { secrets } = mockContext({ extension, secrets: { mine: 'sk-test' } })
    expect(await secrets.get('mine')).toBe('sk-test')
    expect(await secrets.get(both)).toBeNull()
    await secrets.set(both, 'value')
    expect(await secrets.isSet('ours')).toBe(true)
    expect(await secrets.delete(both)).toBe(true)
    expect(await secrets.delete(both)).toBe(false)
  })

  test('[S000-147] [I-SECRETS-CONTRACT-DECLARED] an undeclared name is refused by every method', async () => {
    const { secrets } = mockContext({ extension: app().extension, secrets: { other: 'x' } })
    for (const call of [
      () => secrets.get('other'),
      () => secrets.set('other', 'x'),
      () => secrets.delete('other'),
      () => secrets.isSet('other'),
    ]) {
      await expect(call()).rejects.toBeInstanceOf(SecretNotDeclaredError)
    }
  })

  test('[S000-143] write mode and size hold, and no error carries the value', async () => {
    const { secrets } = mockContext({ extension: app().extension })
    await expect(secrets.set('mine', 'x')).rejects.toBeInstanceOf(SecretWriteForbidden)
    await expect(secrets.delete('mine')).rejects.toBeInstanceOf(SecretWriteForbidden)
    const tooLarge = secrets.set('ours', 'elevenbytes')
    await expect(tooLarge).rejects.toBeInstanceOf(SecretValueTooLarge)
    await expect(tooLarge).rejects.not.toThrow(/elevenbytes/)
  })

  test('[S000-146] list shows states of all declared secrets, never a value', async () => {
    const { secrets } = mockContext({ extension: app().extension, secrets: { mine: 'sk-test' } })
    const list = await secrets.list()
    expect(list).toEqual([
      { name: 'mine', description, isSet: true, lastAccessedAt: null },
      { name: 'ours', description, isSet: false, lastAccessedAt: null },
    ])
  })

  test('[2.16.4] in a health check secrets read as absent and cannot be written', async () => {
    const { secrets } = mockContext({ kind: 'health', extension: app().extension, secrets: { mine: 'x' } })
    expect(await secrets.get('mine')).toBeNull()
    expect(await secrets.isSet('mine')).toBe(false)
    expect(await secrets.list()).toEqual([])
    await expect(secrets.set('ours', 'x')).rejects.toBeInstanceOf(SecretWriteForbidden)
  })

  test('[K8.20] [S000-152] [S000-153] [S000-154] development mode reads the environment and writes nothing', async () => {
    vi.stubEnv('IMPERAL_DEV_MODE', 'YES')
    vi.stubEnv('IMPERAL_SECRET_MINE', 'from-env')
    const { secrets, mock } = mockContext({ extension: app().extension })
    expect(await secrets.get('mine')).toBe('from-env')
    expect(await secrets.get('ours')).toBeNull()
    await secrets.set('ours', 'x')
    expect(await secrets.delete('ours')).toBe(false)
    expect(await secrets.isSet('ours')).toBe(false)
    expect(mock.logs.filter(({ level }) => level === 'warn')).toHaveLength(2)
    await expect(secrets.get('other')).rejects.toBeInstanceOf(SecretNotDeclaredError)
    expect((await secrets.list()).map(({ name, isSet }) => [name, isSet])).toEqual([
      ['mine', true],
      ['ours', false],
    ])
  })
})

describe('the other clients', () => {
  test('[S000-055] [S000-094] [D9] notify is callable, has send and push, and one wire shape', async () => {
    const { notify, mock } = mockContext()
    await notify('Hello', { priority: 'high' })
    await notify.send('Hello', { channel: 'email' })
    await notify.push({ title: 'Title', body: 'Body' })
    expect(mock.notify.sent).toMatchObject([
      { message: 'Hello', priority: 'high', channel: 'in_app' },
      { message: 'Hello', channel: 'email' },
      { message: 'Title', title: 'Title', subject: 'Title', body: 'Body', channel: 'in_app' },
    ])
  })

  test('[S000-091] ai answers by pattern; with a schema the answer is a checked object', async () => {
    const { ai, mock } = mockContext()
    mock.ai.setResponse('summarize', 'A short text')
    mock.ai.setResponse(/^as json/, '```json\n{"score": 4}\n```')
    expect(await ai.complete('Summarize this deal')).toMatchObject({ text: 'A short text', model: 'mock' })
    expect((await ai.complete('anything', { model: 'small' })).text).toBe('Mock AI response')
    const schema = z.object({ score: z.number().int() })
    expect((await ai.complete('as json please', { schema })).object).toEqual({ score: 4 })
    await expect(ai.complete('anything', { schema })).rejects.toBeInstanceOf(ValidationError)
    expect(mock.ai.prompts).toHaveLength(4)
  })

  test('[S000-098] [D36] config reads dotted paths and hands out copies', () => {
    const { config } = mockContext({ config: { a: { b: { c: 1 }, off: false, none: null } } })
    expect(config.get('a.b.c')).toBe(1)
    expect(config.get('a.x')).toBeUndefined()
    expect(config.get('a.x', 7)).toBe(7)
    expect(config.get('a.off', true)).toBe(false)
    expect(config.getSection('a.b.c')).toEqual({})
    const section = config.getSection('a')
    section.b = 'changed'
    expect(config.all()).toEqual({ a: { b: { c: 1 }, off: false, none: null } })
    expect(config.require('a.b.c')).toBe(1)
    expect(() => config.require('a.none')).toThrow(ValidationError)
    expect(config.get('constructor')).toBeUndefined()
  })

  test('[S000-099] extensions call exposed methods and emit; emitting never throws', async () => {
    const { extensions, mock } = mockContext()
    mock.registerMethod('garden-log', 'get_plant', ({ plant_id }) => ({ species: 'fern', plant_id: plant_id ?? null }))
    mock.registerMethod('garden-log', 'count', () => 3)
    expect(await extensions.call('garden-log', 'get_plant', { plant_id: 'p1' })).toEqual({
      species: 'fern',
      plant_id: 'p1',
    })
    expect(await extensions.call('garden-log', 'count')).toBe(3)
    await expect(extensions.call('unknown-app', 'get_plant')).rejects.toBeInstanceOf(ExtensionError)
    await expect(extensions.call('garden-log', 'nothing')).rejects.toMatchObject({
      resource: 'method',
      id: 'garden-log.nothing (available: [get_plant, count])',
    })
    await extensions.emit('test-ext.done', { n: 1 })
    const decl = { type: 'test-ext.typed', schema: z.object({ n: z.number() }) }
    await extensions.emit(decl, { n: 2 })
    await extensions.emit(decl, { n: 'x' } as never)
    expect(mock.emitted).toEqual([
      { eventType: 'test-ext.done', data: { n: 1 } },
      { eventType: 'test-ext.typed', data: { n: 2 } },
    ])
    expect(mock.logs.at(-1)?.message).toMatch(/'test-ext.typed' was not published/)
  })

  test('[S000-095] storage keeps bytes and lists by prefix', async () => {
    const { storage } = mockContext()
    await storage.upload('reports/a.txt', 'hello', { contentType: 'text/plain' })
    await storage.upload('img/b.bin', new Uint8Array([0, 255]))
    expect(new TextDecoder().decode(await storage.download('reports/a.txt'))).toBe('hello')
    expect(await storage.download('img/b.bin')).toEqual(new Uint8Array([0, 255]))
    expect((await storage.list('reports/')).map(({ path, size }) => [path, size])).toEqual([['reports/a.txt', 5]])
    await expect(storage.download('none')).rejects.toBeInstanceOf(NotFoundError)
    expect(await storage.delete('img/b.bin')).toBe(true)
    expect(await storage.delete('img/b.bin')).toBe(false)
  })

  test('[S000-093] billing answers, and reads fall back to the safe default', async () => {
    const { billing } = mockContext()
    expect(await billing.getBalance()).toEqual({ balance: 50_000, plan: 'pro', cap: 250_000 })
    expect(await billing.trackUsage('pages', 60_000)).toBe(true)
    expect((await billing.getBalance()).balance).toBe(0)
    expect(await billing.getSubscription()).toMatchObject({ planName: 'Pro', status: 'active' })
    expect((await billing.checkLimits()).allowed).toBe(true)
  })

  test('[S000-097] tools discover and call', async () => {
    const { tools } = mockContext()
    expect(await tools.discover('plants')).toEqual([])
    expect(await tools.call('plants.count', {})).toEqual({ response: null, appId: '', toolName: 'plants.count' })
  })

  test('[S000-097] tools that a test registers are found by their words and called', async () => {
    const { tools, mock } = mockContext({ extensionId: 'my-app' })
    const description = 'Count the plants of the garden'
    mock.registerTool('garden', 'count_plants', ({ bed }) => ({ bed, count: 7 }), {
      description,
      scopes: ['garden:read'],
    })
    mock.registerTool('mail', 'list_mails', () => ActionResult.error('No post today', { code: 'NO_POST' }))
    mock.registerTool('garden', 'clear_bed', () => 'gone', { actionType: 'destructive' })
    expect(await tools.discover('How many plants?', { topK: 5 })).toEqual([
      {
        appId: 'garden',
        activityName: 'garden.count_plants',
        name: 'count_plants',
        description,
        domains: [],
        requiredScopes: ['garden:read'],
        relevance: 1 / 3,
      },
    ])
    expect(await tools.discover('garden plants', { topK: 1 })).toHaveLength(1)
    expect(await tools.call('garden.count_plants', { bed: 2 })).toEqual({
      response: { bed: 2, count: 7 },
      appId: 'garden',
      toolName: 'count_plants',
    })
    await expect(tools.call('garden.none', {})).rejects.toMatchObject({ name: 'NotFoundError', resource: 'tool' })
    await expect(tools.call('mail.list_mails', {})).rejects.toMatchObject({
      message: 'No post today',
      errorCode: 'NO_POST',
    })
    await expect(tools.call('garden.clear_bed', {})).rejects.toMatchObject({
      name: 'ExtensionError',
      errorCode: 'CONFIRMATION_REQUIRED',
    })
    await expect(tools.call('my-app.x', {})).rejects.toBeInstanceOf(CircularCallError)
    for (const topK of [0, 51, 1.5]) await expect(tools.discover('x', { topK })).rejects.toBeInstanceOf(ValidationError)
  })

  test('[S000-159] [S000-160] [S000-161] [I-WEBHOOK-URL-CANONICAL] the webhook address takes the path with or without its slash', () => {
    const ctx = mockContext({ extensionId: 'my-app' })
    for (const path of ['/callback', 'callback']) {
      expect(ctx.webhookUrl(path)).toBe('https://panel.imperal.io/v1/ext/my-app/webhook/callback')
    }
    expect(ctx.webhookUrl('oauth/return/now')).toBe('https://panel.imperal.io/v1/ext/my-app/webhook/oauth/return/now')
  })

  test('[S000-162] the app id in it is the deployed one, not the one in code', () => {
    const ctx = mockContext({ extension: new Extension('in-code'), extensionId: 'as-deployed' })
    expect(ctx.webhookUrl('in')).toBe('https://panel.imperal.io/v1/ext/as-deployed/webhook/in')
  })

  test('[S000-125] [S000-126] [S000-130] chat messages are typed and cut at 64 KB', async () => {
    const { deliverChatMessage, mock } = mockContext()
    await deliverChatMessage('Hello', { refreshPanels: ['beds'] })
    await deliverChatMessage('Notice', { msgType: 'system' })
    await deliverChatMessage('Row 1', { msgType: 'tool_result' })
    await deliverChatMessage('ü'.repeat(40_000))
    expect(mock.delivered.slice(0, 3)).toMatchObject([
      { text: 'Hello', msgType: 'response', refreshPanels: ['beds'] },
      { text: 'Notice', msgType: 'system' },
      { text: 'Row 1', msgType: 'tool_result' },
    ])
    expect(mock.delivered[3]?.text).toBe(`${'ü'.repeat(32_768)}…(truncated)`)
    await expect(deliverChatMessage('x', { msgType: 'loud' as never })).rejects.toBeInstanceOf(ValidationError)
  })

  test('[S000-140] [S000-141] progress is recorded; after a cancel it throws and the signal is aborted', async () => {
    const ctx = mockContext()
    await ctx.progress(10)
    await ctx.progress(50, 'Halfway done...')
    await expect(ctx.progress(101)).rejects.toBeInstanceOf(ValidationError)
    const { signal } = ctx
    ctx.mock.cancel()
    expect(signal.reason).toBeInstanceOf(TaskCancelled)
    await expect(ctx.progress(60)).rejects.toBeInstanceOf(TaskCancelled)
    expect(ctx.mock.progressLog).toEqual([
      { percent: 10, message: '' },
      { percent: 50, message: 'Halfway done...' },
    ])
  })
})

describe('refusals of the kernel', () => {
  const refusing = (code: string, detail: object = {}) =>
    createTransport({
      callback: () => Promise.reject(Object.assign(new Error('refused'), { name: 'KernelError', code, detail })),
      log: () => {},
      background: () => Promise.reject(new Error('unused')),
    })

  test.each([
    ['store', 'not_found', { resource: 'deal', id: 'd1' }, NotFoundError],
    ['store', 'unavailable', {}, StoreUnavailable],
    ['store', 'store_conflict', { doc_id: 'd', expected_etag: 'a', current_etag: 'b' }, StoreConflict],
    ['secrets', 'secret_vault_unavailable', {}, Object],
    ['task', 'task_cancelled', { task_id: 't' }, TaskCancelled],
    ['http', 'api_error', { status_code: 502 }, APIError],
  ] as const)('[4.13] %s/%s becomes its SDK class', async (client, code, detail, expected) => {
    const call = refusing(code, detail).call(client as 'store', 'get')
    await expect(call).rejects.toBeInstanceOf(expected)
    await expect(call).rejects.toMatchObject({ cause: { code } })
  })

  test('a code without a class keeps its code', async () => {
    await expect(refusing('TENANT_SCOPE_VIOLATION').call('http', 'request')).rejects.toMatchObject({
      name: 'ImperalError',
      code: 'TENANT_SCOPE_VIOLATION',
    })
  })

  test.each([
    new NotFoundError('deal', 'd1'),
    new StoreConflict('d1', 'a', 'b'),
    new ValidationError('field', 'wrong'),
    new CircularCallError(['a', 'b', 'a']),
    new HttpStatusError(418, { tea: true }),
    new TaskCancelled('t1'),
    new StoreUnavailable(12),
  ])('$name survives the wire with its members', (error) => {
    const { name, code, message, detail } = errorToWire(error)
    const revived = reviveError(Object.assign(new Error(message), { name, code, detail }), 'store') as Error
    expect(revived.name).toBe(name)
    expect(revived.message).toBe(error.message)
    expect(errorToWire(revived)).toMatchObject({ name, code, ...(detail === undefined ? {} : { detail }) })
  })

  test('whatever is thrown has a wire form', () => {
    expect(errorToWire('text')).toEqual({
      name: 'NonError',
      code: 'internal',
      message: 'The handler threw a string instead of an error',
    })
    expect(errorToWire(new TypeError('x'))).toMatchObject({ name: 'TypeError', code: 'internal', message: 'x' })
  })
})
