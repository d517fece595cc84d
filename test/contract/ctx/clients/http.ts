import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeHttp({ bench, cell }: Suite): void {
  describe.each(['get', 'post', 'put', 'patch', 'delete'] as const)('http.%s', (method) => {
    const url = 'https://api.example.com/v1/plants'
    cell(`http.${method}`, 'success', '[S000-096] sends the method and gives the parsed answer', () =>
      bench.run(async ({ http }) => {
        bench.network({ json: { ok: true, n: 3 } })
        const body = method === 'get' || method === 'delete' ? {} : { json: { species: 'fern' } }
        const answer = await http[method](url, { params: { page: 2 }, ...body })
        expect([answer.statusCode, answer.ok, answer.body]).toEqual([200, true, { ok: true, n: 3 }])
        expect(answer.parse(z.object({ n: z.number() }))).toEqual({ n: 3 })
        const sent = bench.requests.at(-1)
        expect([sent?.method, sent?.url]).toEqual([method.toUpperCase(), `${url}?page=2`])
        if ('json' in body) expect(sent?.body).toEqual({ species: 'fern' })
      }),
    )
    test('an answer of 400 and above is an answer, until raiseForStatus', () =>
      bench.run(async ({ http }) => {
        bench.network({ status: 404, json: { error: 'gone' } })
        const answer = await http[method](url)
        expect([answer.ok, answer.statusCode]).toEqual([false, 404])
        expect(() => answer.raiseForStatus()).toThrow(sdk.HttpStatusError)
      }))
    cell(`http.${method}`, 'bad input', 'refuses what is no address, and a timeout that is none', () =>
      bench.run(async ({ http }) => {
        await fails(http[method]('not an address'), sdk.ValidationError, { field: 'url' })
        await fails(http[method]('not an address', { params: { a: 1 } }), sdk.ValidationError, { field: 'url' })
        await fails(http[method](url, { timeout: 0 }), sdk.ValidationError, { field: 'timeout' })
      }),
    )
    cell(`http.${method}`, 'limit', '[I-LONGRUN-HTTP-CAP-180S] waits 180 s at most', () =>
      bench.run(async ({ http }) => {
        bench.network({ json: {} })
        expect((await http[method](url, { timeout: 180 })).ok).toBe(true)
        await fails(http[method](url, { timeout: 181 }), sdk.ValidationError, {
          message: expect.stringMatching(/^ctx\.http timeout 181s exceeds federal cap \(180s\)/),
        })
      }),
    )
    cell(`http.${method}`, 'unavailability', 'throws APIError when nobody answers', () =>
      bench.run(({ http }) => bench.without('http', () => fails(http[method](url), sdk.APIError, { statusCode: 502 }))),
    )
  })

  test('http: the answer says which address answered', () =>
    bench.run(async ({ http }) => {
      bench.network({ json: {} })
      expect((await http.get('https://api.example.com/v1', { params: { page: 2 } })).url).toBe(
        'https://api.example.com/v1?page=2',
      )
    }))

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
}
