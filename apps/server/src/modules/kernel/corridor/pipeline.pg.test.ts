import type { ActionType, JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HANDLER_SECONDS } from '../index.ts'
import { backgroundSeconds } from '../tasks/stored-work.ts'
import { chatFunction, type Fixture, openFixture, PATIENCE, success } from '../test-fixture.ts'
import type { CallIntent, CallSource } from '../types.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
let eve: { tenantId: string; userId: string }
let poor: { tenantId: string; userId: string }

const PARAMS: JsonObject = {
  type: 'object',
  required: ['title'],
  properties: { title: { type: 'string' }, kind: { enum: ['note', 'list'] } },
}
const secrets = [{ name: 'key', description: 'Key of the service', required: true, write_mode: 'user', scope: 'user' }]

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  eve = await fixture.person()
  poor = await fixture.person({ denied: ['keeper:*'] })
  const tools = (['read', 'write', 'destructive'] as ActionType[]).map((type) =>
    chatFunction(`do_${type}`, type, { params_schema: PARAMS, ...(type === 'read' ? {} : { event: 'done' }) }),
  )
  await fixture.app('keeper', { tools: [...tools, chatFunction('speak', 'write')] }, [ada, eve, poor])
  await fixture.app('locked', { tools, secrets }, [ada, poor])
})
beforeEach(() => {
  fixture.hosts.calls.splice(0)
  for (const type of ['read', 'write', 'destructive'])
    fixture.handler('keeper', 'function', `do_${type}`, (call) => success({ got: call.params as JsonObject }))
})
afterAll(() => fixture.close())

const call = (name: string, params: JsonObject = { title: 'A' }, more: Partial<CallIntent> = {}) =>
  fixture.kernel.call({ source: 'chat', ...ada, appId: 'keeper', function: name, params, ...more })
const messagesOf = (type: string) => fixture.streamed.filter((record) => record.type === type)

describe('the order of the gates', () => {
  test('[S003-060] [K3.1] the first gate that refuses answers: scope before secret, secret before arguments, arguments before confirmation', async () => {
    const bad = { kind: 'neither' }
    const codes = async (user: typeof ada, appId: string, params: JsonObject) => {
      const { response } = await call('do_destructive', params, { ...user, appId })
      return response.error_code
    }
    expect(await codes(ada, 'nowhere', bad)).toBe('UNKNOWN_TOOL')
    await fixture.rows("update identity.account set denied_scopes = '{locked:*,keeper:*}' where user_id = $1", [
      poor.userId,
    ])
    await fixture.rows("select pg_notify('identity_changed', $1)", [`user:${poor.userId}`])
    await expect.poll(() => codes(poor, 'locked', bad), PATIENCE).toBe('PERMISSION_DENIED')
    expect(await codes(ada, 'locked', bad)).toBe('SECRET_MISSING')
    expect(await codes(ada, 'keeper', bad)).toBe('VALIDATION_MISSING_FIELD')
    expect(await codes(ada, 'keeper', { title: 'A' })).toBe('CONFIRMATION_REQUIRED')
    expect(fixture.hosts.calls).toEqual([])
  })

  test('[K3.1] what a person may not call costs nothing, opens no secret and reaches no extension code', async () => {
    const before = await fixture.rows('select * from audit.entry where action = $1', ['secret.read'])
    const [held] = await fixture.rows<{ n: number }>('select count(*)::int as n from billing.hold')

    const { status } = await call('do_write', { title: 'A' }, { ...poor, appId: 'locked' })
    expect([status, fixture.hosts.calls.length]).toEqual(['denied', 0])
    expect(await fixture.rows('select * from audit.entry where action = $1', ['secret.read'])).toEqual(before)
    const [after] = await fixture.rows<{ n: number }>('select count(*)::int as n from billing.hold')

    expect(after).toEqual(held)
  })

  test('[S003-060] event and record come after the run, in one step with each other', async () => {
    let during: unknown[] = ['not looked']
    fixture.handler('keeper', 'function', 'do_write', async () => {
      during = await fixture.rows(
        "select 1 from outbox.message where type = 'event' and payload ->> 'event_type' = 'keeper.done'",
      )
      return success()
    })
    const { traceId } = await call('do_write')
    expect(during).toEqual([])
    const [row] = await fixture.ledger({ traceId })
    const events = await fixture.rows<{ payload: JsonObject }>(
      "select payload from outbox.message where type = 'event' and payload ->> 'event_type' = 'keeper.done'",
    )
    expect(events.map(({ payload }) => payload.event_id)).toEqual([row?.event_id])
  })

  test('[K3.12] a value outside an enumeration is refused, never made to fit', async () => {
    for (const kind of ['Note', 'notes', ' note', 7, null]) {
      const outcome = await call('do_write', { title: 'A', kind })
      expect([kind, outcome.status]).toEqual([kind, 'validation_rejected'])
    }
    expect(fixture.hosts.calls).toEqual([])
    expect((await call('do_write', { title: 'A', kind: 'note' })).response.data).toEqual({
      got: { title: 'A', kind: 'note' },
    })
  })
})

