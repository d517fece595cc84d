import { createHash } from 'node:crypto'
import type { JsonObject } from '@imperal/contract'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase, type Writer } from '../../foundation/db/index.ts'
import { PlatformError } from '../../foundation/errors.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openStore } from './index.ts'
import { PAGES } from './page-sql.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection)
const clock = manualClock()
const store = openStore({ db, clock, keyring: testKeyring() })
afterAll(async () => {
  await db.close()
})

const writerOf = (tenantId: string): Writer => ({ tenantId, atomic: (statements) => db.atomic(tenantId, statements) })
const writer = writerOf('default')
let scopes = 0
/** A user of their own for each test. */
const someone = (extra: Partial<StoreScope> = {}): StoreScope => ({
  tenantId: 'default',
  appId: 'notes',
  userId: `imp_u_user${++scopes}`,
  ...extra,
})
async function fill(scope: StoreScope, collection: string, rows: readonly JsonObject[]) {
  const documents = []
  for (const row of rows) {
    clock.advance(1)
    documents.push(await store.create(writerOf(scope.tenantId), scope, collection, row))
  }
  return documents
}
const failure = async (promise: Promise<unknown>): Promise<PlatformError> => {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(PlatformError)
  return error as PlatformError
}

describe('documents', () => {
  test('[S000-106] [S000-107] create gives a document with id, times and etag; get gives the same, or null', async () => {
    const scope = someone()
    const created = await store.create(writer, scope, 'notes', { title: 'Milk', n: 1 })
    expect(created).toMatchObject({
      id: expect.stringMatching(/^doc_[0-9a-f]{32}$/),
      collection: 'notes',
      data: { title: 'Milk', n: 1 },
      extension_id: 'notes',
      tenant_id: 'default',
      user_id: scope.userId,
      created_at: clock.iso(),
      updated_at: clock.iso(),
    })
    expect(created.etag).toMatch(/^[0-9a-f]{64}$/)
    expect(await store.get(scope, 'notes', created.id)).toEqual(created)
    expect(await store.get(scope, 'notes', 'doc_nothing')).toBeNull()
    expect(await store.get(scope, 'other', created.id)).toBeNull()
  })

  test('[sdk 3.3.6] the etag is a SHA-256 that follows the data and nothing else', async () => {
    const scope = someone()
    const first = await store.create(writer, scope, 'notes', { a: 1, b: [true, null, 'ü'] })
    const same = await store.create(writer, scope, 'notes', { b: [true, null, 'ü'], a: 1 })
    expect(same.etag).toBe(first.etag)
    expect(first.etag).toBe(createHash('sha256').update('{"a": 1, "b": [true, null, "ü"]}').digest('hex'))
    clock.advance(1_000)
    const touched = await store.update(writer, scope, 'notes', first.id, { a: 1 })
    expect(touched.etag).toBe(first.etag)
    expect(touched.updated_at > first.updated_at).toBe(true)
    expect((await store.update(writer, scope, 'notes', first.id, { a: 2 })).etag).not.toBe(first.etag)
  })

  test('[S000-109] update merges top-level fields only, and says when there is nothing to update', async () => {
    const scope = someone()
    const [document] = await fill(scope, 'notes', [{ a: 1, nested: { x: 1, y: 2 } }])
    const updated = await store.update(writer, scope, 'notes', document?.id ?? '', { nested: { z: 3 }, b: null })
    expect(updated.data).toEqual({ a: 1, nested: { z: 3 }, b: null })
    expect((await failure(store.update(writer, scope, 'notes', 'doc_nothing', {}))).code).toBe('STORE_NOT_FOUND')
  })

  test('an id that no document can have is an unknown one, and only a new document is refused for it', async () => {
    const scope = someone()
    for (const id of ['a\u0000b', 'a b', 'x'.repeat(200)]) {
      expect(await store.get(scope, 'notes', id)).toBeNull()
      expect(await store.delete(writer, scope, 'notes', id)).toBe(false)
      expect((await failure(store.update(writer, scope, 'notes', id, { a: 1 }))).code).toBe('STORE_NOT_FOUND')
      expect((await failure(store.set(writer, scope, 'notes', id, { a: 1 }))).code).toBe('STORE_BAD_NAME')
    }
  })

  test('set makes a document or replaces it whole', async () => {
    const scope = someone()
    const first = await store.set(writer, scope, 'settings', 'main', { a: 1, b: 2 })
    clock.advance(5)
    const second = await store.set(writer, scope, 'settings', 'main', { c: 3 })
    expect(second).toMatchObject({ id: 'main', data: { c: 3 }, created_at: first.created_at, updated_at: clock.iso() })
    expect(await store.count(scope, 'settings', null)).toBe(1)
  })

  test('[S000-110] delete tells whether there was something; a deleted document is out of every read at once', async () => {
    const scope = someone()
    const [document] = await fill(scope, 'notes', [{ a: 1 }])
    const id = document?.id ?? ''
    expect(await store.delete(writer, scope, 'notes', id)).toBe(true)
    expect(await store.delete(writer, scope, 'notes', id)).toBe(false)
    expect(await store.get(scope, 'notes', id)).toBeNull()
    expect((await store.query(scope, 'notes', {})).data).toEqual([])
    expect(await store.count(scope, 'notes', { a: 1 })).toBe(0)
    expect((await failure(store.update(writer, scope, 'notes', id, {}))).code).toBe('STORE_NOT_FOUND')
    const again = await store.set(writer, scope, 'notes', id, { b: 2 })
    expect(again.data).toEqual({ b: 2 })
    const { rows } = await db.tenant('default', async (tx) => ({
      rows: await tx.selectFrom('store.document').select('deleted_at').where('id', '=', id).execute(),
    }))
    expect(rows).toEqual([{ deleted_at: null }])
  })

  test('ten sets of one id at once make one document', async () => {
    const scope = someone()
    await Promise.all(Array.from({ length: 10 }, (_, n) => store.set(writer, scope, 'settings', 'main', { n })))
    expect(await store.count(scope, 'settings', null)).toBe(1)
  })

  test('[K8.25] 1 MB is the limit, for merged documents too, and the transaction around a refusal stays usable', async () => {
    const scope = someone()
    const half = 'x'.repeat(700_000)
    const document = await store.create(writer, scope, 'notes', { half })
    const refused = await failure(store.update(writer, scope, 'notes', document.id, { other: half }))
    expect(refused).toMatchObject({ code: 'STORE_TOO_LARGE', kind: 'too_large' })
    expect((await store.get(scope, 'notes', document.id))?.etag).toBe(document.etag)
    // Many short members: small as sent, too large as stored.
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [String(n), 1]))
    expect((await failure(store.create(writer, scope, 'notes', wide))).code).toBe('STORE_TOO_LARGE')
  })
})

