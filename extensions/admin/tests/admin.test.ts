import { generateManifest } from '@imperal/sdk'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import admin from '../main.ts'
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
