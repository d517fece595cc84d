import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'

const SLOW = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('slowwriter', {
  version: '1.0.0', displayName: 'Slow writer', description: 'Writes one document and then takes its time, for the crash test.',
  icon: 'icon.svg', capabilities: ['slowwriter:write'],
})
const chat = new ChatExtension(ext, { toolName: 'slowwriter', description: 'Writes slowly.' })
chat.function('write_slowly', { description: 'Writes one document, then waits for a minute.', params: z.object({ title: z.string() }), actionType: 'write', effects: ['create:item'] },
  async (ctx, { title }) => {
    await ctx.store.create('items', { title })
    await new Promise((resolve) => setTimeout(resolve, 60_000))
    return ActionResult.success({}, 'Written.')
  })
`

const CALLERS = 200
const ENOUGH = 150
const OPEN = 5

let dataDir: string
let server: TestServer
let admin: Session
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'imperal-crash-'))
  server = await startTestServer({ dataDir })
  admin = await signInAdmin(server)
  await deploySource(server.url, admin, SLOW)
}, 240_000)
afterAll(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))

const call = (appId: string, name: string, title: string) =>
  admin.request('POST', `/v1/extensions/${appId}/call`, { user_id: admin.userId, function: name, params: { title } })

interface Facts {
  readonly documents: string[]
  readonly rows: { title: string; status: string }[]
  readonly open: string[]
  readonly events: string[]
}

/** All in one snapshot: what ends between two reads would otherwise be in neither. */
async function look(): Promise<Facts> {
  const database = await superuserOf(dataDir)
  const list = async <Row>(text: string) => (await database.query(text)).rows as Row[]
  const titlesOf = async (text: string) => (await list<{ title: string }>(text)).map((row) => row.title).sort()
  try {
    await database.query('begin isolation level repeatable read read only')
    return {
      documents: await titlesOf(
        "select data ->> 'title' as title from store.document where data ->> 'title' like 'crash %'",
      ),
      rows: await list(
        "select args ->> 'title' as title, status from ledger.action where args ->> 'title' like 'crash %'",
      ),
      open: await titlesOf("select draft::json -> 'args' ->> 'title' as title from kernel.open_call"),
      events: await titlesOf(
        "select payload -> 'data' ->> 'title' as title from outbox.message where type = 'event' and payload ->> 'event_type' = 'notes.created' and payload -> 'data' ->> 'title' like 'crash %'",
      ),
    }
  } finally {
    await database.end()
  }
}

const titlesOf = (rows: Facts['rows'], status?: string) =>
  rows
    .filter((row) => status === undefined || row.status === status)
    .map((row) => row.title)
    .sort()

test('[Done 4] kill -9 amid 200 concurrent writing calls: each acknowledged call has its document and its row, none has two', async () => {
  for (let n = 0; n < OPEN; n++) void call('slowwriter', 'write_slowly', `crash slow ${n}`).catch(() => null)
  await until(async () => (await look()).open.length === OPEN, 60_000)

  const acknowledged: string[] = []
  let killed: Promise<void> | undefined
  const write = async (caller: number) => {
    for (let n = 0; n < 100; n++) {
      const title = `crash ${caller}.${n}`
      const answer = await call('notes', 'create_note', title).catch(() => null)
      if (answer === null) return
      expect(answer.body).toMatchObject({ status: 'success' })
      acknowledged.push(title)
      if (acknowledged.length >= ENOUGH) killed ??= server.kill9()
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => write(caller)))
  await killed
  expect(acknowledged.length).toBeGreaterThanOrEqual(ENOUGH)

  server = await startTestServer({ dataDir })
  const after = await look()
  expect(after.documents).toEqual(expect.arrayContaining(acknowledged))
  expect(titlesOf(after.rows, 'success')).toEqual(expect.arrayContaining(acknowledged))
  // What was cut off between its first effect and its record is open, or told to be unknown where the start took long.
  const lost = after.open.concat(titlesOf(after.rows, 'unknown')).sort()
  expect(lost).toEqual(expect.arrayContaining(Array.from({ length: OPEN }, (_, n) => `crash slow ${n}`)))
  expect(titlesOf(after.rows).concat(after.open).sort()).toEqual(after.documents)

  // Nobody waits half a minute for the last word of a process that was killed.
  const database = await superuserOf(dataDir)
  await database.query(
    "update kernel.node set heartbeat_at = now() - interval '1 minute' where name not like '% ' || $1",
    [String(server.pid)],
  )
  await database.end()
  const recovered = await until(async () => {
    const facts = await look()
    return facts.open.length === 0 && facts
  }, 180_000)
  expect(titlesOf(recovered.rows, 'unknown')).toEqual(lost)
  expect(titlesOf(recovered.rows)).toEqual(recovered.documents)
  expect(new Set(recovered.documents).size).toBe(recovered.documents.length)
  expect(recovered.documents).toEqual(after.documents)
  expect(recovered.events).toEqual(titlesOf(recovered.rows, 'success'))

  const again = await signInAdmin(server)
  expect((await again.request('GET', '/v1/actions?status=unknown&app_id=slowwriter')).body).toMatchObject({
    total: OPEN,
  })
}, 240_000)