describe('compare and set', () => {
  test('[K8.25] a stale etag writes nothing and tells the current one', async () => {
    const scope = someone()
    const first = await store.create(writer, scope, 'counters', { n: 0 })
    const second = await store.update(writer, scope, 'counters', first.id, { n: 1 }, first.etag)
    const conflict = await failure(store.update(writer, scope, 'counters', first.id, { n: 9 }, first.etag))
    expect(conflict).toMatchObject({
      code: 'STORE_CONFLICT',
      kind: 'conflict',
      wireDetail: { current_etag: second.etag },
      details: { id: first.id, expected_etag: first.etag, current_etag: second.etag },
    })
    expect((await store.get(scope, 'counters', first.id))?.data).toEqual({ n: 1 })
  })

  test('[sdk 3.3.7] fifty increments at once, each in a compare-and-set loop, make fifty', async () => {
    const scope = someone()
    const { id } = await store.create(writer, scope, 'counters', { n: 0 })
    let conflicts = 0
    const increment = async (): Promise<void> => {
      const current = await store.get(scope, 'counters', id)
      if (current === null) throw new Error('the counter is gone')
      try {
        await store.update(writer, scope, 'counters', id, { n: Number(current.data.n) + 1 }, current.etag)
      } catch (error) {
        if (!(error instanceof PlatformError) || error.code !== 'STORE_CONFLICT') throw error
        expect(error.details.current_etag).not.toBe(current.etag)
        conflicts += 1
        await increment()
      }
    }
    await Promise.all(Array.from({ length: 50 }, increment))
    expect((await store.get(scope, 'counters', id))?.data).toEqual({ n: 50 })
    expect(conflicts).toBeGreaterThan(0)
  })
})

