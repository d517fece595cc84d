import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailedToken } from '../support/mailbox.ts'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'

const TTL_S = 5

let server: TestServer
let admin: Session
let eve: Session
beforeAll(async () => {
  server = await startTestServer({ env: { IMPERAL_CONFIRMATION_TTL_S: '300' } })
  admin = await signInAdmin(server)
  eve = await newUser('eve@example.com')
}, 240_000)

async function newUser(email: string): Promise<Session> {
  await send(`${server.url}/v1/auth/signup`, 'POST', { email, password: 's3cure! and long' })
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  const user = await signIn(server, email, 's3cure! and long')
  await user.request('POST', '/v1/marketplace/apps/notes/install', {})
  return user
}

const newNote = async (title: string, who = admin): Promise<string> =>
  ((await who.call('notes', 'create_note', { title })).data as { note_id: string }).note_id
const exists = async (noteId: string, who = admin): Promise<boolean> =>
  (await who.call('notes', 'get_note', { note_id: noteId })).status === 'success'

interface Card {
  confirmation_id: string
  title: string
  items: object[]
  expires_at: string
}
const confirmationOf = (answer: unknown): Card => (answer as { data: { confirmation: Card } }).data.confirmation
const stopped = { status: 'error', error_code: 'CONFIRMATION_REQUIRED' }

const confirm = (id: string, who = admin, body: object = {}) =>
  who.request('POST', `/v1/confirmations/${id}/confirm`, body)

describe('[lessons 12] a destructive function stops at each door', () => {
  const rowsOf = async (noteId: string) => {
    const { actions } = (await admin.request('GET', '/v1/actions?app_id=notes&per_page=200')).body as {
      actions: { args: { note_id?: string }; tool_name: string; status: string; confirmation: string; source: string }[]
    }
    return actions.filter((action) => action.args.note_id === noteId && action.tool_name === 'delete_note').reverse()
  }
  const doors: Record<string, (noteId: string) => Promise<string>> = {
    async call(noteId) {
      const answer = await admin.call('notes', 'delete_note', { note_id: noteId })
      expect(answer).toMatchObject(stopped)
      return confirmationOf(answer).confirmation_id
    },
    async batch(noteId) {
      const answer = await admin.request('POST', '/v1/extensions/notes/batch', {
        user_id: admin.userId,
        calls: [{ function: 'list_folders' }, { function: 'delete_note', params: { note_id: noteId } }],
      })
      expect(answer.body).toMatchObject([{ status: 'success' }, stopped])
      return confirmationOf(answer.body[1]).confirmation_id
    },
    async operate(noteId) {
      const answer = await admin.request('POST', '/v1/extensions/notes/operate', {
        user_id: admin.userId,
        function: 'delete_note',
        params: { note_id: noteId },
        // Approval inside the calling program spares a card for a write, never for this.
        confirmation_bypassed: true,
      })
      expect(answer).toMatchObject({ status: 200, body: { kind: 'confirmation' } })
      return (answer.body as Card).confirmation_id
    },
    async 'an API key'(noteId) {
      const made = await admin.request('POST', '/v1/keys', { name: 'robot' })
      const { key } = made.body as { key: string }
      const answer = await send(
        `${server.url}/v1/extensions/notes/call`,
        'POST',
        { user_id: admin.userId, function: 'delete_note', params: { note_id: noteId } },
        { 'x-api-key': key },
      )
      expect(answer.body).toMatchObject(stopped)
      return confirmationOf(answer.body).confirmation_id
    },
    async 'a service'(noteId) {
      const answer = await send(
        `${server.url}/v1/extensions/notes/call`,
        'POST',
        { user_id: admin.userId, function: 'delete_note', params: { note_id: noteId } },
        { 'x-service-token': server.serviceToken },
      )
      expect(answer.body).toMatchObject(stopped)
      return confirmationOf(answer.body).confirmation_id
    },
    async 'a chat command'(noteId) {
      const sent = await admin.request('POST', '/v1/chat/messages', {
        text: `/notes.delete_note ${JSON.stringify({ note_id: noteId })}`,
      })
      expect(sent.status).toBe(202)
      const { reply_id } = sent.body as { reply_id: string }
      const reply = await until(async () => {
        const { messages } = (await admin.request('GET', '/v1/chat/messages')).body as {
          messages: { message_id: string; status: string; type: string; confirmation_id: string }[]
        }
        return messages.find((message) => message.message_id === reply_id && message.status !== 'processing')
      })
      expect(reply).toMatchObject({ status: 'done', type: 'confirmation' })
      return reply.confirmation_id
    },
  }

  test.each(Object.keys(doors))('%s', async (door) => {
    const noteId = await newNote(`by ${door}`)
    const id = await doors[door]?.(noteId)
    expect(id).toMatch(/^conf_/)
    expect(await exists(noteId)).toBe(true)
    expect(await rowsOf(noteId)).toMatchObject([{ status: 'intercepted', confirmation: 'required' }])
    const active = (await admin.request('GET', '/v1/confirmations/active')).body as { confirmations: Card[] }
    expect(active.confirmations.map((card) => card.confirmation_id)).toContain(id)
    expect(await confirm(id ?? '')).toMatchObject({ status: 200, body: { status: 'executed' } })
    expect(await exists(noteId)).toBe(false)
    expect(await rowsOf(noteId)).toMatchObject([
      { status: 'intercepted', confirmation: 'required' },
      { status: 'success', confirmation: 'user_accepted' },
    ])
  })
})

