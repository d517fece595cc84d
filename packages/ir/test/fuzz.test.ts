import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { counted, documentProperty, nearlyProperty, templateProperty } from './fuzz.ts'

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
  test('[I10.1] documents with slips in them are judged without a crash, and what is valid of them runs as it says', {
    timeout: 120_000,
  }, async () => {
    const before = { ...counted }
    await fc.assert(nearlyProperty, { numRuns: 2_000, seed: SEED })
    const [made, run] = [counted.made - before.made, counted.run - before.run]
    // Nearly valid: a good part of them is, and a good part is not.
    expect(run).toBeGreaterThan(made / 20)
    expect(run).toBeLessThan((made * 3) / 4)
  })
})
