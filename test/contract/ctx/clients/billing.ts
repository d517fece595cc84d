import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeBilling({ bench }: Suite): void {
  describe('billing', () => {
    test('tells limits, plan and balance, and counts use', () =>
      bench.run(async ({ billing }) => {
        const [limits, plan, balance] = [
          await billing.checkLimits(),
          await billing.getSubscription(),
          await billing.getBalance(),
        ]
        expect(limits.plan).not.toBe('')
        expect(plan.status).not.toBe('')
        expect(balance.balance).toBeGreaterThanOrEqual(0)
        expect(typeof (await billing.trackUsage('watered_beds', 2))).toBe('boolean')
        expect(Array.isArray(await billing.listPlans())).toBe(true)
      }))
    test('a quantity that is no number is the author’s mistake', () =>
      bench.run(({ billing }) => fails(billing.trackUsage('beds', Number.NaN), sdk.ValidationError)))
    test('never throws: during an outage it gives the safe default', () =>
      bench.run(({ billing }) =>
        bench.without('billing', async () => {
          expect((await billing.checkLimits()).plan).toBe('unknown')
          expect(await billing.getSubscription()).toMatchObject({ planId: 'unknown', status: 'unavailable' })
        }),
      ))
  })
}
