import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeStore({ bench, cell }: Suite): void {
  describe('store.create', () => {
    cell('store.create', 'success', 'gives the document with its id, owner and etag', () =>
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
      }),
    )
    cell(
      'store.create',
      'bad input',
      'refuses a collection with a forbidden character and data that is no object',
      () =>
        bench.run(async ({ store }) => {
          await fails(store.create('a/b', {}), sdk.ValidationError, { field: 'collection' })
          await fails(store.create('', {}), sdk.ValidationError, { field: 'collection' })
          await fails(store.create('plants', [1] as never), sdk.ValidationError, { field: 'data' })
          await fails(store.create('plants', { run: () => 1 } as never), TypeError)
        }),
    )
    cell('store.create', 'limit', 'holds at most 1 MB', () =>
      bench.run(async ({ store }) => {
        await fails(store.create('plants', { text: 'x'.repeat(1_048_576) }), sdk.ValidationError)
        expect((await store.create('plants', { text: 'x'.repeat(1_000_000) })).id).not.toBe('')
      }),
    )
    cell('store.create', 'unavailability', 'throws StoreUnavailable when the store cannot be reached', () =>
      bench.run(({ store }) =>
        bench.without('store', () => fails(store.create('plants', {}), sdk.StoreUnavailable, { retryAfter: 30 })),
      ),
    )
  })

  describe('store.get', () => {
    cell('store.get', 'success', 'reads by collection and id, and by one path', () =>
      bench.run(async ({ store }) => {
        const { id } = await store.create('plants', { species: 'moss' })
        expect((await store.get('plants', id)).data).toEqual({ species: 'moss' })
        expect(await store.find('plants', id)).toMatchObject({ id })
      }),
    )
    cell('store.get', 'bad input', '[D32] a missing document: "plant \'nothing\' not found"; find gives null', () =>
      bench.run(async ({ store }) => {
        await fails(store.get('plants', 'nothing'), sdk.NotFoundError, {
          resource: 'plant',
          id: 'nothing',
          message: "plant 'nothing' not found",
        })
        expect(await store.find('plants', 'nothing')).toBeNull()
        await fails(store.get('a b', 'x'), sdk.ValidationError, { field: 'collection' })
      }),
    )
    test('[S000-089] documents of another user are out of reach', async () => {
      const id = await bench.run(async ({ store }) => (await store.create('plants', { species: 'own' })).id)
      await bench.runAsOther(async ({ store }) => {
        await fails(store.get('plants', id), sdk.NotFoundError)
        expect(await store.delete('plants', id)).toBe(false)
        await fails(store.update('plants', id, { species: 'theirs' }), sdk.NotFoundError)
      })
    })
    // The limit is the one of writing: whatever could be stored can be read, which a limit on answers must not prevent.
    cell('store.get', 'limit', 'has none of its own: the largest document that may be written comes back whole', () =>
      bench.run(async ({ store }) => {
        await fails(store.create('plants', { text: 'x'.repeat(1_048_576) }), sdk.ValidationError)
        const text = 'x'.repeat(1_048_000)
        const { id } = await store.create('plants', { text })
        expect((await store.get('plants', id)).data).toEqual({ text })
      }),
    )
    cell('store.get', 'unavailability', 'throws StoreUnavailable', () =>
      bench.run(({ store }) => bench.without('store', () => fails(store.get('plants', 'x'), sdk.StoreUnavailable))),
    )
  })

  describe('store.query', () => {
    cell('store.query', 'success', 'filters, orders and pages; for await goes through all pages', () =>
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
      }),
    )
    cell('store.query', 'bad input', 'refuses a wrong limit and a foreign cursor', () =>
      bench.run(async ({ store }) => {
        await fails(store.query('rows', { limit: 0 }), sdk.ValidationError, { field: 'limit' })
        await fails(store.query('rows', { limit: 1.5 }), sdk.ValidationError, { field: 'limit' })
        await fails(store.query('rows', { cursor: 'made up' }), sdk.ValidationError)
      }),
    )
    cell('store.query', 'limit', 'gives 1000 documents at most', () =>
      bench.run(async ({ store }) => {
        expect((await store.query('rows', { limit: 1000 })).length).toBeGreaterThan(0)
        await fails(store.query('rows', { limit: 1001 }), sdk.ValidationError, { field: 'limit' })
      }),
    )
    cell('store.query', 'unavailability', 'throws StoreUnavailable', () =>
      bench.run(({ store }) => bench.without('store', () => fails(store.query('rows'), sdk.StoreUnavailable))),
    )
  })

  describe('store.update', () => {
    cell('store.update', 'success', 'merges top-level keys and changes the etag', () =>
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
      }),
    )
    cell('store.update', 'bad input', 'of a missing document throws NotFoundError with its name', () =>
      bench.run(async ({ store }) => {
        await fails(store.update('plants', 'nothing', { n: 1 }), sdk.NotFoundError, {
          resource: 'plant',
          id: 'nothing',
        })
        await fails(store.update('plants', 'x', 7 as never), sdk.ValidationError, { field: 'data' })
      }),
    )
    cell('store.update', 'limit', 'does not let a document grow above 1 MB', () =>
      bench.run(async ({ store }) => {
        const { id } = await store.create('plants', { text: 'x'.repeat(600_000) })
        await fails(store.update('plants', id, { more: 'y'.repeat(600_000) }), sdk.ValidationError)
        expect(Object.keys((await store.get('plants', id)).data)).toEqual(['text'])
      }),
    )
    cell('store.update', 'unavailability', 'throws StoreUnavailable', () =>
      bench.run(({ store }) =>
        bench.without('store', () => fails(store.update('plants', 'x', {}), sdk.StoreUnavailable)),
      ),
    )
  })

  describe('store.delete', () => {
    cell(
      'store.delete',
      'success',
      'says whether there was something, and what is deleted is gone from everywhere',
      () =>
        bench.run(async ({ store }) => {
          const { id } = await store.create('gone', { n: 1 })
          expect(await store.delete('gone', id)).toBe(true)
          expect(await store.delete('gone', id)).toBe(false)
          expect(await store.find('gone', id)).toBeNull()
          expect(await store.count('gone')).toBe(0)
          expect((await store.query('gone')).length).toBe(0)
        }),
    )
    cell('store.delete', 'bad input', 'refuses a wrong collection', () =>
      bench.run(({ store }) => fails(store.delete('a:b', 'x'), sdk.ValidationError, { field: 'collection' })),
    )
    // It sends a name and gets a yes or no, whatever lies under the name: there is nothing to limit.
    cell('store.delete', 'limit', 'has none of its own: the largest document that may be written goes as a whole', () =>
      bench.run(async ({ store }) => {
        const { id } = await store.create('gone', { text: 'x'.repeat(1_048_000) })
        expect([await store.delete('gone', id), await store.find('gone', id)]).toEqual([true, null])
      }),
    )
    cell('store.delete', 'unavailability', 'throws StoreUnavailable', () =>
      bench.run(({ store }) => bench.without('store', () => fails(store.delete('gone', 'x'), sdk.StoreUnavailable))),
    )
  })

  describe('store.count', () => {
    cell('store.count', 'success', 'counts with and without a filter; an unknown collection has none', () =>
      bench.run(async ({ store }) => {
        for (const bed of ['a', 'b', 'a']) await store.create('counted', { bed })
        expect([await store.count('counted'), await store.count('counted', { bed: 'a' })]).toEqual([3, 2])
        expect(await store.count('never_written')).toBe(0)
      }),
    )
    cell('store.count', 'bad input', 'refuses a wrong collection and a filter that is not JSON', () =>
      bench.run(async ({ store }) => {
        await fails(store.count('*'), sdk.ValidationError, { field: 'collection' })
        await fails(store.count('counted', { bed: Number.NaN }), TypeError)
      }),
    )
    cell('store.count', 'limit', 'counts all of them, however few a page holds', () =>
      bench.run(async ({ store }) => {
        await Promise.all(Array.from({ length: 120 }, (_, n) => store.create('many', { n })))
        expect((await store.query('many')).length).toBe(100)
        expect(await store.count('many')).toBe(120)
      }),
    )
    cell('store.count', 'unavailability', 'throws StoreUnavailable', () =>
      bench.run(({ store }) => bench.without('store', () => fails(store.count('counted'), sdk.StoreUnavailable))),
    )
  })
}
