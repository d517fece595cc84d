import { notifications as routes } from '@imperal/contract'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { openBus } from '../../foundation/bus.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase, type Writer } from '../../foundation/db/index.ts'
import type { MountedRoute, RouteRequest } from '../../foundation/http/index.ts'
import { createLog } from '../../foundation/log.ts'
import type { Mail } from '../../foundation/mail/index.ts'
import { openOutbox, type StreamRecord } from '../outbox/index.ts'
import { type Notification, type NotificationPreferences, openNotifications } from './index.ts'

const database = await createTestDatabase()
const log = createLog({ level: 'silent' })
const db = openDatabase(database.connection)
const bus = await openBus(database.connection, log)
const clock = manualClock()
const outbox = await openOutbox({ db, bus, log, clock })
const stream: StreamRecord[] = []
outbox.listen((record) => stream.push(record))
const mails: Mail[] = []
const emailOf = async ({ userId }: { userId: string }) => {
  if (userId.endsWith('broken')) throw new Error('the directory is down')
  return userId.endsWith('nomail') ? null : `${userId}@example.com`
}
const preferences = new Map<string, Partial<NotificationPreferences>>()
const notifications = openNotifications({
  ...{ db, clock, log, outbox, emailOf },
  post: { post: (mail) => mails.push(mail) },
  preferencesOf: async ({ userId }) => preferences.get(userId) ?? {},
  publicUrl: 'http://127.0.0.1:4780',
})
afterEach(() => {
  mails.length = 0
})
afterAll(async () => {
  await outbox.close()
  await bus.close()
  await db.close()
})

const writer: Writer = { tenantId: 'default', atomic: (statements) => db.atomic('default', statements) }
let users = 0
const someone = (suffix = '', wants: Partial<NotificationPreferences> = {}) => {
  const userId = `imp_u_user${++users}${suffix}`
  preferences.set(userId, wants)
  return { tenantId: 'default', userId }
}
const BOTH = { default: ['bell', 'email'] }
type User = ReturnType<typeof someone>
const notify = (user: User, extra: Partial<Notification> = {}) =>
  notifications.notify(writer, {
    ...user,
    appId: 'tasks',
    title: 'Reminder',
    body: 'Water the plants',
    message: 'Water the plants',
    priority: 'high',
    channel: 'in_app',
    link: null,
    extra: {},
    ...extra,
  })
const call = async <K extends keyof typeof routes>(id: K, user: User, given: { query?: object; body?: object }) => {
  const mounted = notifications.routes.find(({ route }) => route.id === `notifications.${id}`) as MountedRoute
  const query = routes.list.query?.parse(given.query ?? {})
  const body = given.body === undefined ? undefined : routes.read.body?.parse(given.body)
  const answer = await mounted.handle({ user, query, body } as unknown as RouteRequest<unknown>)
  return mounted.route.response.parse(answer)
}
const titles = async (user: User, query: object = {}) =>
  (await call('list', user, { query })).notifications.map((one: { title: string }) => one.title)

