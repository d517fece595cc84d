import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeTypedCollections({ bench }: Suite): void {
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
}
