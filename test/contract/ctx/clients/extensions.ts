import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import { Watered } from '../garden.ts'
import type { Suite } from '../suite.ts'

export function describeExtensions({ bench, cell }: Suite): void {
  describe('extensions', () => {
    cell(
      'extensions.call',
      'success',
      '[S003-098] call runs an exposed method of another app and gives its result',
      () =>
        bench.run(async ({ extensions }) => {
          expect(await extensions.call<{ degrees: number }>('weather', 'forecast', { day: 2 })).toEqual({ degrees: 20 })
        }),
    )
    cell('extensions.call', 'bad input', 'an unknown method is NotFoundError and names what there is', () =>
      bench.run(async ({ extensions }) => {
        await fails(extensions.call('weather', 'tides'), sdk.NotFoundError, {
          resource: 'method',
          id: 'weather.tides (available: [forecast, broken])',
        })
      }),
    )
    test('a chain that comes back is CircularCallError', () =>
      bench.run(async ({ extensions }) => {
        await fails(extensions.call('garden-log', 'anything'), sdk.CircularCallError, {
          message: 'Circular call detected: garden-log -> garden-log',
        })
      }))
    test('a callee that fails is ExtensionError with its sentence', () =>
      bench.run(async ({ extensions }) => {
        await fails(extensions.call('weather', 'broken'), sdk.ExtensionError, {
          appId: 'weather',
          message: 'The station does not answer.',
        })
      }))
    cell('extensions.call', 'unavailability', 'call throws ExtensionError while the other app cannot be reached', () =>
      bench.run(({ extensions }) =>
        bench.without('extensions', () =>
          fails(extensions.call('weather', 'forecast', { day: 1 }), sdk.ExtensionError, { appId: 'weather' }),
        ),
      ),
    )
    cell('extensions.call', 'limit', '[D23] six calls go into one another, the next one is refused', () =>
      bench.run(async ({ extensions }) => {
        expect(await extensions.call('relay-1', 'on', { left: 5 })).toEqual({ reached: 'relay-6' })
        await fails(extensions.call('relay-1', 'on', { left: 6 }), sdk.ExtensionError, {
          message: expect.stringContaining('at most 6 deep'),
        })
      }),
    )

    /** What was published by this work. */
    const published = async (work: Parameters<typeof bench.runAsOther>[0]) => {
      const before = (await bench.emitted()).length
      await bench.runAsOther(work)
      return (await bench.emitted()).slice(before)
    }
    cell('extensions.emit', 'success', 'publishes an own event, by its name or its declaration', async () => {
      const types = await published(async ({ extensions }) => {
        await extensions.emit('garden-log.watered', { bed: 'a' })
        await extensions.emit(Watered, { bed: 'b' })
      })
      expect(types).toEqual(['garden-log.watered', 'garden-log.watered'])
    })
    cell(
      'extensions.emit',
      'bad input',
      'never throws: what is no JSON, no event or of another shape is not published',
      async () => {
        const types = await published(async ({ extensions }) => {
          await extensions.emit('garden-log.watered', { run: () => 1 } as never)
          await extensions.emit('garden-log.no event', {})
          await extensions.emit(Watered, { bed: 7 as never })
        })
        expect(types).toEqual([])
      },
    )
    cell('extensions.emit', 'limit', 'a call publishes 200 events', async () => {
      const types = await published(async ({ extensions }) => {
        for (let sent = 0; sent < 205; sent++) await extensions.emit(Watered, { bed: String(sent) })
      })
      expect(types).toHaveLength(200)
    })
    cell('extensions.emit', 'unavailability', 'never throws during an outage', async () => {
      const types = await published(async ({ extensions }) => {
        await bench.without('events', () => extensions.emit('garden-log.watered', {}))
      })
      expect(types).toEqual([])
    })
  })
}
