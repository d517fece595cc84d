import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { caught, fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeAi({ bench, cell }: Suite): void {
  describe('ai.complete', () => {
    cell('ai.complete', 'success', 'answers text; with a schema a checked object', () =>
      bench.run(async ({ ai }) => {
        bench.model('Water the ferns.')
        const { text, model } = await ai.complete('What shall I do?', { system: 'Be brief.', model: '' })
        expect(text).toBe('Water the ferns.')
        expect(model).not.toBe('')
        bench.model('{"score": 4}')
        expect((await ai.complete('Score?', { schema: z.object({ score: z.number() }) })).object).toEqual({
          score: 4,
        })
      }),
    )
    cell('ai.complete', 'bad input', 'refuses an empty prompt, and an answer that does not fit the schema', () =>
      bench.run(async ({ ai }) => {
        await fails(ai.complete(''), sdk.ValidationError, { field: 'prompt' })
        bench.model('{"score": "high"}')
        await fails(ai.complete('Score?', { schema: z.object({ score: z.number() }) }), sdk.ValidationError, {
          field: 'object.score',
        })
      }),
    )
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
    cell('ai.complete', 'limit', 'asks for 50,000 tokens at most, and a temperature between 0 and 2', () =>
      bench.run(async ({ ai }) => {
        bench.model('fine')
        expect((await ai.complete('What?', { maxTokens: 50_000, temperature: 0 })).text).toBe('fine')
        for (const maxTokens of [0, 1.5, 50_001])
          await fails(ai.complete('What?', { maxTokens }), sdk.ValidationError, { field: 'max_tokens' })
        await fails(ai.complete('What?', { temperature: 2.1 }), sdk.ValidationError, { field: 'temperature' })
      }),
    )
    cell('ai.complete', 'unavailability', 'throws APIError when no model answers', () =>
      bench.run(({ ai }) => bench.without('ai', () => fails(ai.complete('What?'), sdk.APIError, { statusCode: 503 }))),
    )
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
}
