import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { smokeRun, VERBS, validateDocument } from '../src/index.ts'

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/guide/authors/declarative.md'), 'utf8')
const documents = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => JSON.parse(text ?? ''))

test('the documents of the guide are valid, and it names every verb', () => {
  expect(documents).toHaveLength(3)
  for (const document of documents)
    expect(validateDocument(document).issues.filter(({ level }) => level === 'ERROR')).toEqual([])
  for (const verb of VERBS) expect(page).toContain(`\`${verb}\``)
})

test('they do what the guide says', async () => {
  const [small, habits] = documents
  const listed = await smokeRun(small, {
    function: 'list_tasks',
    args: { $before: [{ function: 'add_task', args: { title: 'x' } }] },
  })
  expect(listed).toMatchObject({ ok: true, result: { count: 1 } })
  const before = [
    { function: 'add_habit', args: { name: 'Read' } },
    { function: 'check_in', args: { habit_id: 'doc_1' } },
  ]
  const again = await smokeRun(habits, { function: 'check_in', args: { habit_id: 'doc_1', $before: before } })
  expect(again).toMatchObject({ ok: true, summary: 'That was done today already.' })
  const panel = await smokeRun(habits, { function: '__panel__board', args: { $before: before } })
  expect(JSON.stringify(panel.ui)).toContain('"title":"Read"')
})
