/**
 * `npm run bench -- ir-fuzz [cases] [seed]`: 100,000 texts through the template engine and as many documents through
 * validator and interpreter, half of them valid as a grammar makes them, half with slips in them, unless told otherwise. Ends with the smallest case that crashes, runs away, reads a value as
 * a template or does more than its type says, and with the seed to see it again.
 */
import fc from 'fast-check'
import { counted, documentProperty, nearlyProperty, templateProperty } from '../packages/ir/test/fuzz.ts'

const cases = Number(process.argv[2] ?? 100_000)
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
console.log(`${cases} cases of each kind, seed ${seed}`)
fc.assert(templateProperty, { numRuns: cases, seed })
console.log(`templates: ${cases} texts, nothing found`)
await fc.assert(documentProperty, { numRuns: Math.ceil(cases / 2), seed })
const valid = counted.run
await fc.assert(nearlyProperty, { numRuns: Math.floor(cases / 2), seed })
console.log(
  `documents: ${counted.made} made, ${counted.run} valid and run in every function and panel (${counted.run - valid} of those with slips), nothing found`,
)
