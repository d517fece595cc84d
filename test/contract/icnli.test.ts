import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'

const ROOT = path.resolve(import.meta.dirname, '../..')
const page = readFileSync(path.join(ROOT, 'docs/icnli.md'), 'utf8')
const lines = page.split('\n').flatMap((line) => {
  const [, number, requirement, , shownBy] = /^\| (\d+) \| (.+?) \| (.+) \| (.+) \|$/.exec(line) ?? []
  return number === undefined ? [] : [{ number: Number(number), requirement, shownBy: shownBy ?? '' }]
})

test('[kernel 13] the checklist has its twenty-two lines', () => {
  expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: 22 }, (_, at) => at + 1))
})

test.each(lines)('[kernel 13] line $number, $requirement, names tests that exist', ({ shownBy }) => {
  const proofs = [...shownBy.matchAll(/`([^`]+\.test\.ts)` “([^”]+)”/g)]
  expect(proofs.length).toBeGreaterThan(0)
  for (const [, file = '', title = ''] of proofs) {
    expect(existsSync(path.join(ROOT, file)), file).toBe(true)
    const titles = readFileSync(path.join(ROOT, file), 'utf8')
    expect(titles.includes(title), `${file} has no test “${title}”`).toBe(true)
  }
})

test('[kernel 13] the declaration is published with all that a declaration names, of the build that it is published with', () => {
  const declared = /```json\n([\s\S]+?)\n```/.exec(page)?.[1] ?? ''
  const Declaration = z.strictObject({
    spec: z.literal('ICNLI'),
    version: z.literal('2.0'),
    level: z.number().int().min(1).max(3),
    implementation: z.string().min(1),
    build: z.string().regex(/^\d+\.\d+\.\d+/),
    date: z.iso.date(),
    deviations: z.array(z.string().min(1)),
  })
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')))
  expect(Declaration.parse(JSON.parse(declared)).build).toBe(version)
})
