import { generateManifest } from '@imperal/sdk'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import admin from '../main.ts'
import { dropDeadEvent, listDeadEvents, replayDeadEvents } from '../src/events.ts'
import { approveApp, listReviews, listUsers, rejectApp, showHealth } from '../src/functions.ts'

const check = { name: 'disk', status: 'warn', summary: 'Almost full.', fix: 'Make room.', details: {} }

test('tells administrators what to mend', async () => {
  const ctx = mockContext({ extension: admin })
  ctx.mock.platform.on('GET', '/v1/admin/doctor', () => ({
    body: { status: 'warn', generated_at: '', checks: [check] },
  }))
  expect(await showHealth(ctx, {})).toMatchObject({ summary: 'disk: Almost full. Make room.' })
})

test('everybody else is refused by the platform, in words', async () => {
  const ctx = mockContext({ extension: admin })
  for (const [method, path] of [
    ['GET', '/v1/admin/doctor'],
    ['GET', '/v1/users'],
    ['GET', '/v1/admin/apps/pending'],
  ] as const)
    ctx.mock.platform.on(method, path, () => ({ status: 403, body: { detail: 'This needs an administrator.' } }))
  for (const result of [await showHealth(ctx, {}), await listUsers(ctx, {}), await listReviews(ctx, {})])
    expect(result).toMatchObject({ status: 'error', error: 'Only administrators may do that.' })
  const app = new TestHarness(admin)
  app.mock.platform.on('GET', '/v1/admin/doctor', () => ({ status: 403, body: {} }))
  expect(JSON.stringify(await app.panel('overview'))).toContain('For administrators.')
})

test('reviews are listed and decided; publishing asks first', async () => {
  const ctx = mockContext({ extension: admin })
  const waiting = {
    app_id: 'x-app',
    name: 'X',
    developer_id: 'd',
    version: '1.0.0',
    submitted_at: '2026-06-21T10:00:00Z',
  }
  ctx.mock.platform.on('GET', '/v1/admin/apps/pending', () => ({ body: [waiting] }))
  ctx.mock.platform.on('POST', /^\/v1\/admin\/apps\/([^/]+)\/(?:approve|reject)$/, () => ({ body: {} }))
  expect(await listReviews(ctx, {})).toMatchObject({ data: { total: 1 } })
  await approveApp(ctx, { app_id: 'x-app' })
  await rejectApp(ctx, { app_id: 'x-app', reason: 'No icon.' })
  expect(ctx.mock.platform.requests.at(-1)).toMatchObject({
    path: '/v1/admin/apps/x-app/reject',
    body: { reason: 'No icon.' },
  })
  const tools = generateManifest(admin).tools as { name: string; action_type?: string }[]
  expect(tools.find(({ name }) => name === 'approve_app')?.action_type).toBe('destructive')
})

test('[K6.7] events that were given up are listed, delivered again by one or by app, and forgotten only after a question', async () => {
  const event = {
    ...{
      delivery_id: '0190c2de-0000-7000-8000-000000000001',
      tenant_id: 'default',
      user_id: 'imp_u_ada',
      app_id: 'crm',
    },
    ...{
      handler: 'onDeal',
      event_type: 'deals.won',
      event_id: 'e1',
      error: 'It broke.',
      failed_at: '2026-11-29T10:00:00.000Z',
    },
  }
  const app = new TestHarness(admin)
  app.mock.platform.on('GET', '/v1/admin/events/dead', () => ({ body: { events: [event], total: 1 } }))
  const shown = JSON.stringify(await app.panel('events'))
  for (const text of ['crm: deals.won', 'It broke.', 'replay_dead_events', 'drop_dead_event'])
    expect(shown).toContain(text)
  const ctx = mockContext({ extension: admin })
  ctx.mock.platform.on('GET', '/v1/admin/events/dead', () => ({ body: { events: [event], total: 1 } }))
  ctx.mock.platform.on('POST', '/v1/admin/events/dead/replay', () => ({ body: { replayed: 1 } }))
  ctx.mock.platform.on('DELETE', `/v1/admin/events/dead/${event.delivery_id}`, () => ({ body: { dropped: true } }))
  expect(await listDeadEvents(ctx, {})).toMatchObject({ data: { total: 1 } })
  await replayDeadEvents(ctx, { delivery_id: event.delivery_id })
  expect(ctx.mock.platform.requests.at(-1)?.body).toEqual({ delivery_ids: [event.delivery_id] })
  await replayDeadEvents(ctx, { app_id: 'crm' })
  expect(ctx.mock.platform.requests.at(-1)?.body).toEqual({ app_id: 'crm' })
  expect(await dropDeadEvent(ctx, { delivery_id: event.delivery_id })).toMatchObject({ data: { dropped: true } })
  const tools = generateManifest(admin).tools as { name: string; action_type?: string }[]
  expect(tools.find(({ name }) => name === 'drop_dead_event')?.action_type).toBe('destructive')
})
