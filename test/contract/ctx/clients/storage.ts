import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeStorage({ bench }: Suite): void {
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
}
