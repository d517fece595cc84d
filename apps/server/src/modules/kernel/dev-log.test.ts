import type { DevCall, DevLogLine } from '@imperal/contract'
import { expect, test, vi } from 'vitest'
import type { OutboxMessage } from '../outbox/index.ts'
import type { ConfirmedCall } from './corridor/stages.ts'
import { createDevLog } from './dev-log.ts'
import type { LedgerRow } from './ledger/row.ts'

// The log reads these members and no others.
const callOf = (appId: string, ownerId: string | null = 'imp_u_owner1') =>
  ({
    use: { app: { appId, ownerId, ownerTenantId: 'default' }, version: { version: '1.0.0' } },
    handler: { functionName: 'work' },
    pass: { callId: 'call_1', traceId: '0123456789abcdef' },
  }) as unknown as ConfirmedCall

function openLog() {
  const sent: OutboxMessage[] = []
  const log = createDevLog({ sendEphemeral: (message) => void sent.push(message) })
  const of = <T>(type: string, member: string) =>
    sent.filter((message) => message.type === type).flatMap(({ payload }) => payload[member] as unknown as T[])
  const lines = () => of<DevLogLine>('dev_log', 'lines').map(({ text }) => text)
  const calls = () => of<DevCall>('dev_call', 'calls')
  return { log, sent, lines, calls }
}

const rowOf = (userId: string, more: Partial<LedgerRow> = {}) =>
  ({
    ...{ call_id: 'call_1', trace_id: '0123456789abcdef', tenant_id: 'default', user_id: userId, source: 'panel' },
    ...{ function: 'work', action_type: 'write', status: 'success', error_code: null, duration_ms: 12 },
    ...{ args: { password: '[redacted]' }, result_preview: 'Done', completed_at: '2026-06-10T10:00:00.000Z' },
    ...more,
  }) as unknown as LedgerRow

test('the lines of a moment share a message, in their order and by app', async () => {
  const { log, sent, lines } = openLog()
  for (const text of ['one', 'two', 'three']) log.line(callOf('notes'), 'info', text)
  log.line(callOf('tasks'), 'warn', 'other')
  expect(sent).toEqual([])
  await vi.waitFor(() => expect(sent).toHaveLength(2))
  expect(sent.map(({ userId, type, payload }) => [userId, type, payload.app_id])).toEqual([
    ['imp_u_owner1', 'dev_log', 'notes'],
    ['imp_u_owner1', 'dev_log', 'tasks'],
  ])
  expect(lines()).toEqual(['one', 'two', 'three', 'other'])
  log.line(callOf('notes'), 'info', 'later')
  await vi.waitFor(() => expect(lines()).toContain('later'))
})

test('messages stay within one notice to other nodes, and a flood says how much of it did not go out', async () => {
  const { log, sent, lines } = openLog()
  for (let index = 0; index < 3_000; index++) log.line(callOf('notes'), 'info', `${index} ${'x'.repeat(500)}`)
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0))
  expect(sent).toHaveLength(24)
  for (const message of sent) expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(7_600)
  expect(sent.at(-1)?.payload.skipped).toBe(3_000 - lines().length)
  expect(sent.slice(0, -1).every(({ payload }) => payload.skipped === 0)).toBe(true)
  expect(log.read('notes')).toHaveLength(500)
})

test('an app without an owner logs for nobody, and its lines are kept', async () => {
  const { log, sent } = openLog()
  log.line(callOf('system', null), 'info', 'quiet')
  log.line(callOf('notes'), 'info', 'heard')
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  expect(log.read('system').map(({ text }) => text)).toEqual(['quiet'])
})

test('a call follows what it logged; arguments and result are those of the developer alone', async () => {
  const { log, sent, calls } = openLog()
  const { use } = callOf('notes')
  log.call(use, rowOf('imp_u_owner1'))
  log.call(use, rowOf('imp_u_somebody', { status: 'failed', error_code: 'INTERNAL' }))
  log.call(use, rowOf('imp_u_owner1', { tenant_id: 'other' }))
  log.line(callOf('notes'), 'info', 'logged')
  await vi.waitFor(() => expect(sent).toHaveLength(2))
  expect(sent.map(({ type, userId }) => [type, userId])).toEqual([
    ['dev_log', 'imp_u_owner1'],
    ['dev_call', 'imp_u_owner1'],
  ])
  expect(calls().map(({ args, result_preview: result, status }) => [status, args, result])).toEqual([
    ['success', { password: '[redacted]' }, 'Done'],
    ['failed', null, null],
    ['success', null, null],
  ])
})

test('of a flood of calls the first ones go out, and how many did not', async () => {
  const { log, sent, calls } = openLog()
  for (let index = 0; index < 1_000; index++) log.call(callOf('notes').use, rowOf('imp_u_owner1'))
  log.call(callOf('system', null).use, rowOf('imp_u_owner1'))
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0))
  expect(calls()).toHaveLength(100)
  expect(sent.map(({ payload }) => payload.skipped).reduce((sum, one) => Number(sum) + Number(one), 0)).toBe(900)
  for (const message of sent) expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(7_600)
})
