import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../../test/support/database.ts'
import { type Database, openDatabase } from '../../../foundation/db/index.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { blank, historyBefore } from '../messages.ts'
import { hintOf, memorySpan, readSession, rememberTurn } from './session.ts'

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

test('[K1.9] the memory of a conversation is fifty turns, however many an administrator lets the assistant read, and a day', async () => {
  const NOW = Date.now()
  const row = (at: number, hoursAgo: number) => ({
    ...blank(ADA, 'long'),
    message_id: `msg_${String(at).padStart(4, '0')}`,
    role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
    text: `${at}`,
    status: 'done' as const,
    surface: 'panel',
    created_at: new Date(NOW - hoursAgo * 3_600_000),
  })
  await db.tenant(ADA.tenantId, async (tx) => {
    for (let at = 0; at < 130; at++)
      await tx
        .insertInto('chat.message')
        .values(row(at, at < 10 ? 30 : 1))
        .execute()
  })
  const reads = async (more: Partial<typeof DEFAULT_LIMITS>) => {
    const span = memorySpan({ ...DEFAULT_LIMITS, ...more }, NOW)
    return (await historyBefore(db, ADA, 'long', { messageId: 'msg_0129', ...span })).map(({ text }) => Number(text))
  }
  const most = { default_routing_context: 200, classifier_fact_ledger_window: 200 }
  expect((await reads(most)).length).toBe(100)
  expect(await reads({})).toEqual(Array.from({ length: 40 }, (_, at) => 89 + at))
  // Thirty hours ago is past the day, and within two.
  const before = async (days: number) => {
    const span = memorySpan({ ...DEFAULT_LIMITS, ...most, history_ttl_days: days }, NOW)
    return (await historyBefore(db, ADA, 'long', { ...span, messageId: 'msg_0012' })).length
  }
  expect([await before(1), await before(2)]).toEqual([2, 12])
})