describe('where', () => {
  test('[S000-108] [S000-111] is equality of top-level fields, all of them', async () => {
    const scope = someone()
    await fill(scope, 'deals', [
      { n: 1, status: 'open', amount: 5, tags: ['a', 'b'], owner: { id: 1, name: 'x' } },
      { n: 2, status: 'open', amount: 5.5, tags: ['a'], due: null, done: false },
      { n: 3, status: 'closed', amount: '5', due: '2026-01-01', done: true },
    ])
    const found = async (where: JsonObject) => {
      const numbers = (await store.query(scope, 'deals', { where })).data.map((document) => document.data.n)
      expect(await store.count(scope, 'deals', where)).toBe(numbers.length)
      return numbers
    }
    expect(await found({})).toEqual([1, 2, 3])
    expect(await found({ status: 'open' })).toEqual([1, 2])
    expect(await found({ status: 'open', amount: 5 })).toEqual([1])
    expect(await found({ amount: '5' })).toEqual([3])
    expect(await found({ tags: ['a'] })).toEqual([2])
    expect(await found({ tags: 'a' })).toEqual([])
    expect(await found({ owner: { id: 1 } })).toEqual([])
    expect(await found({ owner: { name: 'x', id: 1 } })).toEqual([1])
    expect(await found({ due: null })).toEqual([1, 2])
    expect(await found({ done: false })).toEqual([2])
    expect(await found({ missing: 1 })).toEqual([])
    expect(await found({ "status' or 1=1 --": 'x' })).toEqual([])
  })

  test('[sdk 3.3] $contains finds a part of a text or a member of a list', async () => {
    const scope = someone()
    await fill(scope, 'notes', [
      { n: 1, text: 'Buy MILK 100%', tags: ['home', 'x_y'] },
      { n: 2, text: 'Call_Bob' },
      { n: 3 },
    ])
    const found = async (where: JsonObject) =>
      (await store.query(scope, 'notes', { where })).data.map((document) => document.data.n)
    expect(await found({ text: { $contains: 'milk' } })).toEqual([1])
    expect(await found({ text: { $contains: '_' } })).toEqual([2])
    expect(await found({ text: { $contains: '%' } })).toEqual([1])
    expect(await found({ tags: { $contains: 'home' } })).toEqual([1])
    expect(await found({ tags: { $contains: 'hom' } })).toEqual([])
    expect(await found({ n: { $contains: '1' } })).toEqual([])
    expect((await failure(store.query(scope, 'notes', { where: { n: { $gt: 1 } } }))).code).toBe('STORE_BAD_QUERY')
  })

  test('[sdk 3.3] an unknown collection gives an empty page and the count 0', async () => {
    const scope = someone()
    expect(await store.query(scope, 'nothing', {})).toEqual({ data: [], cursor: null, has_more: false, total: 0 })
    expect(await store.count(scope, 'nothing', null)).toBe(0)
  })
})

