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
import { jsonPlaces } from '../src/source/json-place.ts'
import { parseSource } from '../src/source/read-source-tree.ts'
import { validateExtension, validateManifestFeatures, validateSources, validateUpload } from '../src/validate.ts'

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures')
/** Rules that look at a loaded extension; the others read sources only, and their fixtures need not load. */
const LOADED = new Set(
  ALL_RULES.filter(({ needs }) => needs === 'manifest' || needs === 'extension').map(({ id }) => id),
)
const AUTHOR = { IMPERAL_AUTHOR_ID: 'somebody', IMPERAL_FIRSTPARTY_AUTHOR_IDS: 'imperal, other' }
/** What the pair of fixtures of each rule shows; the id in front names rule and folder. */
const CLAIMS = [
  '[V1] an app id that does not fit its pattern',
  '[V2] a version that is not semantic',
  '[V3] an extension without anything to call',
  '[V4] an action type that does not exist',
  '[V5] [S003-121] a chat function that answers no ActionResult, wherever its handler stands',
  '[V7] [S003-072] a library of a model vendor, in every form of import',
  '[V9] [S003-122] no health check',
  '[V10] a change without an event',
  '[V12] no install hook',
  '[V13] tools that are named like skeletons',
  '[V14] [S003-011] [S000-002] a description that is too short or the app id',
  '[V15] [S003-012] a display name that is too short or the app id',
  '[V16] [S003-013] a function or tool that hardly says what it does',
  '[V17] [S003-014] [S000-011] params that are open or made inside a function',
  '[V18] [S003-015] a return type that says nothing',
  '[V19] [S003-016] actions that are not explicit, changes that no chain may call',
  '[V20] [S003-017] a change without effects',
  '[V22] [S003-019] [S000-083] a hook that asks for more than its context',
  '[V23] a reading function without a shape of its result',
  '[V24] [S003-020] a chat function that reads the skeleton',
  '[V24-MODEL] [I-TOOL-OUTPUT-SCHEMA-REQUIRED] a changing function without a shape of its result',
  '[V25] a tool that stands for a whole chat extension',
  '[V31] [S000-180] a system app of somebody who is not first-party',
  '[V32] an error result without a code',
  '[V33] a name that is too long for models',
  '[V34] an app that does not say what it may do',
  '[V35] a file sink that leads nowhere',
  '[R10] a system prompt that claims an identity',
  '[EVENT-DECL-1] an event that is published and not declared',
  '[EVENT-READ-1] an event of a function that only reads',
  '[UI-RECORD-1] [S003-043] a command, a menu item or a setting that no host would show',
  '[NAME-ACTION-1] a reading function whose name promises a change',
  '[MANIFEST-SKELETON-1] [S003-126] a tool in the place of a skeleton',
  '[SKEL-GUARD-1] [S003-124] a skeleton that is read outside its handlers',
  '[SKEL-GUARD-2] [S003-124] skeleton data on the context',
  '[SKEL-GUARD-3] [S003-124] a skeleton that is written',
  '[CACHE-MODEL-1] [S003-125] a cache that gets a model nobody registered',
  '[CACHE-TTL-1] [S003-125] a cache entry that lives too short or too long',
  '[PANEL-SLOT-1] a panel in a slot that does not exist',
  '[HANDLER-1] a registration without its handler',
  '[SECRET-DECL-1] a secret that is used and not declared',
] as const
const ruleOf = (claim: string): string => claim.slice(1, claim.indexOf(']'))

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
  test.each(CLAIMS)('%s, is found with file, line, column and fix; what is good passes [S003-044]', async (claim) => {
    const rule = ruleOf(claim)
    const [good, bad] = ['good.ts', 'bad.ts'].map((name) => path.join(FIXTURES, rule, name)) as [string, string]
    expect((await check(rule, good)).filter((issue) => issue.rule === rule)).toEqual([])
    const found = (await check(rule, bad)).filter((issue) => issue.rule === rule)
    expect([...new Set(found.map(({ line }) => line))].sort((a, b) => a - b)).toEqual(markedLines(bad, rule))
    for (const issue of found) {
      expect(issue).toMatchObject({
        file: 'bad.ts',
        message: expect.stringMatching(/\S/),
        fix: expect.stringMatching(/\S/),
      })
      expect(issue.column).toBeGreaterThan(0)
    }
    expect(found.length).toBeGreaterThan(0)
  })

  test('[V10] [S003-123] a write without an event is a warning, whose fix proposes <app_id>.<function>', async () => {
    const found = await check('V10', path.join(FIXTURES, 'V10', 'bad.ts'))
    expect(found.filter(({ rule }) => rule === 'V10')).toMatchObject([
      {
        level: 'WARN',
        message: "Function 'add_bed' (write) publishes no event",
        fix: "Add `event: ext.emits('garden-log.add_bed')`.",
      },
    ])
  })

  test('[V26] V11 and V26 to V30 stay free, and every rule has a claim that is tested', () => {
    const ids = ALL_RULES.map(({ id }) => id)
    expect(ids.filter((id) => /^V(?:11|2[6-9]|30)$/.test(id))).toEqual([])
    const elsewhere = ['V6', 'V8', 'V21', 'SYNTAX-1', 'SDK-VERSION-1']
    const claimed = new Set([
      ...CLAIMS.map(ruleOf),
      ...elsewhere,
      ...readdirSync(FIXTURES).filter((id) => /^M\d/.test(id)),
    ])
    expect(ids.filter((id) => !claimed.has(id))).toEqual([])
    expect(fixturesOf('ts').filter((id) => !claimed.has(id))).toEqual([])
  })

  test('[S000-179] V23 is back with another meaning, as a warning', () => {
    expect(ALL_RULES.find(({ id }) => id === 'V23')).toMatchObject({ severity: 'WARN' })
  })
})

