import * as sdk from '@imperal/sdk'
import { describe, expect } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeChat({ bench, cell }: Suite): void {
  describe('deliverChatMessage', () => {
    cell('deliverChatMessage', 'success', 'says something in the chat, with its type', async () => {
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
    cell('deliverChatMessage', 'bad input', 'knows three types', () =>
      bench.run((ctx) =>
        fails(ctx.deliverChatMessage('x', { msgType: 'shout' as never }), sdk.ValidationError, { field: 'msgType' }),
      ),
    )
    cell(
      'deliverChatMessage',
      'limit',
      '[D34] cuts a text above 64 KB between two characters and marks it',
      async () => {
        await bench.run((ctx) => ctx.deliverChatMessage(`x${'é'.repeat(40_000)}`))
        const text = bench.delivered.at(-1)?.text ?? ''
        expect(text).toBe(`x${'é'.repeat(32_767)}…(truncated)`)
      },
    )
    cell('deliverChatMessage', 'unavailability', 'a failed delivery is logged, not thrown', () =>
      bench.run((ctx) => bench.without('chat', () => ctx.deliverChatMessage('lost'))),
    )
  })
}
