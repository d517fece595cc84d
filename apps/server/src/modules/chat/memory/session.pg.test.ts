import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../../test/support/database.ts'
import { type Database, openDatabase } from '../../../foundation/db/index.ts'
import { hintOf, readSession, rememberTurn } from './session.ts'

let database: TestDatabase
let db: Database
const ADA = { tenantId: 'default', userId: 'imp_u_ada0001' }

beforeAll(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.connection)
})
afterAll(async () => {
  await db?.close()
  await database?.drop()
})

const after = async (seconds: number, user = ADA) => readSession(db, user, Date.now() + seconds * 1000)
const hint = hintOf({
  text: `I found three notes.\nWhich one do you mean${'?'.repeat(1)}`,
  appId: 'notes',
  functionName: 'search_notes',
  facts: [{ data: { notes: Array.from({ length: 14 }, (_, at) => ({ note_id: `doc_${at}`, title: 'x' })) } }],
})

test('[K1.10] of a turn the last app, function, ids, beginning and question are kept, each within its bound', () => {
  expect(hint).toEqual({
    last_app: 'notes',
    last_function: 'search_notes',
    referenced_ids: Array.from({ length: 10 }, (_, at) => `doc_${at}`),
    response_preview: 'I found three notes.\nWhich one do you mean?',
    pending_question: 'Which one do you mean?',
  })
  const long = hintOf({ text: `${'word '.repeat(200)}?`, appId: null, functionName: null, facts: [] })
  expect(long.response_preview).toHaveLength(300)
  expect(long.pending_question).toHaveLength(200)
  expect(hintOf({ text: 'Done.', appId: null, functionName: null, facts: [] }).pending_question).toBeNull()
})

test('[K1.10] it is a follow-up source for ten minutes, kept for an hour, and nobody else’s', async () => {
  await db.tenant(ADA.tenantId, (tx) => rememberTurn(tx, ADA, { hint, language: 'de' }))
  expect(await after(590)).toEqual({ hint, isFresh: true, language: 'de' })
  expect(await after(620)).toEqual({ hint, isFresh: false, language: 'de' })
  expect(await after(3_590)).toMatchObject({ hint, isFresh: false })
  expect(await after(3_620)).toMatchObject({ hint: null, isFresh: false, language: 'de' })
  expect(await after(86_500)).toEqual({ hint: null, isFresh: false, language: null })
  expect(await after(0, { tenantId: 'default', userId: 'imp_u_bob0001' })).toMatchObject({ hint: null, language: null })
})
