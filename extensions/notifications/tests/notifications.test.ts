import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import notifications from '../main.ts'
import { listNotifications, markAllRead, markRead } from '../src/functions.ts'

const one = {
  ...{ id: 'ntf_1', title: 'Backup', message: 'The backup is done.', body: '', priority: 'normal', channel: 'in_app' },
  ...{ extension_id: 'tasks', link: null, read: false, created_at: '2026-06-21T10:00:00.000Z' },
}

test('lists what apps have told, and says how much of it is unread', async () => {
  const ctx = mockContext({ extension: notifications })
  ctx.mock.platform.on('GET', '/v1/notifications', () => ({ body: { notifications: [one], unread_count: 1 } }))
  expect(await listNotifications(ctx, { unread_only: true })).toMatchObject({
    ...{ summary: '1 unread: Backup: The backup is done.', data: { unread: 1, notifications: [{ id: 'ntf_1' }] } },
  })
  expect(ctx.mock.platform.requests[0]?.query).toEqual({ unread: true, limit: 20 })
})

test('marks some or all as read, and keeps the platform’s words when it refuses', async () => {
  const ctx = mockContext({ extension: notifications })
  ctx.mock.platform.on('POST', '/v1/notifications/read', () => ({ body: { updated: 1, unread_count: 0 } }))
  expect(await markRead(ctx, { ids: ['ntf_1'] })).toMatchObject({ data: { updated: 1, unread: 0 } })
  await markAllRead(ctx, {})
  expect(ctx.mock.platform.requests.map(({ body }) => body)).toEqual([{ ids: ['ntf_1'] }, { all: true }])
  ctx.mock.platform.on('POST', '/v1/notifications/read', () => ({ status: 503, body: { detail: 'Not now.' } }))
  expect(await markAllRead(ctx, {})).toMatchObject({ status: 'error', error: 'Not now.', retryable: true })
})

test('the panel tells that there is nothing, too', async () => {
  const app = new TestHarness(notifications)
  expect(JSON.stringify(await app.panel('inbox'))).toContain('The test answers no GET /v1/notifications')
})
