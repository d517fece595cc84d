import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import { Beds } from '../garden.ts'
import type { Suite } from '../suite.ts'

export function describeCache({ bench, cell }: Suite): void {
  describe('cache', () => {
    cell(['cache.get', 'cache.set'], 'success', 'get, set, delete: a value of its model until it is deleted', () =>
      bench.run(async ({ cache }) => {
        expect(await cache.get('k:1', Beds)).toBeNull()
        await cache.set('k:1', Beds, { beds: 3 }, { ttlSeconds: 300 })
        expect(await cache.get('k:1', Beds)).toEqual({ beds: 3, note: '' })
        await cache.delete('k:1')
        expect(await cache.get('k:1', Beds)).toBeNull()
        await cache.delete('k:1')
      }),
    )
    cell('cache.getOrFetch', 'success', 'getOrFetch fetches once', () =>
      bench.run(async ({ cache }) => {
        let fetched = 0
        const fetcher = async () => ({ beds: ++fetched })
        expect(await cache.getOrFetch('k:2', Beds, fetcher)).toEqual({ beds: 1, note: '' })
        expect(await cache.getOrFetch('k:2', Beds, fetcher)).toEqual({ beds: 1, note: '' })
        await fails(
          cache.getOrFetch('k:3', Beds, async () => ({ beds: 'x' }) as never),
          TypeError,
        )
      }),
    )
    test('[K8.30] of many that need a missing value at once one fetches it; after a failure the next one does', () =>
      bench.run(async ({ cache }) => {
        let fetched = 0
        const fetcher = async () => {
          await new Promise((resolve) => setTimeout(resolve, 5))
          if (++fetched === 1) throw new Error('not now')
          return { beds: fetched }
        }
        const first = await Promise.allSettled([1, 2, 3].map(() => cache.getOrFetch('k:4', Beds, fetcher)))
        expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
        expect(await Promise.all([1, 2, 3].map(() => cache.getOrFetch('k:4', Beds, fetcher)))).toEqual(
          [1, 2, 3].map(() => ({ beds: 2, note: '' })),
        )
        expect(fetched).toBe(2)
      }))
    cell(
      ['cache.get', 'cache.set', 'cache.getOrFetch'],
      'bad input',
      'refuses keys outside the pattern, foreign handles and values of another shape',
      () =>
        bench.run(async ({ cache }) => {
          for (const key of ['', 'a.b', 'a b', 'x'.repeat(129)]) {
            await fails(cache.get(key, Beds), sdk.ValidationError, { field: 'key' })
            await fails(cache.set(key, Beds, { beds: 1 }), sdk.ValidationError, { field: 'key' })
            await fails(cache.delete(key), sdk.ValidationError, { field: 'key' })
            await fails(
              cache.getOrFetch(key, Beds, async () => ({ beds: 1 })),
              sdk.ValidationError,
              { field: 'key' },
            )
          }
          await fails(cache.get('k', { name: 'beds', schema: Beds.schema } as never), sdk.ValidationError, {
            field: 'model',
          })
          await fails(cache.set('k', Beds, { beds: 'many' } as never), TypeError)
        }),
    )
    cell(
      ['cache.get', 'cache.set', 'cache.getOrFetch'],
      'limit',
      'TTLs are whole seconds from 5 to 300, a value has at most 64 KB',
      () =>
        bench.run(async ({ cache }) => {
          for (const ttlSeconds of [4, 301, 5.5, true as never])
            await fails(cache.set('k', Beds, { beds: 1 }, { ttlSeconds }), sdk.ValidationError, { field: 'ttlSeconds' })
          await cache.set('k', Beds, { beds: 1 }, { ttlSeconds: 5 })
          const [key, note] = ['k'.repeat(128), 'x'.repeat(65_000)]
          await cache.set(key, Beds, { beds: 1, note })
          expect(await cache.get(key, Beds)).toEqual({ beds: 1, note })
          await fails(
            cache.getOrFetch('k', Beds, async () => ({ beds: 1 }), { ttlSeconds: 301 }),
            sdk.ValidationError,
            { field: 'ttlSeconds' },
          )
          await fails(cache.set('k', Beds, { beds: 1, note: 'x'.repeat(65_536) }), sdk.ValidationError, {
            field: 'value',
          })
        }),
    )
    cell(
      ['cache.get', 'cache.set', 'cache.getOrFetch'],
      'unavailability',
      'throws APIError when it cannot be reached',
      () =>
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
        ),
    )
    test('getOrFetch gives what it fetched although it cannot be kept', () =>
      bench.run(async ({ cache }) => {
        const note = 'x'.repeat(65_536)
        expect(await cache.getOrFetch('big', Beds, async () => ({ beds: 1, note }))).toEqual({ beds: 1, note })
        expect(await cache.get('big', Beds)).toBeNull()
      }))
  })
}
