import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import {
  ALL_RULES,
  type Issue,
  iconDefects,
  type LoadedExtension,
  parseManifestText,
  validateManifest,
} from '../src/index.ts'
import { jsonLine } from '../src/source/json-line.ts'
import { parseSource } from '../src/source/read-source-tree.ts'
import { validateExtension, validateManifestFeatures, validateSources, validateUpload } from '../src/validate.ts'

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures')
/** Rules that look at a loaded extension; the others read sources only, and their fixtures need not load. */
const LOADED = new Set(
  ALL_RULES.filter(({ needs }) => needs === 'manifest' || needs === 'extension').map(({ id }) => id),
)
const AUTHOR = { IMPERAL_AUTHOR_ID: 'somebody', IMPERAL_FIRSTPARTY_AUTHOR_IDS: 'imperal, other' }
/** Requirements of the checklist that a rule's pair of fixtures proves. */
const PROVES: Readonly<Record<string, string>> = {
  V5: '[S003-121]',
  V7: '[S003-072]',
  V9: '[S003-122]',
  V10: '[S003-123]',
  V14: '[S003-011] [S000-002]',
  V15: '[S003-012]',
  V16: '[S003-013]',
  V17: '[S003-014] [S000-011]',
  V18: '[S003-015]',
  V19: '[S003-016]',
  V20: '[S003-017]',
  V21: '[S003-018]',
  V22: '[S003-019] [S000-083]',
  V24: '[S003-020]',
  V31: '[S000-180]',
  R10: '[S003-108] [S003-109]',
  'SKEL-GUARD-1': '[S003-124]',
  'CACHE-MODEL-1': '[S003-125]',
}

async function load(file: string): Promise<LoadedExtension> {
  const module = (await import(pathToFileURL(file).href)) as { ext: LoadedExtension }
  return module.ext
}

/** Every finding about one fixture of code. */
async function check(rule: string, file: string): Promise<Issue[]> {
  const name = path.basename(file)
  const source = parseSource(name, readFileSync(file, 'utf8'))
  if (source === null) throw new Error(`${file} does not parse`)
  const sources = { root: path.dirname(file), files: [source] }
  const declared = LOADED.has(rule) ? validateExtension(await load(file), { sources, env: AUTHOR }).issues : []
  return [...declared, ...validateSources(sources)]
}

const markedLines = (file: string, rule: string): number[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line.endsWith(`// ← ${rule}`) ? [index + 1] : []))

const fixturesOf = (extension: string): string[] =>
  readdirSync(FIXTURES).filter((rule) => readdirSync(path.join(FIXTURES, rule)).includes(`good.${extension}`))

describe('rules of the code', () => {
  test.each(fixturesOf('ts').map((rule) => [rule, PROVES[rule] ?? '']))(
    '[%s] %s passes what is good, and finds what is bad with file, line and fix [S003-044]',
    async (rule) => {
      const [good, bad] = ['good.ts', 'bad.ts'].map((name) => path.join(FIXTURES, rule, name)) as [string, string]
      expect((await check(rule, good)).filter((issue) => issue.rule === rule)).toEqual([])
      const found = (await check(rule, bad)).filter((issue) => issue.rule === rule)
      expect(found.map(({ line }) => line).sort((a, b) => a - b)).toEqual(markedLines(bad, rule))
      for (const issue of found) {
        expect(issue).toMatchObject({
          file: 'bad.ts',
          message: expect.stringMatching(/\S/),
          fix: expect.stringMatching(/\S/),
        })
      }
      expect(found.length).toBeGreaterThan(0)
    },
  )

  test('[S000-179] V23 is back with another meaning, as a warning', () => {
    expect(ALL_RULES.find(({ id }) => id === 'V23')).toMatchObject({ severity: 'WARN' })
  })

  test('every rule that there is has fixtures, and ids are used once for one meaning', () => {
    const proven = new Set([...readdirSync(FIXTURES), 'V8'])
    expect(ALL_RULES.map(({ id }) => id).filter((id) => !proven.has(id))).toEqual([])
    expect(ALL_RULES.map(({ id }) => id).filter((id) => /^V(?:11|2[6-9]|30)$/.test(id))).toEqual([])
  })
})