const ask = async (noteId: string, who = admin) =>
  confirmationOf(await who.call('notes', 'delete_note', { note_id: noteId })).confirmation_id

describe('[lessons 13] a confirmation', () => {
  test('runs once, however many confirm at once', async () => {
    const noteId = await newNote('once')
    const id = await ask(noteId)
    const answers = await Promise.all(Array.from({ length: 50 }, () => confirm(id)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(49)
    expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({ error: 'CONFIRMATION_CONSUMED' })
    const database = await superuserOf(server.dataDir)
    const { rows } = await database.query(
      'select status from ledger.action where confirmation_id = $1 order by call_id',
      [id],
    )
    await database.end()
    expect(rows).toEqual([{ status: 'intercepted' }, { status: 'success' }])
  })

  test('of somebody else looks like none, at every address', async () => {
    const noteId = await newNote('foreign')
    const id = await ask(noteId)
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/confirm'],
      ['POST', '/accept'],
      ['POST', '/cancel'],
    ] as const) {
      const body = method === 'POST' ? {} : undefined
      const foreign = await eve.request(method, `/v1/confirmations/${id}${path}`, body)
      const unknown = await eve.request(method, `/v1/confirmations/conf_${'0'.repeat(32)}${path}`, body)
      expect([path, foreign.status]).toEqual([path, 404])
      const bare = (answer: { body: object }) => ({ ...answer.body, request_id: '' })
      expect(bare(foreign)).toEqual(bare(unknown))
    }
    expect(((await eve.request('GET', '/v1/confirmations/active')).body as { count: number }).count).toBe(0)
    expect(await exists(noteId)).toBe(true)
    expect((await confirm(id)).status).toBe(200)
  })

  test('runs what was stored, whatever the confirming request says', async () => {
    const [stored, other] = [await newNote('stored'), await newNote('other')]
    const id = await ask(stored)
    const changed = {
      params: { note_id: other },
      calls: [{ function: 'delete_note', params: { note_id: other } }],
      note_id: other,
    }
    expect((await confirm(id, admin, changed)).status).toBe(200)
    expect([await exists(stored), await exists(other)]).toEqual([false, true])
  })

  test('[POST /v1/confirmations/{confirmation_id}/cancel] cancelled runs nothing, now and later', async () => {
    const noteId = await newNote('cancelled')
    const id = await ask(noteId)
    expect(await admin.request('POST', `/v1/confirmations/${id}/cancel`, {})).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    })
    expect((await confirm(id)).status).toBe(409)
    expect(await exists(noteId)).toBe(true)
  })

  test('survives a restart, and does not run twice after it', async () => {
    const [first, second] = [await newNote('before the restart'), await newNote('done before')]
    const [open, done] = [await ask(first), await ask(second)]
    expect((await confirm(done)).status).toBe(200)
    expect(await server.stop()).toBe(0)
    server = await startTestServer({ dataDir: server.dataDir, env: { IMPERAL_CONFIRMATION_TTL_S: String(TTL_S) } })
    admin = await signInAdmin(server)
    expect((await confirm(done)).status).toBe(409)
    expect((await confirm(open)).status).toBe(200)
    expect(await exists(first)).toBe(false)
  }, 180_000)

  test('expires, and says so', async () => {
    const noteId = await newNote('too late')
    const id = await ask(noteId)
    const state = () => admin.request('GET', `/v1/confirmations/${id}`)
    await until(async () => ((await state()).body as { status: string }).status === 'expired', 30_000)
    expect(await confirm(id)).toMatchObject({ status: 410, body: { error: 'CONFIRMATION_EXPIRED' } })
    expect(await exists(noteId)).toBe(true)
    const rows = async () => {
      const { actions } = (await admin.request('GET', '/v1/actions?app_id=notes&search=delete_note')).body as {
        actions: { confirmation_id: string; status: string; confirmation: string }[]
      }
      return actions.filter((action) => action.confirmation_id === id)
    }
    await until(async () => (await rows()).length === 2, 30_000)
    expect(await rows()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'intercepted', confirmation: 'required' }),
        expect.objectContaining({ status: 'cancelled', confirmation: 'expired' }),
      ]),
    )
  }, 180_000)
})

afterAll(async () => void (await server?.stop()))