describe('order and pages', () => {
  const titles = ['b', 'a', 'c', 'a', 'd', 'e', 'b']

  async function walk(scope: StoreScope, collection: string, query: { order_by?: string; limit: number }) {
    const pages: unknown[][] = []
    let cursor: string | null = null
    do {
      const page = await store.query(scope, collection, { ...query, cursor })
      pages.push(page.data.map((document) => document.data.n))
      expect(page.has_more).toBe(page.cursor !== null)
      cursor = page.cursor
    } while (cursor !== null)
    return pages
  }

  test('[S000-108] pages follow each other without a gap or a repetition, in every order', async () => {
    const scope = someone()
    const documents = await fill(
      scope,
      'notes',
      titles.map((title, n) => ({ n, title })),
    )
    clock.advance(10)
    await store.update(writer, scope, 'notes', documents[2]?.id ?? '', { touched: true })
    expect(await walk(scope, 'notes', { limit: 3 })).toEqual([[0, 1, 2], [3, 4, 5], [6]])
    expect(await walk(scope, 'notes', { limit: 7, order_by: '-created_at' })).toEqual([[6, 5, 4, 3, 2, 1, 0]])
    expect(await walk(scope, 'notes', { limit: 4, order_by: '-updated_at' })).toEqual([
      [2, 6, 5, 4],
      [3, 1, 0],
    ])
    expect(await walk(scope, 'notes', { limit: 2, order_by: 'title' })).toEqual([[1, 3], [0, 6], [2, 4], [5]])
    expect(await walk(scope, 'notes', { limit: 2, order_by: '-title' })).toEqual([[5, 4], [2, 6], [0, 3], [1]])
  })

  test('fields of different types, missing ones and very long ones are sorted too', async () => {
    const scope = someone()
    const values = [10, 9, 'x', null, true, [1], { a: 1 }, `${'y'.repeat(100_000)}`]
    await fill(scope, 'mixed', [...values.map((value, n) => ({ n, value })), { n: 8 }])
    const ascending = await walk(scope, 'mixed', { limit: 2, order_by: 'value' })
    expect(ascending.flat()).toEqual([3, 5, 6, 8, 2, 7, 1, 0, 4])
    expect((await walk(scope, 'mixed', { limit: 2, order_by: '-value' })).flat()).toEqual(ascending.flat().reverse())
    const page = await store.query(scope, 'mixed', { order_by: 'value', limit: 6 })
    expect(page.cursor?.length).toBeLessThan(1_000)
  })

  test('documents that come and go between pages do not disturb the others', async () => {
    const scope = someone()
    const documents = await fill(
      scope,
      'notes',
      [0, 1, 2, 3, 4].map((n) => ({ n })),
    )
    const first = await store.query(scope, 'notes', { limit: 2 })
    await store.delete(writer, scope, 'notes', documents[1]?.id ?? '')
    await store.delete(writer, scope, 'notes', documents[2]?.id ?? '')
    await fill(scope, 'notes', [{ n: 5 }])
    const rest = await store.query(scope, 'notes', { limit: 10, cursor: first.cursor })
    expect(rest.data.map((document) => document.data.n)).toEqual([3, 4, 5])
  })

  test('a cursor that was changed, or belongs to another user, collection or order, is refused', async () => {
    const [scope, other] = [someone(), someone()]
    await fill(scope, 'notes', [{ n: 0 }, { n: 1 }])
    const { cursor } = await store.query(scope, 'notes', { limit: 1 })
    const text = cursor ?? ''
    const flipped = `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.slice(-1)}`
    const attempts = [
      store.query(scope, 'notes', { cursor: flipped }),
      store.query(scope, 'notes', { cursor: 'eyJpZCI6MX0' }),
      store.query(other, 'notes', { cursor }),
      store.query(scope, 'others', { cursor }),
      store.query(scope, 'notes', { cursor, order_by: '-created_at' }),
      store.query({ ...scope, tenantId: 'imp_t_other' }, 'notes', { cursor }),
    ]
    for (const error of await Promise.all(attempts.map(failure))) expect(error.code).toBe('STORE_BAD_CURSOR')
    expect(text).not.toContain(scope.userId)
  })

  test.each([0, -1, 1.5, 1_001, Number.NaN])('a limit of %d is refused', async (limit) => {
    expect((await failure(store.query(someone(), 'notes', { limit }))).code).toBe('STORE_BAD_QUERY')
  })

  test('[S000-108] 100 documents are the default; a page of large ones ends early and goes on', async () => {
    const scope = someone()
    await db.atomic('default', [
      {
        text: `insert into store.document (tenant_id, app_id, user_id, collection, id, data, etag, bytes, created_at, updated_at)
               select 'default', 'notes', $1, 'many', 'd' || n, jsonb_build_object('n', n), 'e', 10, now(), now()
                 from generate_series(1, 150) n`,
        values: [scope.userId],
      },
    ])
    expect((await store.query(scope, 'many', {})).data).toHaveLength(100)
    await fill(
      scope,
      'large',
      Array.from({ length: 7 }, (_, n) => ({ n, text: 'x'.repeat(1_000_000) })),
    )
    expect(await walk(scope, 'large', { limit: 100 })).toEqual([[0, 1, 2], [3, 4, 5], [6]])
  })
})

describe('across users', () => {
  test('[S000-112] listUsers gives each user with documents once, in pages, without reserved ids', async () => {
    const app = { appId: 'roster' }
    for (const userId of ['imp_u_aaaaaa', 'imp_u_bbbbbb', 'imp_u_cccccc', '__system__']) {
      await fill(someone({ ...app, userId }), 'notes', [{}, {}])
    }
    await fill(someone({ ...app, userId: 'imp_u_dddddd' }), 'tasks', [{}])
    await fill(someone({ ...app, userId: 'imp_u_eeeeee', tenantId: 'imp_t_other' }), 'notes', [{}])
    const first = await store.listUsers('default', 'roster', null, { pageSize: 3, cursor: null })
    expect(first).toEqual({
      user_ids: ['imp_u_aaaaaa', 'imp_u_bbbbbb', 'imp_u_cccccc'],
      next_cursor: 'imp_u_cccccc',
      truncated: false,
    })
    const second = await store.listUsers('default', 'roster', null, { pageSize: 3, cursor: first.next_cursor })
    expect(second).toEqual({ user_ids: ['imp_u_dddddd'], next_cursor: null, truncated: false })
    const ofTasks = await store.listUsers('default', 'roster', 'tasks', { pageSize: 10, cursor: '0' })
    expect(ofTasks.user_ids).toEqual(['imp_u_dddddd'])
  })

  test('[S000-113] queryAll gives documents of all users of the tenant with their user ids, in pages', async () => {
    const app = { appId: 'survey' }
    const [ada, bob] = [someone(app), someone(app)]
    await fill(ada, 'answers', [
      { n: 1, ok: true },
      { n: 2, ok: true },
    ])
    await fill(bob, 'answers', [
      { n: 3, ok: true },
      { n: 4, ok: false },
    ])
    await fill(someone({ ...app, tenantId: 'imp_t_other' }), 'answers', [{ n: 5, ok: true }])
    const first = await store.queryAll('default', 'survey', 'answers', { where: { ok: true }, limit: 2 })
    expect(first.data.map((document) => document.user_id)).toEqual([ada.userId, ada.userId])
    const options = { where: { ok: true }, limit: 2, cursor: first.cursor }
    const second = await store.queryAll('default', 'survey', 'answers', options)
    expect(second.data.map((document) => [document.user_id, document.data.n])).toEqual([[bob.userId, 3]])
    expect(second.has_more).toBe(false)
  })
})

