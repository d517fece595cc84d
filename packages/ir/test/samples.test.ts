import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { JsonObject } from '@imperal/contract'
import { expect, test } from 'vitest'
import { smokeRun, validateDocument } from '../src/index.ts'

const FOLDER = path.resolve(import.meta.dirname, '../samples')
const sample = (name: string): JsonObject => JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8'))
const run = (name: string, fn: string, args: JsonObject, before: [string, JsonObject][] = []) =>
  smokeRun(sample(name), {
    function: fn,
    args: { ...args, $before: before.map(([called, given]) => ({ function: called, args: given })) },
  })

test.each(readdirSync(FOLDER))('%s has nothing that anybody would warn about', (file) => {
  const { issues, valid } = validateDocument(JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')))
  expect(issues).toEqual([])
  expect(valid).toBe(true)
})

test('the link saver saves, filters, opens and shows links', async () => {
  const saved: [string, JsonObject][] = [
    ['save_link', { url: 'https://example.com/a', title: 'A' }],
    ['save_link', { url: 'https://example.com/b', title: 'B', tag: 'work' }],
    ['mark_read', { link_id: 'doc_2' }],
  ]
  expect(await run('link-saver', 'list_links', { read: false }, saved)).toMatchObject({
    result: { total: 1, links: [{ title: 'A' }] },
  })
  expect(await run('link-saver', 'list_links', { tag: 'work' }, saved)).toMatchObject({
    result: { total: 1, links: [{ kind: 'link' }] },
  })
  expect(await run('link-saver', 'open_link', { link_id: 'doc_1' }, saved)).toMatchObject({
    trace: { directives: [{ action: 'open', url: 'https://example.com/a' }] },
  })
  expect(JSON.stringify((await run('link-saver', '__panel__links', {}, saved)).ui)).toContain('1 unread of 2')
})

test('the habit tracker counts a day once', async () => {
  const before: [string, JsonObject][] = [
    ['add_habit', { name: 'Read' }],
    ['check_in', { habit_id: 'doc_1' }],
  ]
  expect(await run('habit-tracker', 'check_in', { habit_id: 'doc_1' }, before)).toMatchObject({
    result: { counted: false },
  })
  expect(await run('habit-tracker', 'history', { habit_id: 'doc_1' }, before)).toMatchObject({ result: { total: 1 } })
  expect(JSON.stringify((await run('habit-tracker', '__panel__board', {}, before)).ui)).toContain('1 of 1 done')
  expect(await run('habit-tracker', 'check_in', { habit_id: 'doc_9' }, before)).toMatchObject({
    result: { found: false },
  })
})

test('the expense log formats sums, checks categories, and tells of large ones', async () => {
  const noted = await run('expense-log', 'add_expense', { amount: 1234.5, what: 'a bicycle', category: 'travel' })
  expect(noted).toMatchObject({
    ...{ summary: 'Noted 1,234.50 for a bicycle.', result: { amount: 1234.5 } },
    trace: { path: ['new', 'large', 'tell'], directives: [{ channel: 'notification' }] },
  })
  expect(await run('expense-log', 'add_expense', { amount: 5, what: 'x', category: 'yachts' })).toMatchObject({
    ok: false,
  })
  const { ui } = await run('expense-log', '__panel__log', {}, [['add_expense', { amount: 5, what: 'tea' }]])
  expect(JSON.stringify(ui)).toContain('"what":"tea"')
})