describe('rules of the manifest', () => {
  const linesOf = (text: string): Record<string, number> => {
    const parsed = parseManifestText(text)
    if ('issue' in parsed) return { [parsed.issue.rule]: parsed.issue.line }
    const issues = [...validateManifest(parsed.value), ...validateManifestFeatures(parsed.value)]
    return Object.fromEntries(
      issues.map(({ rule, message }) => {
        return [rule, jsonLine(text, message.startsWith('[') ? message.slice(1, message.indexOf(']')).split('.') : [])]
      }),
    )
  }
  const expected: Readonly<Record<string, number>> = {
    M0: 3,
    M1: 1,
    M2: 4,
    M3: 4,
    M4: 4,
    M5: 5,
    'M6.3': 4,
    'M7.3': 4,
    'M8.2': 4,
    'SDK-VERSION-1': 1,
  }

  test.each(Object.entries(expected))('[%s] is found on line %i', (rule, line) => {
    const text = (kind: string) => readFileSync(path.join(FIXTURES, rule, `${kind}.json`), 'utf8')
    expect(linesOf(text('good'))).not.toHaveProperty([rule])
    expect(linesOf(text('bad'))).toHaveProperty([rule], line)
  })

  test('[V6] a function with loose parameters is found from the manifest alone', () => {
    const of = (kind: string) =>
      validateUpload(JSON.parse(readFileSync(path.join(FIXTURES, 'V6', `${kind}.json`), 'utf8')))
    expect(of('good').map(({ rule }) => rule)).not.toContain('V6')
    expect(of('bad').map(({ rule }) => rule)).toContain('V6')
  })

  test('[S000-178] the publish gate reports errors of manifest and declarations in one run, whatever it is given', () => {
    const issues = validateUpload({ app_id: 'garden-log', version: '1', name: 'garden-log', tools: 'none', extra: 1 })
    const errors = issues.filter(({ level }) => level === 'ERROR').map(({ rule }) => rule)
    expect(errors).toEqual(['M3', 'M4', 'M5', 'V2', 'V3', 'V14', 'V15', 'SDK-VERSION-1'])
    for (const value of [null, undefined, 7, [], 'text', { tools: [null, 3, { name: {} }] }]) {
      expect(validateUpload(value).some(({ level }) => level === 'ERROR')).toBe(true)
    }
  })
})

describe('[V21] [S003-018] the icon', () => {
  const defects = (name: string) => [...iconDefects(readFileSync(path.join(FIXTURES, 'V21', `${name}.svg`)))]

  test('a sound drawing has none', () => {
    expect(defects('good')).toEqual([])
    const text =
      '<?xml version="1.0"?>\n<!-- a & b -->\n<svg viewBox="0 0 1 1"><style><![CDATA[a>b]]></style>&amp;</svg>'
    expect([...iconDefects(new TextEncoder().encode(text))]).toEqual([])
  })

  test.each([
    ['no-view-box', /viewBox/, 1],
    ['bitmap', /bitmap/, 2],
    ['other-root', /'html'/, 1],
    ['unclosed', /<svg> is not closed/, 4],
  ])('%s', (name, message, line) => {
    expect(defects(`bad-${name}`)).toMatchObject([
      { message: expect.stringMatching(message), line, fix: expect.stringMatching(/\S/) },
    ])
  })

  test.each([
    '<svg viewBox="0 0 1 1" viewBox="0"/>',
    '<svg viewBox=0/>',
    '<svg viewBox="a<b"/>',
    '<svg viewBox="0 0 1 1">a & b</svg>',
    '<svg viewBox="0 0 1 1"></svg><svg/>',
    '<svg viewBox="0 0 1 1"></g></svg>',
    'text <svg viewBox="0 0 1 1"/>',
    '',
  ])('%s is not well-formed', (text) => {
    expect([...iconDefects(new TextEncoder().encode(text))]).toMatchObject([
      { message: expect.stringContaining('well-formed') },
    ])
  })

  test('102,400 bytes are the most', () => {
    const padded = (size: number) => new TextEncoder().encode('<svg viewBox="0 0 1 1"/>'.padEnd(size))
    expect([...iconDefects(padded(102_400))]).toEqual([])
    expect([...iconDefects(padded(102_401))]).toMatchObject([{ message: expect.stringContaining('102401 bytes') }])
  })
})
