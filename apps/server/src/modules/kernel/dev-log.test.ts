import { expect, test, vi } from 'vitest'
import type { OutboxMessage } from '../outbox/index.ts'
import type { ConfirmedCall } from './corridor/stages.ts'
import { createDevLog, type DevLogLine } from './dev-log.ts'

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
  const lines = () => sent.flatMap(({ payload }) => payload.lines as unknown as DevLogLine[]).map(({ text }) => text)
  return { log, sent, lines }
}

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
