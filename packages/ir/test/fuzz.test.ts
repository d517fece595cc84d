import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { counted, documentProperty, templateProperty } from './fuzz.ts'

// A part of what `npm run bench -- ir-fuzz` runs, with a seed, so that it is the same on each machine.
const SEED = 20_260_621

describe('fuzz', () => {
  test('[I6.2] [I6.5] no text reaches what it does not name, and no value is read as a template', {
    timeout: 120_000,
  }, () => {
    fc.assert(templateProperty, { numRuns: 10_000, seed: SEED })
  })

  test('[I4.3] [I9.1] documents that are valid run to an end, and do what their types say', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(documentProperty, { numRuns: 2_000, seed: SEED })
    // Otherwise the runs would prove nothing.
    expect(counted.run).toBeGreaterThan(counted.made / 5)
  })
})