describe('isolation', () => {
  test('[K8.25] another user, app or tenant finds nothing under a known id, for reading and for writing', async () => {
    const scope = someone()
    const document = await store.create(writer, scope, 'notes', { private: true })
    const strangers = [someone(), { ...scope, appId: 'spy' }, { ...scope, tenantId: 'imp_t_other' }]
    for (const stranger of strangers) {
      const foreign = writerOf(stranger.tenantId)
      expect(await store.get(stranger, 'notes', document.id)).toBeNull()
      expect((await store.query(stranger, 'notes', {})).data).toEqual([])
      expect(await store.delete(foreign, stranger, 'notes', document.id)).toBe(false)
      const update = store.update(foreign, stranger, 'notes', document.id, { private: false })
      expect((await failure(update)).code).toBe('STORE_NOT_FOUND')
      await store.set(foreign, stranger, 'notes', document.id, { mine: true })
    }
    expect((await store.get(scope, 'notes', document.id))?.data).toEqual({ private: true })
  })

  test('[api 7.2] a statement without any condition sees, changes and makes nothing of another tenant', async () => {
    await store.create(writer, someone(), 'notes', { secret: true })
    await db.tenant('imp_t_empty', async (tx) => {
      expect(await tx.selectFrom('store.document').selectAll().execute()).toEqual([])
      expect(
        (await tx.updateTable('store.document').set({ deleted_at: new Date() }).executeTakeFirst()).numUpdatedRows,
      ).toBe(0n)
      expect((await tx.deleteFrom('store.document').executeTakeFirst()).numDeletedRows).toBe(0n)
    })
    await expect(store.create(writerOf('imp_t_empty'), someone(), 'notes', {})).rejects.toThrow(/row-level security/)
    await expect(db.pool.query('select * from store.document')).resolves.toMatchObject({ rows: [] })
  })

  test('pages and single documents are read along an index, behind row-level security', async () => {
    const scope = someone()
    await db.atomic('default', [
      {
        text: `insert into store.document (tenant_id, app_id, user_id, collection, id, data, etag, bytes, created_at, updated_at)
               select 'default', 'notes', $1, 'big', 'd' || n, jsonb_build_object('n', n), 'e', 14, now() + n * interval '1 ms', now()
                 from generate_series(1, 20000) n`,
        values: [scope.userId],
      },
    ])
    const analyst = new pg.Client({ ...database.superuserConnection })
    await analyst.connect()
    await analyst.query('analyze store.document')
    await analyst.end()
    const values = ['default', 'notes', 'big', null, null, 101, clock.iso(), '', scope.userId]
    const [plan] = await db.atomic('default', [{ text: `explain (format json) ${PAGES.created_at.ascending}`, values }])
    const text = JSON.stringify(plan?.rows)
    expect(text).toContain('document_by_age')
    expect(text).toMatch(/"Index Cond":"[^"]*created_at/)
    expect(text).not.toContain('"Seq Scan"')
  })

  test('every operation is one statement', async () => {
    const scope = someone()
    const counts: number[] = []
    const counting: Writer = {
      tenantId: 'default',
      atomic: (statements) => {
        counts.push(statements.length)
        return db.atomic('default', statements)
      },
    }
    const { id } = await store.create(counting, scope, 'notes', {})
    await store.update(counting, scope, 'notes', id, { a: 1 })
    await store.set(counting, scope, 'notes', 'x', {})
    await store.delete(counting, scope, 'notes', id)
    expect(counts).toEqual([1, 1, 1, 1])
  })
})
