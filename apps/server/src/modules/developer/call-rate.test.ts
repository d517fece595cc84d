import { expect, test } from 'vitest'
import { manualClock } from '../../foundation/clock.ts'
import { createCallRate } from './call-rate.ts'

test('[kernel 10.5] an app has the calls of its developer’s tier; apps of the platform and of others have no such limit', async () => {
  const clock = manualClock()
  const tiers = new Map([['ada', 'explorer']])
  let reads = 0
  const rate = createCallRate(
    {
      developer: async (_tenant, userId) => {
        reads++
        const tier = tiers.get(userId)
        return tier === undefined
          ? null
          : { userId, email: '', nickname: null, tier, profile: {}, registeredAt: '2026-01-01T00:00:00Z' }
      },
    },
    clock,
  )
  const of = (ownerId: string | null) => rate({ ownerId, ownerTenantId: 'default' })
  expect([await of(null), await of('ada'), await of('service')]).toEqual([null, 100, null])
  tiers.set('ada', 'partner')
  expect([await of('ada'), await of('service'), reads]).toEqual([100, null, 2])
  clock.advance(60_001)
  expect(await of('ada')).toBe(5_000)
})