describe('the truth', () => {
  test('[S003-061] [S003-003] a result counts by its status, whatever its words say; without success there is no event', async () => {
    const eventsOf = (trace: string) => messagesOf('event').filter((record) => record.payload.trace_id === trace)
    fixture.handler('keeper', 'function', 'do_write', () => ({
      status: 'error',
      summary: 'Everything was saved successfully!',
      error: 'The disk is full.',
      data: { saved: true },
    }))
    const { status, response, traceId } = await call('do_write')
    expect([status, response.status, response.error]).toEqual(['failed', 'error', 'The disk is full.'])
    expect(await fixture.ledger({ traceId })).toMatchObject([{ status: 'failed', event_id: null }])
    // A later event proves that the stream is past this call.
    fixture.handler('keeper', 'function', 'do_write', () => success())
    const later = await call('do_write')
    await expect.poll(() => eventsOf(later.traceId).length, PATIENCE).toBe(1)
    expect(eventsOf(traceId)).toEqual([])
  })

  test('[K3.54] every change tells the live clients of its user, a read tells nobody', async () => {
    const seen = () => messagesOf('state_changed').filter((record) => record.userId === eve.userId)
    await call('do_read', { title: 'A' }, eve)
    await call('do_write', { title: 'A' }, eve)
    await expect.poll(() => seen().length, PATIENCE).toBe(1)
    expect(seen()[0]?.payload).toMatchObject({
      type: 'state_changed',
      scope: 'keeper',
      action: 'do_write',
      id: 'keeper/do_write',
      actor: eve.userId,
      tenant_id: eve.tenantId,
      user_id: eve.userId,
      data: { app_id: 'keeper', tool_name: 'do_write' },
    })
  })
})

describe('[S003-063] [S003-024] [K11.1] each pass is one row that the kernel wrote', () => {
  test('whatever door, whatever outcome', async () => {
    const doors: CallSource[] = ['chat', 'panel', 'api', 'mcp', 'automation', 'tools']
    for (const source of doors)
      for (const type of ['read', 'write', 'destructive']) {
        const { traceId, callId, status } = await call(`do_${type}`, { title: 'A' }, { source })
        expect(await fixture.ledger({ traceId })).toMatchObject([
          { call_id: callId, status, source, user_id: ada.userId, action_type: type, function: `do_${type}` },
        ])
      }
  })

  test('no name or argument that an extension can give makes or changes a row', async () => {
    const refused: string[] = []
    fixture.handler('keeper', 'function', 'do_read', async (_call, kernel) => {
      for (const [client, method] of [
        ['ledger', 'record'],
        ['audit', 'record'],
        ['store', 'record_action'],
        ['extensions', 'record'],
      ])
        await kernel
          .onCallback({ client: client ?? '', method: method ?? '', args: [{ status: 'success' }], asUser: null })
          .catch((error) => refused.push(error.wire.code))
      return success({ status: 'failed', retention_class: 'standard_90d', call_id: 'cal_mine' })
    })
    const { traceId, callId } = await call('do_read')
    expect(refused).toEqual(Array(4).fill('context_unavailable'))
    expect(await fixture.ledger({ traceId })).toMatchObject([{ call_id: callId, status: 'success' }])
  })
})

describe('[K4.13] messages that an app says in a chat', () => {
  const speaking = (texts: string[], asUser: string | null = null) =>
    fixture.handler('keeper', 'function', 'speak', async (_call, kernel) => {
      const codes: string[] = []
      for (const text of texts)
        await kernel
          .onCallback({ client: 'chat', method: 'deliver', args: [{ text, msg_type: 'system' }], asUser })
          .catch((error) => codes.push(error.wire.code))
      return success({ codes })
    })

  test('[I-LONGRUN-CHAT-INJECT-AUDIT-EVERY] are a row each, without the words', async () => {
    speaking(['one secret word', 'two', 'three'])
    const before = fixture.said.length
    const { traceId, callId } = await call('speak', {})
    const rows = (await fixture.ledger({ traceId })).filter((row) => row.call_id !== callId)
    expect(rows).toHaveLength(3)
    for (const row of rows)
      expect(row).toMatchObject({
        status: 'success',
        user_id: ada.userId,
        facts: { chat_injection: true, by_call: callId },
      })
    expect(JSON.stringify(rows)).not.toContain('secret word')
    expect(fixture.said.slice(before).map(({ text, userId }) => [text, userId])).toEqual(
      ['one secret word', 'two', 'three'].map((text) => [text, ada.userId]),
    )
  })

  test('[I-LONGRUN-CHAT-INJECT-USER-SCOPED] reach the acting user only, up to 64 KB', async () => {
    const before = fixture.said.length
    speaking(['hello'], eve.userId)
    expect((await call('speak', {})).response.data).toEqual({ codes: ['context_unavailable'] })
    speaking(['x'.repeat(65_537)])
    expect((await call('speak', {})).response.data).toEqual({ codes: ['validation_error'] })
    expect(fixture.said.length).toBe(before)
  })
})

test('[K3.38] how long each kind of handler may run', () => {
  expect(HANDLER_SECONDS).toMatchObject({
    function: 300,
    tool: 300,
    schedule: 600,
    event: 60,
    lifecycle: 60,
    health: 2,
  })
  expect([backgroundSeconds(false), backgroundSeconds(true)]).toEqual([180, 1_800])
})
