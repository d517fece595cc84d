import { expect, test } from 'vitest'
import { keptCapabilities } from './sessions.ts'

test('of what a client says that it can do, only what is used is kept, however much it says', () => {
  const large = { experimental: { all: { text: 'x'.repeat(1_000_000) } } }
  expect(keptCapabilities({ ...large, elicitation: { form: {} }, sampling: {} })).toEqual({ elicitation: { form: {} } })
  expect(keptCapabilities({ elicitation: { form: { text: 'x'.repeat(1_000_000) } } as never })).toEqual({})
  expect(keptCapabilities(large)).toEqual({})
})
