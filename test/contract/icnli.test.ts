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

const OPENING = /(?:\b(?:test|it|describe)((?:\.\w+)*)\(|\)\()\s*(['"`])((?:\\.|(?!\2)[\s\S])*)\2/g

const plain = (literal: string): string => literal.replaceAll(/\\(.)/g, '$1')
const TABLE = /\.each(?:<[^>]*>)?\((\w+)\)/g
/** A row of a table that stands at its test, whose first column is the title. */
const ROW = /^\s*\[\s*'((?:\\.|[^'\n])+)',/gm
const LINE = /^ {2}'((?:\\.|[^'])+)',$/gm

/** Titles of tests that a table of texts gives. */
const titlesOfTables = (source: string): string[] =>
  [...source.matchAll(TABLE)].flatMap(([, name = '']) => {
    const [, table = ''] = new RegExp(`const ${name}\\b[^=]*= \\[\\n([\\s\\S]*?)\\n\\]`).exec(source) ?? []
    return [...`${table}\n`.matchAll(LINE)].map(([, title = '']) => plain(title))
  })

/** Titles with which tests, tables of tests and groups of them begin, without those that are not run. */
const titlesOf = (source: string): string[] => [
  ...[...source.matchAll(OPENING)]
    .filter(([, how = '']) => !/\.(?:skip|todo|fails)\b/.test(how))
    .map(([, , , title = '']) => plain(title)),
  ...titlesOfTables(source),
  ...(source.includes('.each') ? [...source.matchAll(ROW)].map(([, title = '']) => plain(title)) : []),
]

/** Files that a run leaves out, or groups that are never run, would prove nothing. */
const isRun = (file: string, source: string): boolean =>
  /\.test\.tsx?$/.test(file) &&
  !/(?:fixtures|templates|dist|node_modules)\//.test(file) &&
  !/\b(?:describe|test|it)\.(?:skip|todo)\b/.test(source)

test.each(lines)('[kernel 13] line $number, $requirement, names tests that exist and are run', ({ shownBy }) => {
  const proofs = [...shownBy.matchAll(/`([^`]+\.test\.ts)` “([^”]+)”/g)]
  expect(proofs.length).toBeGreaterThan(0)
  for (const [, file = '', title = ''] of proofs) {
    expect(existsSync(path.join(ROOT, file)), file).toBe(true)
    const source = readFileSync(path.join(ROOT, file), 'utf8')
    expect(isRun(file, source), `${file} is left out, or parts of it are`).toBe(true)
    const found = titlesOf(source).some((one) => one.includes(title))
    expect(found, `${file} has no test that is called “${title}”`).toBe(true)
  }
})

test('[kernel 13] words that stand in a comment, in a body or at a test that is left out name no test', () => {
  const source = `
    // about the weather
    test('[K1] the sun shines', () => say('it rains'))
    test${'.skip'}('it snows', () => {})
    test.each([1])('[K2] “%s” is a number', () => {})
    describe.each(ALL)('storms', () => test("don't hail", go))
  `
  expect(titlesOf(source)).toEqual(['[K1] the sun shines', '[K2] “%s” is a number', 'storms', "don't hail"])
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
