import type { ActionType } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isPersonSource } from '../confirmations/needs-confirmation.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'
import type { CallSource } from '../types.ts'

const SOURCES: Readonly<Record<CallSource, true>> = {
  chat: true,
  panel: true,
  api: true,
  mcp: true,
  automation: true,
  schedule: true,
  signal: true,
  webhook: true,
  ipc: true,
  tools: true,
  lifecycle: true,
  skeleton: true,
  health: true,
  event: true,
}
const TYPES: readonly ActionType[] = ['read', 'write', 'destructive']

let fixture: Fixture
let ada: { tenantId: string; userId: string }
let denied: { tenantId: string; userId: string }
let ran = 0

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  denied = await fixture.person({ denied: ['doors:*'] })
  await fixture.app('doors', { tools: TYPES.map((type) => chatFunction(`do_${type}`, type)) }, [ada, denied])
  for (const type of TYPES)
    fixture.handler('doors', 'function', `do_${type}`, () => {
      ran++
      return success()
    })
})
afterAll(() => fixture.close())

const enter = async (source: CallSource, type: ActionType, user = ada) => {
  ran = 0
  const outcome = await fixture.kernel.call({ source, ...user, appId: 'doors', function: `do_${type}`, params: {} })
  return { outcome, rows: await fixture.ledger({ traceId: outcome.traceId }) }
}

describe.each(Object.keys(SOURCES) as CallSource[])('[S003-059] no door skips a gate: %s', (source) => {
  test.each(TYPES)('[K3.2] %s leaves exactly one row, and runs only if it may', async (type) => {
    const { outcome, rows } = await enter(source, type)
    expect(rows).toHaveLength(1)
    expect(rows[0]?.status).toBe(outcome.status)
    expect(ran).toBe(outcome.status === 'success' ? 1 : 0)
    // Functions are for people and for rules that people stored; every other door has handlers of its own.
    const isOpen = isPersonSource(source) || source === 'automation'
    if (!isOpen) expect(outcome.response.error_code).toBe('UNKNOWN_SUB_FUNCTION')
    if (isOpen && type !== 'destructive') expect(outcome.status).toBe('success')
  })

  test('[S003-048] [K3.32] destructive never runs without a consumed confirmation or a recorded grant', async () => {
    const { outcome, rows } = await enter(source, 'destructive')
    if (isPersonSource(source)) expect([ran, outcome.response.error_code]).toEqual([0, 'CONFIRMATION_REQUIRED'])
    else if (outcome.status === 'success') expect(rows[0]?.confirmation).toBe('pre_authorised')
    else expect(ran).toBe(0)
  })

  test.each(TYPES)('[K3.4a] %s does not run for a user who was denied', async (type) => {
    const { outcome } = await enter(source, type, denied)
    expect([ran, outcome.status === 'success']).toEqual([0, false])
  })
})

test('an app of a developer is refused, and recorded, where the machine isolates less than the operator wants', async () => {
  const strict = await fixture.openNode({ settings: { ...fixture.options.settings, minimumIsolation: 'namespaced' } })
  const call = () => strict.kernel.call({ source: 'panel', ...ada, appId: 'doors', function: 'do_read', params: {} })
  strict.hosts.level = 'process'
  const outcome = await call()
  expect(outcome.refusal).toMatchObject({ status: 403, message: expect.stringContaining('process') })
  expect(await fixture.ledger({ traceId: outcome.traceId })).toMatchObject([{ status: 'denied' }])
  strict.hosts.level = 'full'
  strict.hosts.handlers.set('doors function do_read', () => success())
  expect((await call()).status).toBe('success')
})
