import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeTools({ bench }: Suite): void {
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
}
