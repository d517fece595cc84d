import { ActionResult } from '@imperal/sdk'
import { type PlatformAnswer, platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { Changed, chat } from './extension.ts'

export const Notification = z.object({
  id: z.string(),
  title: z.string(),
  message: z.string(),
  priority: z.string(),
  extension_id: z.string().nullable(),
  link: z.string().nullable(),
  read: z.boolean(),
  created_at: z.string(),
})
export type Notification = z.infer<typeof Notification>
interface Answer {
  readonly notifications: readonly Notification[]
  readonly unread_count: number
}

export const refused = (answer: PlatformAnswer<unknown>) =>
  ActionResult.error(answer.problem, { code: 'PLATFORM_REFUSED', retryable: answer.status >= 500 })

/** Notifications of the user, newest first, with the number of unread ones. */
export const readNotifications = (ctx: object, query: { unread?: boolean | undefined; limit: number }) =>
  platform(ctx).request<Answer>('GET', '/v1/notifications', { query })

export const listNotifications = chat.function(
  'list_notifications',
  {
    description: 'List what apps have told you, newest first; only what is unread when asked.',
    params: z.object({ unread_only: z.boolean().default(false), limit: z.number().int().min(1).max(200).default(20) }),
    returns: z.object({ notifications: z.array(Notification), unread: z.number().int() }),
  },
  async (ctx, { unread_only, limit }) => {
    const answer = await readNotifications(ctx, { unread: unread_only || undefined, limit })
    if (!answer.ok) return refused(answer)
    const notifications = answer.body.notifications.map((one) => Notification.parse(one))
    const unread = answer.body.unread_count
    const said =
      unread === 0
        ? 'Nothing is unread.'
        : `${unread} unread: ${notifications
            .filter((one) => !one.read)
            .map((one) => (one.title === '' ? one.message : `${one.title}: ${one.message}`))
            .slice(0, 3)
            .join('; ')}`
    return ActionResult.success({ notifications, unread }, said)
  },
)

export const markRead = chat.function(
  'mark_read',
  {
    description: 'Mark one or several notifications as read.',
    actionType: 'write',
    effects: ['update:notification'],
    event: Changed,
    params: z.object({
      ids: z.array(z.string().min(1).max(64)).min(1).max(500).describe('Ids from list_notifications.'),
    }),
    returns: z.object({ updated: z.number().int(), unread: z.number().int() }),
  },
  async (ctx, { ids }) => marked(await markAs(ctx, { ids })),
)

export const markAllRead = chat.function(
  'mark_all_read',
  {
    description: 'Mark every notification as read.',
    actionType: 'write',
    effects: ['update:notification'],
    event: Changed,
    params: z.object({}),
    returns: z.object({ updated: z.number().int(), unread: z.number().int() }),
  },
  async (ctx) => marked(await markAs(ctx, { all: true })),
)

type Marked = { readonly updated: number; readonly unread_count: number }
const markAs = (ctx: object, body: object) => platform(ctx).request<Marked>('POST', '/v1/notifications/read', { body })
const marked = (answer: PlatformAnswer<Marked>) => {
  if (!answer.ok) return refused(answer)
  const { updated, unread_count: unread } = answer.body
  return ActionResult.success({ updated, unread }, `Marked ${updated} as read; ${unread} unread.`)
}
