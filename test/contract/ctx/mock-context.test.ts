import { expect, test } from 'vitest'
import { DEFAULT_ALLOWANCES } from '../../../apps/server/src/modules/kernel/callbacks/allowances.ts'
import { PER_CALL } from '../../../packages/sdk/src/testing/allowance.ts'
import { describeCtxClients } from './ctx-clients.ts'
import { openMockBench } from './mock-bench.ts'

describeCtxClients('the test kit', openMockBench)

test('what one call may use is the same in the test kit and on the platform', () => {
  for (const [resource, limit] of Object.entries(PER_CALL))
    expect(limit).toBe(DEFAULT_ALLOWANCES[resource as keyof typeof PER_CALL].perCall)
})