describe('notify', () => {
  test('[S001-090] [api 6.2] stores the notification and says it on the stream of its user', async () => {
    const user = someone()
    await notify(user, { link: '/apps/tasks', extra: { task: 1 } })
    const answer = await call('list', user, {})
    expect(answer).toEqual({
      notifications: [
        {
          id: expect.stringMatching(/^ntf_/),
          title: 'Reminder',
          body: 'Water the plants',
          message: 'Water the plants',
          priority: 'high',
          extension_id: 'tasks',
          channel: 'in_app',
          link: '/apps/tasks',
          read: false,
          created_at: clock.iso(),
        },
      ],
      unread_count: 1,
    })
    const { read: _, created_at: __, ...announced } = answer.notifications[0]
    const own = () => stream.filter((record) => record.userId === user.userId)
    await vi.waitFor(() => expect(own()).toHaveLength(1))
    expect(own()[0]).toMatchObject({ type: 'notification', tenantId: 'default', payload: announced })
    expect(mails).toEqual([])
  })

  test('[S003-085] the e-mail channel sends a mail as well, to the address of the user', async () => {
    const user = someone('', BOTH)
    await notify(user, { channel: 'email', title: 'Due\r\nBcc: eve@example.com', link: '/apps/tasks' })
    expect(mails).toEqual([
      {
        kind: 'notification',
        to: `${user.userId}@example.com`,
        subject: 'Due Bcc: eve@example.com',
        text: expect.stringMatching(/^Water the plants\n\nhttp:\/\/127\.0\.0\.1:4780\/apps\/tasks\n\n--\n.*"tasks"/s),
        userId: user.userId,
        values: { title: 'Due\r\nBcc: eve@example.com', message: 'Water the plants' },
      },
    ])
    expect(await titles(user)).toHaveLength(1)
  })

  test('[sdk 3.8] no address, and a directory that is down, are no error for the caller', async () => {
    for (const user of [someone('nomail', BOTH), someone('broken', BOTH)]) {
      await notify(user, { channel: 'email' })
      expect(await titles(user)).toEqual(['Reminder'])
    }
    expect(mails).toEqual([])
  })

  test('an unsafe link is not mailed; long and odd texts are cut to what can be kept', async () => {
    const user = someone('', BOTH)
    const title = `${'x'.repeat(199)}😀`
    await notify(user, {
      channel: 'email',
      link: 'javascript:alert(1)',
      title,
      body: 'a\0b',
      message: 'y'.repeat(20_000),
    })
    expect(mails[0]?.text).not.toContain('javascript')
    const [one] = (await call('list', user, {})).notifications
    expect(one.title).toBe(`${'x'.repeat(199)}\uFFFD`)
    expect([one.body, one.message.length]).toEqual(['ab', 10_000])
  })

  test.each<[string, Partial<NotificationPreferences>, { kept: number; mailed: number }]>([
    ['nothing chosen: the bell', {}, { kept: 1, mailed: 0 }],
    ['switched off altogether', { enabled: false, default: ['bell', 'email'] }, { kept: 0, mailed: 0 }],
    ['no channel', { default: [] }, { kept: 0, mailed: 0 }],
    ['this app off', { default: ['bell', 'email'], apps: { tasks: 'off' } }, { kept: 0, mailed: 0 }],
    ['another app off', { apps: { notes: 'off' } }, { kept: 1, mailed: 0 }],
    ['mail alone', { default: ['email'] }, { kept: 0, mailed: 1 }],
    ['mail for this app alone', { apps: { tasks: ['email'] } }, { kept: 0, mailed: 1 }],
    ['a channel without a transport', { default: ['telegram'] }, { kept: 1, mailed: 0 }],
  ])('[api 3.25] the setting of the user decides where a message goes: %s', async (_what, wants, expected) => {
    for (const channel of ['in_app', 'email']) {
      mails.length = 0
      const user = someone('', wants)
      await notify(user, { channel })
      expect({ kept: (await titles(user)).length, mailed: mails.length }).toEqual(expected)
    }
  })

  test('a refused transaction leaves neither row nor message', async () => {
    const user = someone()
    const failing: Writer = {
      tenantId: 'default',
      atomic: (list) => db.atomic('default', [...list, { text: 'select 1 / 0', values: [] }]),
    }
    const given = {
      ...user,
      appId: null,
      title: 't',
      body: '',
      message: '',
      priority: 'low',
      channel: 'in_app',
    } as const
    await expect(notifications.notify(failing, { ...given, link: null, extra: {} })).rejects.toThrow(/division/)
    expect(await titles(user)).toEqual([])
  })
})

describe('routes', () => {
  test('[api 3.21] the list is newest first, in pages, and can leave out what is read', async () => {
    const user = someone()
    for (const title of ['one', 'two', 'three']) await notify(user, { title })
    await notify(someone(), { title: 'of somebody else' })
    expect(await titles(user)).toEqual(['three', 'two', 'one'])
    const first = await call('list', user, { query: { limit: '2' } })
    expect(first.unread_count).toBe(3)
    expect(await titles(user, { before: first.notifications[1].id })).toEqual(['one'])
    await call('read', user, { body: { ids: [first.notifications[0].id] } })
    expect(await titles(user, { unread: 'true' })).toEqual(['two', 'one'])
    expect(await titles(user, { unread: 'false' })).toEqual(['three'])
  })

  test('[api 3.21] reading counts what was unread and tells the other tabs', async () => {
    const user = someone()
    for (const title of ['one', 'two', 'three']) await notify(user, { title })
    const { notifications: all } = await call('list', user, {})
    const body = { ids: [all[0].id, all[1].id, 'ntf_unknown'] }
    expect(await call('read', user, { body })).toEqual({ updated: 2, unread_count: 1 })
    expect(await call('read', user, { body })).toEqual({ updated: 0, unread_count: 1 })
    expect(await call('read', user, { body: { all: true } })).toEqual({ updated: 1, unread_count: 0 })
    const told = () => stream.filter((record) => record.userId === user.userId && record.type === 'notification_read')
    await vi.waitFor(() => expect(told()).toHaveLength(2))
    expect(told()[0]?.payload).toEqual({ ids: expect.arrayContaining([all[0].id, all[1].id]), unread_count: 1 })
    expect(routes.read.body?.safeParse({}).success).toBe(false)
  })

  test('another user cannot mark them', async () => {
    const [user, eve] = [someone(), someone()]
    await notify(user)
    const { notifications: all } = await call('list', user, {})
    expect(await call('read', eve, { body: { ids: [all[0].id] } })).toEqual({ updated: 0, unread_count: 0 })
    expect((await call('list', user, {})).unread_count).toBe(1)
  })

  test('[api 7.2] a query without any condition shows no notification of another tenant', async () => {
    await notify(someone())
    const rows = await db.tenant('imp_t_other', (tx) =>
      tx.selectFrom('notifications.notification').selectAll().execute(),
    )
    expect(rows).toEqual([])
  })
})