describe('rules of the manifest', () => {
  const linesOf = (text: string, rule: string): number[] => {
    const parsed = parseManifestText(text)
    if ('issue' in parsed) return parsed.issue.rule === rule ? [parsed.issue.line] : []
    const options = { placeOf: jsonPlaces(text) }
    const issues = [...validateManifest(parsed.value, options), ...validateManifestFeatures(parsed.value, options)]
    return issues.flatMap((issue) => (issue.rule === rule ? [issue.line] : [])).sort((a, b) => a - b)
  }

  test.each([
    ['[M0] a text that is no JSON', [3]],
    ['[M1] a value that is no object', [1]],
    ['[M2] a required field that is missing, at any depth', [1, 4]],
    ['[M3] an unknown field, at any depth', [4, 6]],
    ['[M4] a wrong value', [4]],
    ['[M5] a wrong value in tools, signals or schedules', [5]],
    ['[M6.3] a webhook path that is there twice', [4]],
    ['[M7.3] an event of somebody else', [4]],
    ['[M8.2] an exposed name that is there twice', [4]],
    ['[SDK-VERSION-1] [S003-126] a manifest of an SDK that is too old', [4]],
  ])('%s, is found on its lines', (claim, lines) => {
    const rule = ruleOf(claim)
    const text = (kind: string) => readFileSync(path.join(FIXTURES, rule, `${kind}.json`), 'utf8')
    expect(linesOf(text('good'), rule)).toEqual([])
    expect(linesOf(text('bad'), rule)).toEqual(lines)
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

describe('hostile manifests', () => {
  test('nesting without end is one finding', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level += 1) deep = { a: deep }
    const rules = validateUpload({ app_id: 'garden-log', version: '1.0.0', config_defaults: deep }).map(
      ({ rule }) => rule,
    )
    expect(rules.filter((rule) => rule.startsWith('M'))).toEqual(['M4'])
  })

  test('lists of a hundred thousand entries are read once, and names of the language are names', () => {
    const exposed = Array.from({ length: 100_000 }, (_, index) => ({ name: `m${index % 50_000}` }))
    const text = `{"app_id":"garden-log","version":"1.0.0","exposed":${JSON.stringify(exposed)}}`
    expect(validateManifest(JSON.parse(text))).toHaveLength(50_000)
    const odd = JSON.parse('{"app_id":"garden-log","version":"1.0.0","__proto__":{"a":1},"constructor":1}')
    expect(validateManifest(odd).map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      "M3 [__proto__] unknown field '__proto__'",
      "M3 [constructor] unknown field 'constructor'",
    ])
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

  test('an icon of many lines and elements, or of many megabytes, is read in passing', () => {
    const lines = `<svg viewBox="0 0 1 1">${'<g/>\n'.repeat(20_000)}`
    expect([...iconDefects(new TextEncoder().encode(lines))]).toMatchObject([
      { message: expect.stringContaining('closed'), line: 20_001 },
    ])
    expect([...iconDefects(new Uint8Array(20_000_000))]).toMatchObject([{ message: expect.stringContaining('bytes') }])
  })

  test('102,400 bytes are the most', () => {
    const padded = (size: number) => new TextEncoder().encode('<svg viewBox="0 0 1 1"/>'.padEnd(size))
    expect([...iconDefects(padded(102_400))]).toEqual([])
    expect([...iconDefects(padded(102_401))]).toMatchObject([{ message: expect.stringContaining('102401 bytes') }])
  })
})
