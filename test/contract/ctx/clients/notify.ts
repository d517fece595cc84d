import { describe, expect } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeNotify({ bench, cell }: Suite): void {
  describe('notify', () => {
    cell('notify', 'success', 'reaches the acting user, as a call, as send and as push', async () => {
      const before = bench.notified.length
      await bench.run(async ({ notify }) => {
        await notify('one', { priority: 'high' })
        await notify.send('two')
        await notify.push({ title: 'three', body: 'more' })
      })
      expect(bench.notified.slice(before).map(({ message }) => message)).toEqual(['one', 'two', 'three'])
    })
    cell('notify', 'bad input', 'a link that a browser would run is refused, and nothing is sent', async () => {
      const before = bench.notified.length
      await bench.run(async ({ notify }) => {
        for (const link of ['javascript:alert(1)', ' java\nscript:alert(1)', 'data:text/html,x', '//evil.example'])
          await notify('bad', { link })
        await notify('good', { link: '/ext/notes' })
      })
      expect(bench.notified.slice(before).map(({ message }) => message)).toEqual(['good'])
    })
    cell('notify', 'bad input', 'options that are not JSON are the author’s mistake', () =>
      bench.run(({ notify }) => fails(notify('x', { extra: (() => 1) as never }), TypeError)),
    )
    cell(
      'notify',
      'limit',
      'a call sends 50 messages, the next one is logged and lost; a text has 10,000 characters',
      async () => {
        const before = bench.notified.length
        await bench.runAsOther(async ({ notify }) => {
          await notify('x'.repeat(10_001))
          for (let sent = 1; sent < 52; sent++) await notify(`n${sent}`)
        })
        const sent = bench.notified.slice(before)
        expect([sent.length, sent[0]?.message.length]).toEqual([50, 10_000])
      },
    )
    cell('notify', 'unavailability', 'never throws for a failed delivery', () =>
      bench.run(({ notify }) => bench.without('notify', () => notify('lost'))),
    )
  })
}
