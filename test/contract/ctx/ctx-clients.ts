import * as sdk from '@imperal/sdk'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import type { Bench } from './bench.ts'
import { Beds } from './garden.ts'

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`it answered ${JSON.stringify(value)} instead of failing`)
    },
    (error: unknown) => error,
  )

/** Some class of error; constructors differ in their arguments. */
type ErrorClass = abstract new (...args: never[]) => Error

async function fails(promise: Promise<unknown>, as: ErrorClass, members: object = {}): Promise<void> {
  const error = await caught(promise)
  expect(error).toBeInstanceOf(as)
  expect(error).toMatchObject(members)
}

/**
 * What `ctx` promises to authors, whoever made it: success, bad input, limits and unavailability of the clients that
 * they use most. The mock context and the platform pass the same tests.
 */
export function describeCtxClients(name: string, open: () => Promise<Bench>): void {
  describe(`ctx of ${name}`, () => {
    let bench: Bench
    beforeAll(async () => {
      bench = await open()
    })
    afterAll(() => bench.close())

    describe('store.create', () => {
      test('gives the document with its id, owner and etag', () =>
        bench.run(async ({ store, user }) => {
          const made = await store.create('plants', { species: 'fern', age: 2 })
          expect(made.id).not.toBe('')
          expect(made).toMatchObject({
            collection: 'plants',
            data: { species: 'fern', age: 2 },
            extensionId: 'garden-log',
          })
          expect(made.userId).toBe(user.imperalId)
          expect(made.etag).not.toBe('')
          expect(Number.isNaN(Date.parse(made.createdAt))).toBe(false)
        }))
      test('refuses a collection with a forbidden character and data that is no object', () =>
        bench.run(async ({ store }) => {
          await fails(store.create('a/b', {}), sdk.ValidationError, { field: 'collection' })
          await fails(store.create('', {}), sdk.ValidationError, { field: 'collection' })
          await fails(store.create('plants', [1] as never), sdk.ValidationError, { field: 'data' })
          await fails(store.create('plants', { run: () => 1 } as never), TypeError)
        }))
      test('holds at most 1 MB', () =>
        bench.run(async ({ store }) => {
          await fails(store.create('plants', { text: 'x'.repeat(1_048_576) }), sdk.ValidationError)
          expect((await store.create('plants', { text: 'x'.repeat(1_000_000) })).id).not.toBe('')
        }))
      test('throws StoreUnavailable when the store cannot be reached', () =>
        bench.run(({ store }) =>
          bench.without('store', () => fails(store.create('plants', {}), sdk.StoreUnavailable, { retryAfter: 30 })),
        ))
    })

    describe('store.get', () => {
      test('reads by collection and id, and by one path', () =>
        bench.run(async ({ store }) => {
          const { id } = await store.create('plants', { species: 'moss' })
          expect((await store.get('plants', id)).data).toEqual({ species: 'moss' })
          expect(await store.find('plants', id)).toMatchObject({ id })
        }))
      test('[D32] a missing document: "plant \'nothing\' not found"; find gives null', () =>
        bench.run(async ({ store }) => {
          await fails(store.get('plants', 'nothing'), sdk.NotFoundError, {
            resource: 'plant',
            id: 'nothing',
            message: "plant 'nothing' not found",
          })
          expect(await store.find('plants', 'nothing')).toBeNull()
          await fails(store.get('a b', 'x'), sdk.ValidationError, { field: 'collection' })
        }))
      test('documents of another user are out of reach', async () => {
        const id = await bench.run(async ({ store }) => (await store.create('plants', { species: 'own' })).id)
        await bench.runAsOther(async ({ store }) => {
          await fails(store.get('plants', id), sdk.NotFoundError)
          expect(await store.delete('plants', id)).toBe(false)
          await fails(store.update('plants', id, { species: 'theirs' }), sdk.NotFoundError)
        })
      })
      test('throws StoreUnavailable', () =>
        bench.run(({ store }) => bench.without('store', () => fails(store.get('plants', 'x'), sdk.StoreUnavailable))))
    })

    describe('store.query', () => {
      test('filters, orders and pages; for await goes through all pages', () =>
        bench.run(async ({ store }) => {
          for (const bed of ['a', 'b', 'a', 'a']) await store.create('rows', { bed })
          const page = await store.query<{ bed: string }>('rows', {
            where: { bed: 'a' },
            orderBy: '-created_at',
            limit: 2,
          })
          expect(page).toHaveLength(2)
          expect([...page].map((one) => one.data.bed)).toEqual(['a', 'a'])
          expect(page.hasMore).toBe(true)
          const second = await store.query('rows', {
            where: { bed: 'a' },
            orderBy: '-created_at',
            limit: 2,
            cursor: page.cursor ?? '',
          })
          expect([second.length, second.hasMore, second.cursor]).toEqual([1, false, null])
          const all: string[] = []
          for await (const one of page) all.push(one.id)
          expect(new Set(all).size).toBe(3)
          expect((await store.query('nowhere')).data).toEqual([])
        }))
      test('refuses a wrong limit and a foreign cursor', () =>
        bench.run(async ({ store }) => {
          await fails(store.query('rows', { limit: 0 }), sdk.ValidationError, { field: 'limit' })
          await fails(store.query('rows', { limit: 1.5 }), sdk.ValidationError, { field: 'limit' })
          await fails(store.query('rows', { cursor: 'made up' }), sdk.ValidationError)
        }))
      test('gives 1000 documents at most', () =>
        bench.run(async ({ store }) => {
          expect((await store.query('rows', { limit: 1000 })).length).toBeGreaterThan(0)
          await fails(store.query('rows', { limit: 1001 }), sdk.ValidationError, { field: 'limit' })
        }))
      test('throws StoreUnavailable', () =>
        bench.run(({ store }) => bench.without('store', () => fails(store.query('rows'), sdk.StoreUnavailable))))
    })

    describe('store.update', () => {
      test('merges top-level keys and changes the etag', () =>
        bench.run(async ({ store }) => {
          const made = await store.create<{ n: number; kept?: boolean }>('plants', { n: 1, kept: true })
          const changed = await store.update<{ n: number; kept?: boolean }>(
            'plants',
            made.id,
            { n: 2 },
            { ifMatch: made.etag },
          )
          expect(changed.data).toEqual({ n: 2, kept: true })
          expect(changed.etag).not.toBe(made.etag)
          await fails(store.update('plants', made.id, { n: 3 }, { ifMatch: made.etag }), sdk.StoreConflict, {
            documentId: made.id,
            expectedEtag: made.etag,
            currentEtag: changed.etag,
          })
          expect((await store.get('plants', made.id)).data).toMatchObject({ n: 2 })
        }))
      test('of a missing document throws NotFoundError with its name', () =>
        bench.run(async ({ store }) => {
          await fails(store.update('plants', 'nothing', { n: 1 }), sdk.NotFoundError, {
            resource: 'plant',
            id: 'nothing',
          })
          await fails(store.update('plants', 'x', 7 as never), sdk.ValidationError, { field: 'data' })
        }))
      test('does not let a document grow above 1 MB', () =>
        bench.run(async ({ store }) => {
          const { id } = await store.create('plants', { text: 'x'.repeat(600_000) })
          await fails(store.update('plants', id, { more: 'y'.repeat(600_000) }), sdk.ValidationError)
          expect(Object.keys((await store.get('plants', id)).data)).toEqual(['text'])
        }))
      test('throws StoreUnavailable', () =>
        bench.run(({ store }) =>
          bench.without('store', () => fails(store.update('plants', 'x', {}), sdk.StoreUnavailable)),
        ))
    })

    describe('store.delete', () => {
      test('says whether there was something, and what is deleted is gone from everywhere', () =>
        bench.run(async ({ store }) => {
          const { id } = await store.create('gone', { n: 1 })
          expect(await store.delete('gone', id)).toBe(true)
          expect(await store.delete('gone', id)).toBe(false)
          expect(await store.find('gone', id)).toBeNull()
          expect(await store.count('gone')).toBe(0)
          expect((await store.query('gone')).length).toBe(0)
        }))
      test('refuses a wrong collection', () =>
        bench.run(({ store }) => fails(store.delete('a:b', 'x'), sdk.ValidationError, { field: 'collection' })))
      test('throws StoreUnavailable', () =>
        bench.run(({ store }) => bench.without('store', () => fails(store.delete('gone', 'x'), sdk.StoreUnavailable))))
    })

    describe('store.count', () => {
      test('counts with and without a filter; an unknown collection has none', () =>
        bench.run(async ({ store }) => {
          for (const bed of ['a', 'b', 'a']) await store.create('counted', { bed })
          expect([await store.count('counted'), await store.count('counted', { bed: 'a' })]).toEqual([3, 2])
          expect(await store.count('never_written')).toBe(0)
        }))
      test('refuses a wrong collection and a filter that is not JSON', () =>
        bench.run(async ({ store }) => {
          await fails(store.count('*'), sdk.ValidationError, { field: 'collection' })
          await fails(store.count('counted', { bed: Number.NaN }), TypeError)
        }))
      test('throws StoreUnavailable', () =>
        bench.run(({ store }) => bench.without('store', () => fails(store.count('counted'), sdk.StoreUnavailable))))
    })

    describe.each(['get', 'post', 'put', 'patch', 'delete'] as const)('http.%s', (method) => {
      const url = 'https://api.example.com/v1/plants'
      test('sends the method and gives the parsed answer', () =>
        bench.run(async ({ http }) => {
          bench.network({ json: { ok: true, n: 3 } })
          const body = method === 'get' || method === 'delete' ? {} : { json: { species: 'fern' } }
          const answer = await http[method](url, { params: { page: 2 }, ...body })
          expect([answer.statusCode, answer.ok, answer.body]).toEqual([200, true, { ok: true, n: 3 }])
          expect(answer.parse(z.object({ n: z.number() }))).toEqual({ n: 3 })
          const sent = bench.requests.at(-1)
          expect([sent?.method, sent?.url]).toEqual([method.toUpperCase(), `${url}?page=2`])
          if ('json' in body) expect(sent?.body).toEqual({ species: 'fern' })
        }))
      test('an answer of 400 and above is an answer, until raiseForStatus', () =>
        bench.run(async ({ http }) => {
          bench.network({ status: 404, json: { error: 'gone' } })
          const answer = await http[method](url)
          expect([answer.ok, answer.statusCode]).toEqual([false, 404])
          expect(() => answer.raiseForStatus()).toThrow(sdk.HttpStatusError)
        }))
      test('refuses what is no address, and a timeout that is none', () =>
        bench.run(async ({ http }) => {
          await fails(http[method]('not an address'), sdk.ValidationError, { field: 'url' })
          await fails(http[method]('not an address', { params: { a: 1 } }), sdk.ValidationError, { field: 'url' })
          await fails(http[method](url, { timeout: 0 }), sdk.ValidationError, { field: 'timeout' })
        }))
      test('[I-LONGRUN-HTTP-CAP-180S] waits 180 s at most', () =>
        bench.run(async ({ http }) => {
          bench.network({ json: {} })
          expect((await http[method](url, { timeout: 180 })).ok).toBe(true)
          await fails(http[method](url, { timeout: 181 }), sdk.ValidationError, {
            message: expect.stringMatching(/^ctx\.http timeout 181s exceeds federal cap \(180s\)/),
          })
        }))
      test('throws APIError when nobody answers', () =>
        bench.run(({ http }) =>
          bench.without('http', () => fails(http[method](url), sdk.APIError, { statusCode: 502 })),
        ))
    })

    test('http: a hundred requests in a minute, the next one is RateLimitError', () =>
      bench.run(async ({ http }) => {
        bench.network({ json: {} })
        let refused: unknown
        for (let sent = 0; sent < 120 && refused === undefined; sent++)
          refused = await http.get('https://api.example.com/').then(
            () => undefined,
            (error: unknown) => error,
          )
        expect(refused).toBeInstanceOf(sdk.RateLimitError)
        expect((refused as sdk.RateLimitError).retryAfter).toBeGreaterThan(0)
      }))

    describe('secrets', () => {
      test('get, set, delete: null until set, and whether it was', () =>
        bench.run(async ({ secrets }) => {
          expect(await secrets.get('sensor_key')).toBeNull()
          await secrets.set('sensor_key', 'abc')
          expect([await secrets.get('sensor_key'), await secrets.isSet('sensor_key')]).toEqual(['abc', true])
          expect((await secrets.list()).map(({ name, isSet }) => [name, isSet])).toEqual([
            ['sensor_key', true],
            ['user_key', false],
          ])
          expect([await secrets.delete('sensor_key'), await secrets.delete('sensor_key')]).toEqual([true, false])
          expect(await secrets.get('sensor_key')).toBeNull()
        }))
      test('a name that is not declared, and a secret that only the user writes', () =>
        bench.run(async ({ secrets }) => {
          await fails(secrets.get('other'), sdk.SecretNotDeclaredError)
          await fails(secrets.set('other', 'x'), sdk.SecretNotDeclaredError)
          await fails(secrets.delete('other'), sdk.SecretNotDeclaredError)
          await fails(secrets.set('user_key', 'x'), sdk.SecretWriteForbidden)
          await fails(secrets.delete('user_key'), sdk.SecretWriteForbidden)
        }))
      test('a value has at most as many bytes as declared, and no error carries it', () =>
        bench.run(async ({ secrets }) => {
          const value = 'é'.repeat(21)
          const error = await caught(secrets.set('sensor_key', value))
          expect(error).toBeInstanceOf(sdk.SecretValueTooLarge)
          expect(JSON.stringify([String(error), error])).not.toContain(value)
          await secrets.set('sensor_key', 'é'.repeat(20))
          expect(await secrets.get('sensor_key')).toBe('é'.repeat(20))
          await secrets.delete('sensor_key')
        }))
      test('[I-SECRETS-VAULT-DEPENDENCY] fails closed: no old value while the vault is away', () =>
        bench.run(async ({ secrets }) => {
          await secrets.set('sensor_key', 'abc')
          await secrets.get('sensor_key')
          await bench.without('secrets', async () => {
            await fails(secrets.get('sensor_key'), sdk.SecretVaultUnavailable)
            await fails(secrets.set('sensor_key', 'x'), sdk.SecretVaultUnavailable)
            await fails(secrets.delete('sensor_key'), sdk.SecretVaultUnavailable)
          })
          await secrets.delete('sensor_key')
        }))
    })

    describe('ai.complete', () => {
      test('answers text; with a schema a checked object', () =>
        bench.run(async ({ ai }) => {
          bench.model('Water the ferns.')
          const { text, model } = await ai.complete('What shall I do?', { system: 'Be brief.', model: '' })
          expect(text).toBe('Water the ferns.')
          expect(model).not.toBe('')
          bench.model('{"score": 4}')
          expect((await ai.complete('Score?', { schema: z.object({ score: z.number() }) })).object).toEqual({
            score: 4,
          })
        }))
      test('refuses an empty prompt, and an answer that does not fit the schema', () =>
        bench.run(async ({ ai }) => {
          await fails(ai.complete(''), sdk.ValidationError, { field: 'prompt' })
          bench.model('{"score": "high"}')
          await fails(ai.complete('Score?', { schema: z.object({ score: z.number() }) }), sdk.ValidationError, {
            field: 'object.score',
          })
        }))
      test('an aborted signal ends it with its reason', () =>
        bench.run(async ({ ai }) => {
          const reason = new Error('enough')
          expect(await caught(ai.complete('What?', { signal: AbortSignal.abort(reason) }))).toBe(reason)
        }))
      test('says what it used, in whole tokens', () =>
        bench.run(async ({ ai }) => {
          bench.model('Water them.')
          const { usage, stopReason } = await ai.complete('What?')
          expect(usage.total_tokens).toBe((usage.input_tokens ?? 0) + (usage.output_tokens ?? 0))
          expect(usage.total_tokens).toBeGreaterThan(1)
          expect(stopReason).toBe('end_turn')
        }))
      test('asks for 50,000 tokens at most, and a temperature between 0 and 2', () =>
        bench.run(async ({ ai }) => {
          bench.model('fine')
          expect((await ai.complete('What?', { maxTokens: 50_000, temperature: 0 })).text).toBe('fine')
          for (const maxTokens of [0, 1.5, 50_001])
            await fails(ai.complete('What?', { maxTokens }), sdk.ValidationError, { field: 'max_tokens' })
          await fails(ai.complete('What?', { temperature: 2.1 }), sdk.ValidationError, { field: 'temperature' })
        }))
      test('throws APIError when no model answers', () =>
        bench.run(({ ai }) =>
          bench.without('ai', () => fails(ai.complete('What?'), sdk.APIError, { statusCode: 503 })),
        ))
    })

    describe('ai.stream', () => {
      test('gives the answer piece by piece, and the whole with its usage', () =>
        bench.run(async ({ ai }) => {
          bench.model('Water the ferns twice a week.')
          const stream = ai.stream('What shall I do?', { system: 'Be brief.' })
          const pieces: string[] = []
          for await (const piece of stream) pieces.push(piece)
          expect(pieces.join('')).toBe('Water the ferns twice a week.')
          const { text, usage, stopReason } = await stream.result
          expect([text, stopReason]).toEqual(['Water the ferns twice a week.', 'end_turn'])
          expect(usage.output_tokens).toBeGreaterThan(0)
        }))
      test('the whole can be had without reading the pieces, which are still there', () =>
        bench.run(async ({ ai }) => {
          bench.model('Two words.')
          const stream = ai.stream('What?')
          expect((await stream.result).text).toBe('Two words.')
          const pieces: string[] = []
          for await (const piece of stream) pieces.push(piece)
          expect(pieces.join('')).toBe('Two words.')
        }))
      test('refuses an empty prompt when it is read', () =>
        bench.run(({ ai }) => fails(ai.stream('').result, sdk.ValidationError, { field: 'prompt' })))
      test('who leaves early may ask again; eight are under way at once at most', () =>
        bench.run(async ({ ai }) => {
          bench.model('one two three four')
          for (let round = 0; round < 10; round++)
            for await (const piece of ai.stream('What?')) {
              expect(piece).not.toBe('')
              break
            }
        }))
      test('an aborted signal ends it with its reason', () =>
        bench.run(async ({ ai }) => {
          const reason = new Error('enough')
          expect(await caught(ai.stream('What?', { signal: AbortSignal.abort(reason) }).result)).toBe(reason)
        }))
      test('throws APIError when no model answers', () =>
        bench.run(({ ai }) =>
          bench.without('ai', () => fails(ai.stream('What?').result, sdk.APIError, { statusCode: 503 })),
        ))
    })

    describe('getLlmProvider', () => {
      const hello = [{ role: 'user', content: 'hello' }] as const
      test('[S003-074] a handler asks a model, whose answer comes in blocks', () =>
        bench.run(async () => {
          bench.model('Hello Ada')
          const answer = await sdk.getLlmProvider().createMessage({ messages: hello, system: 'Be brief.' })
          expect(answer.content).toEqual([{ type: 'text', text: 'Hello Ada' }])
          expect(answer.stopReason).toBe('end_turn')
          expect(answer.usage.inputTokens).toBeGreaterThan(0)
          expect(answer.model).not.toBe('')
        }))
      test('[S003-075] for routing, execution and navigation; another purpose counts as execution', () =>
        bench.run(async () => {
          const llm = sdk.getLlmProvider()
          llm.resetCallLog()
          for (const purpose of ['routing', 'execution', 'navigate', undefined, 'odd'])
            await llm.createMessage({ messages: hello, ...(purpose && { purpose: purpose as sdk.Purpose }) })
          expect(llm.getCallLog().map(({ purpose }) => purpose)).toEqual([
            'routing',
            'execution',
            'navigate',
            'default',
            'odd',
          ])
        }))
      test('[S003-076] asks for the acting user, whoever names the user; for another one it is AuthError', () =>
        bench.run(async ({ user }) => {
          const llm = sdk.getLlmProvider()
          expect((await llm.createMessage({ messages: hello, userId: user.imperalId })).content).toHaveLength(1)
          await fails(llm.createMessage({ messages: hello, userId: 'imp_u_somebody' }), sdk.AuthError)
        }))
      test('refuses no messages, a tool result that answers nothing, a choice of no tool', () =>
        bench.run(async () => {
          const llm = sdk.getLlmProvider()
          await fails(llm.createMessage({ messages: [] }), sdk.ValidationError, { field: 'messages' })
          await fails(llm.createMessage({ messages: [{ role: 'system' as never, content: 'x' }] }), sdk.ValidationError)
          await fails(
            llm.createMessage({ messages: hello, toolChoice: { type: 'tool', name: 'gone' } }),
            sdk.ValidationError,
            { field: 'toolChoice' },
          )
          await fails(llm.createMessage({ messages: hello, maxTokens: 0 }), sdk.ValidationError, { field: 'maxTokens' })
        }))
      test('each call has a log of its own, with what failed', async () => {
        await bench.run(async () => {
          bench.model('fine')
          const llm = sdk.getLlmProvider()
          await llm.createMessage({ messages: hello, purpose: 'routing' })
          await bench.without('ai', () => fails(llm.createMessage({ messages: hello }), sdk.APIError))
          expect(llm.getCallLog()).toMatchObject([
            { purpose: 'routing', isFailover: false, error: null },
            { purpose: 'default', inputTokens: 0, error: expect.stringMatching(/./) },
          ])
        })
        await bench.run(async () => expect(sdk.getLlmProvider().getCallLog()).toEqual([]))
      })
      test('knows the models of the platform, and never a key', () =>
        bench.run(async () => {
          const [provider] = sdk.getLlmProvider().getAvailableProviders()
          expect(provider).toMatchObject({ provider: 'openai_compatible', hasKey: true })
          expect(sdk.getRoutingModel()).toBe(provider?.routingModel)
          expect(sdk.isAirGapped()).toBe(true)
        }))
      test('throws APIError when no model answers', () =>
        bench.run(() =>
          bench.without('ai', () =>
            fails(sdk.getLlmProvider().createMessage({ messages: hello }), sdk.APIError, { statusCode: 503 }),
          ),
        ))
    })

    describe('extensions', () => {
      test('[S003-098] call runs an exposed method of another app and gives its result', () =>
        bench.run(async ({ extensions }) => {
          expect(await extensions.call<{ degrees: number }>('weather', 'forecast', { day: 2 })).toEqual({ degrees: 20 })
        }))
      test('an unknown method is NotFoundError and names what there is', () =>
        bench.run(async ({ extensions }) => {
          await fails(extensions.call('weather', 'tides'), sdk.NotFoundError, {
            resource: 'method',
            id: 'weather.tides (available: [forecast, broken])',
          })
        }))
      test('a chain that comes back is CircularCallError', () =>
        bench.run(async ({ extensions }) => {
          await fails(extensions.call('garden-log', 'anything'), sdk.CircularCallError, {
            message: 'Circular call: garden-log -> garden-log',
          })
        }))
      test('a callee that fails is ExtensionError with its sentence', () =>
        bench.run(async ({ extensions }) => {
          await fails(extensions.call('weather', 'broken'), sdk.ExtensionError, {
            appId: 'weather',
            message: 'The station does not answer.',
          })
        }))
      test('call throws ExtensionError while the other app cannot be reached', () =>
        bench.run(({ extensions }) =>
          bench.without('extensions', () =>
            fails(extensions.call('weather', 'forecast', { day: 1 }), sdk.ExtensionError, { appId: 'weather' }),
          ),
        ))
      test('emit publishes, and never throws: not for a payload that is no JSON, not during an outage', async () => {
        await bench.run(async ({ extensions }) => {
          await extensions.emit('garden-log.watered', { bed: 'a' })
          await extensions.emit('garden-log.watered', { run: () => 1 } as never)
          await bench.without('events', () => extensions.emit('garden-log.watered', {}))
        })
        expect(await bench.emitted()).toEqual(['garden-log.watered'])
      })
    })

    describe('cache', () => {
      test('get, set, delete: a value of its model until it is deleted', () =>
        bench.run(async ({ cache }) => {
          expect(await cache.get('k:1', Beds)).toBeNull()
          await cache.set('k:1', Beds, { beds: 3 }, { ttlSeconds: 300 })
          expect(await cache.get('k:1', Beds)).toEqual({ beds: 3, note: '' })
          await cache.delete('k:1')
          expect(await cache.get('k:1', Beds)).toBeNull()
          await cache.delete('k:1')
        }))
      test('getOrFetch fetches once', () =>
        bench.run(async ({ cache }) => {
          let fetched = 0
          const fetcher = async () => ({ beds: ++fetched })
          expect(await cache.getOrFetch('k:2', Beds, fetcher)).toEqual({ beds: 1, note: '' })
          expect(await cache.getOrFetch('k:2', Beds, fetcher)).toEqual({ beds: 1, note: '' })
          await fails(
            cache.getOrFetch('k:3', Beds, async () => ({ beds: 'x' }) as never),
            TypeError,
          )
        }))
      test('refuses keys outside the pattern, foreign handles and values of another shape', () =>
        bench.run(async ({ cache }) => {
          for (const key of ['', 'a.b', 'a b', 'x'.repeat(129)]) {
            await fails(cache.get(key, Beds), sdk.ValidationError, { field: 'key' })
            await fails(cache.set(key, Beds, { beds: 1 }), sdk.ValidationError, { field: 'key' })
            await fails(cache.delete(key), sdk.ValidationError, { field: 'key' })
          }
          await fails(cache.get('k', { name: 'beds', schema: Beds.schema } as never), sdk.ValidationError, {
            field: 'model',
          })
          await fails(cache.set('k', Beds, { beds: 'many' } as never), TypeError)
        }))
      test('TTLs are whole seconds from 5 to 300, a value has at most 64 KB', () =>
        bench.run(async ({ cache }) => {
          for (const ttlSeconds of [4, 301, 5.5, true as never])
            await fails(cache.set('k', Beds, { beds: 1 }, { ttlSeconds }), sdk.ValidationError, { field: 'ttlSeconds' })
          await cache.set('k', Beds, { beds: 1 }, { ttlSeconds: 5 })
          await cache.set('k'.repeat(128), Beds, { beds: 1, note: 'x'.repeat(65_000) })
          await fails(cache.set('k', Beds, { beds: 1, note: 'x'.repeat(65_536) }), sdk.ValidationError, {
            field: 'value',
          })
        }))
      test('throws APIError when it cannot be reached', () =>
        bench.run(({ cache }) =>
          bench.without('cache', async () => {
            await fails(cache.get('k', Beds), sdk.APIError, { statusCode: 503 })
            await fails(cache.set('k', Beds, { beds: 1 }), sdk.APIError, { statusCode: 503 })
            await fails(
              cache.getOrFetch('k', Beds, async () => ({ beds: 1 })),
              sdk.APIError,
              { statusCode: 503 },
            )
          }),
        ))
      test('getOrFetch gives what it fetched although it cannot be kept', () =>
        bench.run(async ({ cache }) => {
          const note = 'x'.repeat(65_536)
          expect(await cache.getOrFetch('big', Beds, async () => ({ beds: 1, note }))).toEqual({ beds: 1, note })
          expect(await cache.get('big', Beds)).toBeNull()
        }))
    })

    describe('storage', () => {
      const bytes = (size: number) => Uint8Array.from({ length: size }, (_, at) => at % 251)
      test('[S000-095] a file is kept, listed, read and deleted', () =>
        bench.run(async ({ storage }) => {
          const info = await storage.upload('letters/a.txt', 'Dear Ada', { contentType: 'text/plain' })
          expect(info).toMatchObject({ path: 'letters/a.txt', size: 8, contentType: 'text/plain' })
          expect([info.url, Number.isNaN(Date.parse(info.createdAt))]).toEqual([expect.stringMatching(/./), false])
          await storage.upload('/letters/b.txt', bytes(3))
          const page = await storage.list('letters/')
          expect(page.map(({ path }) => path)).toEqual(['letters/a.txt', 'letters/b.txt'])
          expect(new TextDecoder().decode(await storage.download('letters/a.txt'))).toBe('Dear Ada')
          expect([await storage.delete('letters/a.txt'), await storage.delete('letters/a.txt')]).toEqual([true, false])
          await fails(storage.download('letters/a.txt'), sdk.NotFoundError, { resource: 'file', id: 'letters/a.txt' })
        }))
      test('a file that is larger than a message goes in parts and comes back whole', () =>
        bench.run(async ({ storage }) => {
          const large = bytes(5 * 1024 * 1024 + 7)
          expect((await storage.upload('large.bin', large)).size).toBe(large.length)
          const back = await storage.download('large.bin')
          expect(back.length).toBe(large.length)
          expect(Buffer.from(back).equals(Buffer.from(large))).toBe(true)
          expect((await storage.upload('large.bin', bytes(2))).size).toBe(2)
          expect(await storage.download('large.bin')).toHaveLength(2)
        }))
      test('refuses what is no path', () =>
        bench.run(async ({ storage }) => {
          for (const path of ['', '../x', 'a//b', 'a/./b', 'a\\b', 'x'.repeat(513)]) {
            await fails(storage.upload(path, 'x'), sdk.ValidationError, { field: 'path' })
            await fails(storage.download(path), sdk.ValidationError, { field: 'path' })
          }
        }))
      test('a file has at most 100 MB', () =>
        bench.run(({ storage }) =>
          fails(storage.upload('huge', { length: 104_857_601 } as Uint8Array), sdk.ValidationError, { field: 'data' }),
        ))
      test('files of another user are out of reach', async () => {
        await bench.run(({ storage }) => storage.upload('mine.txt', 'x'))
        await bench.runAsOther(async ({ storage }) => {
          await fails(storage.download('mine.txt'), sdk.NotFoundError)
          expect((await storage.list()).length).toBe(0)
        })
      })
      test('throws APIError when it cannot be reached', () =>
        bench.run(({ storage }) =>
          bench.without('storage', async () => {
            await fails(storage.download('x'), sdk.APIError, { statusCode: 503 })
            await fails(storage.upload('x', 'x'), sdk.APIError, { statusCode: 503 })
          }),
        ))
    })

    describe('notify', () => {
      test('reaches the acting user, as a call, as send and as push', async () => {
        const before = bench.notified.length
        await bench.run(async ({ notify }) => {
          await notify('one', { priority: 'high' })
          await notify.send('two')
          await notify.push({ title: 'three', body: 'more' })
        })
        expect(bench.notified.slice(before).map(({ message }) => message)).toEqual(['one', 'two', 'three'])
      })
      test('options that are not JSON are the author’s mistake', () =>
        bench.run(({ notify }) => fails(notify('x', { extra: (() => 1) as never }), TypeError)))
      test('never throws for a failed delivery', () =>
        bench.run(({ notify }) => bench.without('notify', () => notify('lost'))))
    })

    describe('progress and backgroundTask', () => {
      test('a task tells its progress and ends with its result', async () => {
        await bench.run(async (ctx) => {
          const id = await ctx.backgroundTask(async (task) => {
            expect(task.taskId).not.toBe('')
            await task.progress(100, 'digging')
            return sdk.ActionResult.success({ dug: 1 }, 'Dug')
          })
          expect(id).not.toBe('')
        })
        expect(await bench.taskEnds()).toMatchObject([{ status: 'success', data: { dug: 1 }, summary: 'Dug' }])
        expect(await bench.progressed()).toContain('digging')
      })
      test('progress is 0 to 100, and nothing without a task', () =>
        bench.run(async (ctx) => {
          await ctx.progress(0)
          await ctx.progress(100, 'all')
          for (const percent of [-1, 101, Number.NaN])
            await fails(ctx.progress(percent), sdk.ValidationError, { field: 'percent' })
        }))
      test('work that ends without an ActionResult fails', async () => {
        await bench.run(async (ctx) => void (await ctx.backgroundTask(async () => ({ dug: 1 }) as never)))
        expect(await bench.taskEnds()).toEqual([expect.stringContaining('did not return an ActionResult')])
      })
      test('a user has three tasks at once', async () => {
        await bench.run(async (ctx) => {
          const gate = Promise.withResolvers<void>()
          const wait = async () => {
            await gate.promise
            return sdk.ActionResult.success()
          }
          for (let started = 0; started < 3; started++) await ctx.backgroundTask(wait)
          await fails(ctx.backgroundTask(wait), sdk.QuotaExceededError, { resource: 'tasks', limit: 3 })
          gate.resolve()
        })
        expect(await bench.taskEnds()).toHaveLength(3)
      })
      test('a cancelled task: the signal aborts and progress throws TaskCancelled', async () => {
        await bench.run(async (ctx) => {
          await ctx.backgroundTask(async (task) => {
            await bench.cancel()
            // The news goes through the platform and may take a moment.
            const error = await vi.waitFor(() => caught(task.progress(50)), { timeout: 20_000 })
            expect(error).toBeInstanceOf(sdk.TaskCancelled)
            throw error
          })
        })
        expect(await bench.taskEnds()).toEqual([expect.stringContaining('cancelled')])
      })
      test('both throw APIError while the platform cannot keep a task', async () => {
        await bench.run(async (ctx) => {
          await bench.without('task', () =>
            fails(
              ctx.backgroundTask(async () => sdk.ActionResult.success()),
              sdk.APIError,
              { statusCode: 503 },
            ),
          )
        })
      })
    })

    describe('deliverChatMessage', () => {
      test('says something in the chat, with its type', async () => {
        const before = bench.delivered.length
        await bench.run(async (ctx) => {
          await ctx.deliverChatMessage('hello')
          await ctx.deliverChatMessage('note', { msgType: 'system', refreshPanels: ['beds'] })
        })
        expect(bench.delivered.slice(before)).toMatchObject([
          { text: 'hello', type: 'response' },
          { text: 'note', type: 'system' },
        ])
      })
      test('knows three types', () =>
        bench.run((ctx) =>
          fails(ctx.deliverChatMessage('x', { msgType: 'shout' as never }), sdk.ValidationError, { field: 'msgType' }),
        ))
      test('[D34] cuts a text above 64 KB between two characters and marks it', async () => {
        await bench.run((ctx) => ctx.deliverChatMessage(`x${'é'.repeat(40_000)}`))
        const text = bench.delivered.at(-1)?.text ?? ''
        expect(text).toBe(`x${'é'.repeat(32_767)}…(truncated)`)
      })
      test('a failed delivery is logged, not thrown', () =>
        bench.run((ctx) => bench.without('chat', () => ctx.deliverChatMessage('lost'))))
    })

    describe('store.collection', () => {
      const Bed = z.object({ name: z.string().min(1), plants: z.number().int().default(0) })
      test('creates, reads, changes and counts what fits its schema', () =>
        bench.run(async ({ store }) => {
          const beds = store.collection('typed_beds', Bed)
          const made = await beds.create({ name: 'north', plants: 2 })
          expect((await beds.get(made.id)).data).toEqual({ name: 'north', plants: 2 })
          expect((await beds.update(made.id, { plants: 3 })).data).toEqual({ name: 'north', plants: 3 })
          expect((await beds.set(made.id, { name: 'south', plants: 1 })).data).toEqual({ name: 'south', plants: 1 })
          expect((await beds.query({ where: { name: 'south' } })).map(({ data }) => data.plants)).toEqual([1])
          expect([await beds.count(), await beds.count({ name: 'north' })]).toEqual([1, 0])
          expect([await beds.delete(made.id), await beds.find(made.id)]).toEqual([true, null])
        }))
      test('neither writes nor hands out what does not fit', () =>
        bench.run(async ({ store }) => {
          const beds = store.collection('odd_beds', Bed)
          await fails(beds.create({ name: '', plants: 1 }), sdk.ValidationError, { field: 'name' })
          const odd = await store.create('odd_beds', { name: 7 })
          await fails(beds.get(odd.id), sdk.StoreContractError)
        }))
      test('a second writer with an old etag is StoreConflict', () =>
        bench.run(async ({ store }) => {
          const beds = store.collection('shared_beds', Bed)
          const first = await beds.create({ name: 'east', plants: 0 })
          await beds.update(first.id, { plants: 1 }, { ifMatch: first.etag })
          await fails(beds.update(first.id, { plants: 2 }, { ifMatch: first.etag }), sdk.StoreConflict)
        }))
      test('throws StoreUnavailable', () =>
        bench.run(({ store }) =>
          bench.without('store', () => fails(store.collection('typed_beds', Bed).count(), sdk.StoreUnavailable)),
        ))
    })

    describe('config', () => {
      test('reads by dotted path, with a fallback, a section, and all of it', () =>
        bench.run(async ({ config }) => {
          expect([config.get('greeting'), config.get('limits.beds')]).toEqual(['Hello', 3])
          expect([config.get('absent'), config.get('absent', 'else')]).toEqual([undefined, 'else'])
          expect(config.getSection('limits')).toMatchObject({ beds: 3 })
          expect(config.getSection('absent')).toEqual({})
          expect(config.all()).toMatchObject({ greeting: 'Hello' })
        }))
      test('what is required and missing or null is a ValidationError; inherited members are no settings', () =>
        bench.run(async ({ config }) => {
          expect(config.require('limits.beds')).toBe(3)
          for (const name of ['absent', 'limits.none']) expect(() => config.require(name)).toThrow(sdk.ValidationError)
          expect(config.get('constructor')).toBeUndefined()
        }))
      test('what was handed out is a copy', () =>
        bench.run(async ({ config }) => {
          config.getSection('limits').beds = 9
          expect(config.get('limits.beds')).toBe(3)
        }))
      test('asks nobody: it answers during an outage', () =>
        bench.run(({ config }) => bench.without('store', async () => expect(config.get('greeting')).toBe('Hello'))))
    })

    describe('secrets.isSet and list', () => {
      test('say which of the declared ones are there, and never a value', () =>
        bench.run(async ({ secrets }) => {
          await secrets.delete('sensor_key')
          expect(await secrets.isSet('sensor_key')).toBe(false)
          await secrets.set('sensor_key', 'canary-7')
          expect(await secrets.isSet('sensor_key')).toBe(true)
          const known = await secrets.list()
          expect(known.map(({ name }) => name)).toContain('sensor_key')
          expect(JSON.stringify(known)).not.toContain('canary-7')
          await secrets.delete('sensor_key')
        }))
      test('a name that is not declared throws', () =>
        bench.run(async ({ secrets }) => {
          await fails(secrets.isSet('other_key'), sdk.SecretNotDeclaredError)
        }))
    })

    describe('tools', () => {
      test('finds a tool of another app by what it is for, and calls it', () =>
        bench.run(async ({ tools }) => {
          const [found] = await tools.discover('how much rain falls today', { topK: 5 })
          expect(found).toMatchObject({ appId: 'weather', name: 'rain_today' })
          expect(found?.relevance).toBeGreaterThan(0)
          const answer = await tools.call(found?.activityName ?? '', { garden: 'desert' })
          expect(answer).toMatchObject({ appId: 'weather', toolName: 'rain_today' })
          expect(JSON.stringify(answer.response)).toContain('"millimetres":0')
        }))
      test('refuses a query and a number that are none, and a tool that is not there', () =>
        bench.run(async ({ tools }) => {
          await fails(tools.discover('x'.repeat(1_001)), sdk.ValidationError, { field: 'query' })
          await fails(tools.discover('rain', { topK: 0 }), sdk.ValidationError, { field: 'top_k' })
          await fails(tools.call('weather.nothing', {}), sdk.ImperalError)
        }))
    })

    describe('billing', () => {
      test('tells limits, plan and balance, and counts use', () =>
        bench.run(async ({ billing }) => {
          const [limits, plan, balance] = [
            await billing.checkLimits(),
            await billing.getSubscription(),
            await billing.getBalance(),
          ]
          expect(limits.plan).not.toBe('')
          expect(plan.status).not.toBe('')
          expect(balance.balance).toBeGreaterThanOrEqual(0)
          expect(typeof (await billing.trackUsage('watered_beds', 2))).toBe('boolean')
          expect(Array.isArray(await billing.listPlans())).toBe(true)
        }))
      test('a quantity that is no number is the author’s mistake', () =>
        bench.run(({ billing }) => fails(billing.trackUsage('beds', Number.NaN), sdk.ValidationError)))
      test('never throws: during an outage it gives the safe default', () =>
        bench.run(({ billing }) =>
          bench.without('billing', async () => {
            expect((await billing.checkLimits()).plan).toBe('unknown')
            expect(await billing.getSubscription()).toMatchObject({ planId: 'unknown', status: 'unavailable' })
          }),
        ))
    })

    describe('webhookUrl', () => {
      test('is the public address of a path, with or without its slash', () =>
        bench.run(async (ctx) => {
          expect(ctx.webhookUrl('/sensor')).toMatch(/^https?:\/\/[^/]+\/v1\/ext\/garden-log\/webhook\/sensor$/)
          expect(ctx.webhookUrl('sensor')).toBe(ctx.webhookUrl('/sensor'))
        }))
      test('refuses what is no path', () =>
        bench.run(async (ctx) => {
          expect(() => ctx.webhookUrl(7 as never)).toThrow(sdk.ValidationError)
          expect(() => ctx.webhookUrl('')).toThrow(sdk.ValidationError)
        }))
      test('asks nobody: it answers during an outage', () =>
        bench.run((ctx) => bench.without('store', async () => expect(ctx.webhookUrl('a')).toContain('/webhook/a'))))
    })

    describe('skeleton', () => {
      test('a skeleton handler reads the last snapshot; another section is null', async () => {
        await bench.inSkeleton(async () => {})
        await bench.inSkeleton(async ({ skeleton }) => {
          expect(await skeleton.get('beds')).toEqual({ beds: 2 })
          expect(await skeleton.get('nowhere')).toBeNull()
        })
      })
      test('refuses a name that is none', () =>
        bench.inSkeleton(async ({ skeleton }) => {
          await fails(skeleton.get('a/b'), sdk.ValidationError, { field: 'section' })
          await fails(skeleton.get(''), sdk.ValidationError, { field: 'section' })
        }))
      test('[I-SKELETON-LLM-ONLY] every other handler gets SkeletonAccessForbidden', () =>
        bench.run(async (ctx) => {
          const { skeleton } = ctx as unknown as { skeleton: { get(section: string): Promise<unknown> } }
          await fails(skeleton.get('beds'), sdk.SkeletonAccessForbidden)
        }))
      test('throws APIError when it cannot be read', () =>
        bench.inSkeleton(({ skeleton }) =>
          bench.without('skeleton', () => fails(skeleton.get('beds'), sdk.APIError, { statusCode: 503 })),
        ))
    })
  })
}
