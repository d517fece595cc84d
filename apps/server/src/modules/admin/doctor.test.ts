import { expect, test } from 'vitest'
import {
  appsCheck,
  databaseCheck,
  diskCheck,
  eventsCheck,
  isolationCheck,
  keysCheck,
  modelCheck,
  nodesCheck,
  runDoctor,
  runtimeCheck,
} from './index.ts'

const now = () => '2026-01-01T00:00:00.000Z'

test('[K9.1] a key that the provider refuses is a failure with its way out, and a warning while another model answers', async () => {
  const refused = { provider: 'openai', model: 'small', requests: 3, last_at: '', others_answer: false }
  const configured = { provider: 'openai', model: 'small' }
  const report = await runDoctor(
    [
      modelCheck(configured, async () => [refused]),
      modelCheck(configured, async () => [{ ...refused, others_answer: true }]),
      modelCheck(configured, async () => []),
    ],
    now,
  )
  expect(report.checks.map(({ status }) => status)).toEqual(['fail', 'warn', 'ok'])
  expect(report.checks[0]?.summary).toContain('openai does not accept the key for small')
  expect(report.checks[0]?.fix).toMatch(/Admin, Models.*IMPERAL_LLM_API_KEY/)
})

test('[K6.7] handlers that gave up events are named to the operator', async () => {
  const dead = [{ app_id: 'reports', handler: 'onDeal', events: 3, last_at: '2026-06-01T00:00:00.000Z' }]
  const report = await runDoctor([eventsCheck(async () => dead), eventsCheck(async () => [])], now)
  expect(report.checks.map(({ status }) => status)).toEqual(['warn', 'ok'])
  expect(report.checks[0]?.summary).toContain('onDeal of reports')
})

test('[K7.21] apps that fail their health check again and again are told to the operator, those that stumbled once are shown', async () => {
  const app = { app_id: 'crm', version: '1.0.0', status: 'unhealthy', message: 'no queue', failures: 3, checked_at: '' }
  const once = [{ ...app, failures: 1 }]
  const report = await runDoctor(
    [appsCheck(async () => [app]), appsCheck(async () => once), appsCheck(async () => [])],
    now,
  )
  expect(report.checks.map(({ status }) => status)).toEqual(['warn', 'ok', 'ok'])
  expect(report.checks[0]?.summary).toContain('crm has failed 3 health checks in a row: no queue')
  expect(report.checks[1]?.summary).toContain('crm')
})

test('data keys that an older key locks are told with the way to finish', async () => {
  const facts = { provider: 'file', currentKeyId: 'file:2:bb', wrappedBy: { 'file:1:aa': 3, 'file:2:bb': 1 } }
  const report = await runDoctor(
    [keysCheck(async () => facts), keysCheck(async () => ({ ...facts, wrappedBy: { 'file:2:bb': 4 } }))],
    now,
  )
  expect(report.checks[0]).toMatchObject({ status: 'warn', summary: expect.stringContaining('3 data keys') })
  expect(report.checks[0]?.fix).toContain('imperal keys rotate')
  expect(report.checks[1]?.status).toBe('ok')
})

test('a role that no process has is a failure, and processes of two versions a warning', async () => {
  const node = (roles: string[], version = '1.0.0') => ({ name: 'a', version, roles, startedAt: new Date(0) })
  const report = await runDoctor(
    [
      nodesCheck(async () => [node(['gateway', 'kernel'])]),
      nodesCheck(async () => [node(['gateway']), node(['kernel', 'worker'], '1.1.0')]),
      nodesCheck(async () => [node(['gateway', 'kernel', 'worker'])]),
    ],
    now,
  )
  expect(report.checks.map(({ status }) => status)).toEqual(['fail', 'warn', 'ok'])
  expect(report.checks[0]?.fix).toContain('--roles worker')
})

test('a check that throws becomes a finding and the others still report', async () => {
  const report = await runDoctor(
    [runtimeCheck('1.2.3'), databaseCheck('embedded', () => Promise.reject(new Error('connection refused')))],
    now,
  )
  expect(report.status).toBe('fail')
  expect(report.checks.map((check) => [check.name, check.status])).toEqual([
    ['runtime', 'ok'],
    ['database', 'fail'],
  ])
  expect(report.checks[1]?.summary).toContain('connection refused')
})

test('an isolation level below the required one is a failure that names the way out', async () => {
  const check = isolationCheck(() => ({
    level: 'process',
    minimum: 'namespaced',
    why: 'no user namespaces',
    advice: 'Install bubblewrap.',
    details: {},
  }))
  const report = await runDoctor([check], now)
  expect(report.checks[0]).toMatchObject({ status: 'fail', fix: 'Install bubblewrap.' })
})

test('a folder in which nothing can be written is a finding, however much is free', async () => {
  const report = await runDoctor([diskCheck('/proc')], now)
  expect(report.checks[0]).toMatchObject({ status: 'fail', fix: expect.stringContaining('mount') })
})

test('a folder that does not exist is a finding', async () => {
  expect((await runDoctor([diskCheck('/nowhere/at/all')], now)).status).toBe('fail')
})

test('where nobody has asked the model, the doctor does: what refuses now is a failure, and what answers now is mended', async () => {
  const configured = { provider: 'openai', model: 'small' }
  const before = { ...configured, requests: 3, last_at: '2026-11-21T09:00:00Z', others_answer: false }
  const asked = async (error: string | null, refused = before) =>
    (
      await runDoctor(
        [
          modelCheck(
            configured,
            async () => [refused],
            async () => ({ ok: error === null, latency_ms: 7, error }),
          ),
        ],
        now,
      )
    ).checks[0]
  expect(await asked('It answered 401.')).toMatchObject({
    status: 'fail',
    summary: 'The provider openai gives no answer with small: It answered 401.',
    fix: expect.stringContaining('IMPERAL_LLM_API_KEY'),
  })
  expect(await asked(null)).toMatchObject({ status: 'ok', summary: expect.stringContaining('answered within 7 ms') })
  expect(await asked(null, { ...before, model: 'large' })).toMatchObject({ status: 'fail' })
})

test('the model is told without its key', async () => {
  const configured = { provider: 'openai', model: 'small', apiKey: 'sk-canary' }
  const report = await runDoctor([modelCheck(configured)], now)
  expect(report.checks[0]?.details).toEqual({ provider: 'openai', model: 'small' })
  expect(JSON.stringify(report)).not.toContain('sk-canary')
})
