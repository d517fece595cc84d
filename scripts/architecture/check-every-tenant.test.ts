import { expect, test } from 'vitest'
import { checkEveryTenant } from './check-every-tenant.ts'
import { EVERY_TENANT, type Purpose } from './every-tenant.ts'

const LIST: readonly Purpose[] = [
  { why: 'a catalog', touchesContent: false, files: { 'modules/registry/apps.ts': 1 } },
  { why: 'sweeps', touchesContent: true, files: { 'modules/state/sweep.ts': 1 } },
]
const CATALOG = "import { EVERY_TENANT } from '../x.ts'\n/** everyTenant */\nawait db.everyTenant((tx) => tx)\n"
const SWEEP = "await db.atomic(EVERY_TENANT, [{ text: 'delete from state.cache' }])\n"

const problems = (changes: Readonly<Record<string, string>>): string[] => {
  const files = { 'modules/registry/apps.ts': CATALOG, 'modules/state/sweep.ts': SWEEP, ...changes }
  return checkEveryTenant(
    Object.entries(files).map(([file, code]) => ({ file: `apps/server/src/${file}`, code })),
    LIST,
  ).map(({ file, line, problem }) => `${file.replace('apps/server/src/', '')}:${line} ${problem}`)
}

test('what is on the list, as often as it says, is let through; comments, imports and tests do not count', () => {
  expect(problems({ 'modules/chat/a.test.ts': 'db.everyTenant(work)' })).toEqual([])
})

test.each([
  ['the function', 'await db.everyTenant(work)'],
  ['the constant', 'await db.atomic(EVERY_TENANT, [])'],
  ['the value itself', "await db.atomic('*', [])"],
  ['the value in one tenant’s clothes', "await db.tenant('*', work)"],
  ['the setting in SQL', `await client.query("select set_config('imperal.tenant', '*', true)")`],
  ['a function that is passed on', 'const within = owner === null ? db.everyTenant : db.tenant'],
])('a new file with %s is refused', (_what, code) => {
  expect(problems({ 'modules/chat/new.ts': `\n${code}` })).toEqual([
    'modules/chat/new.ts:2 Acts for every tenant 1 times; 0 are known.',
  ])
})

test('one more use in a listed file is refused, one less has to be written down, and a file that is gone is named', () => {
  expect(problems({ 'modules/registry/apps.ts': `${CATALOG}db.everyTenant(more)` })).toEqual([
    'modules/registry/apps.ts:4 Acts for every tenant 2 times; 1 are known.',
  ])
  expect(problems({ 'modules/registry/apps.ts': '' })).toEqual([
    'modules/registry/apps.ts:1 Acts for every tenant 0 times, not 1.',
  ])
  expect(checkEveryTenant([], LIST).map(({ problem }) => problem)).toEqual([
    'modules/registry/apps.ts is no file.',
    'modules/state/sweep.ts is no file.',
  ])
})

test('what people keep is not named where every tenant is, but by sweeps', () => {
  for (const query of [
    "tx.selectFrom('store.document')",
    '`select * from chat.message`',
    "tx.innerJoin('secrets.value')",
  ])
    expect(problems({ 'modules/registry/apps.ts': CATALOG + query })).toEqual([
      expect.stringMatching(/^modules\/registry\/apps.ts:4 Names what people keep/),
    ])
})

test('every purpose says why', () => {
  for (const { why, files } of EVERY_TENANT)
    expect([why.length > 30, Object.keys(files).length > 0]).toEqual([true, true])
})
