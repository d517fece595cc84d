import { z } from 'zod'
import { defineRoute } from '../route.ts'

export const NotificationPriority = z.enum(['low', 'normal', 'high', 'urgent'])
export type NotificationPriority = z.infer<typeof NotificationPriority>

/** A stored notification; the stream message `notification` has the same members without `read` and `created_at`. */
export const NotificationWire = z.object({
  id: z.string(),
  title: z.string(),
  body: z.string(),
  message: z.string(),
  priority: NotificationPriority,
  extension_id: z.string().nullable(),
  channel: z.string(),
  link: z.string().nullable(),
  read: z.boolean(),
  created_at: z.string(),
})
export type NotificationWire = z.infer<typeof NotificationWire>

export const notifications = {
  list: defineRoute({
    id: 'notifications.list',
    surface: 'client',
    method: 'GET',
    path: '/v1/notifications',
    auth: 'user',
    tag: 'Notifications',
    summary: 'Notifications of the signed-in user, newest first',
    query: z.object({
      unread: z.stringbool().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      /** Id of the last notification of the page before. */
      before: z.string().max(64).optional(),
    }),
    response: z.object({ notifications: z.array(NotificationWire), unread_count: z.number().int() }),
  }),
  read: defineRoute({
    id: 'notifications.read',
    surface: 'client',
    method: 'POST',
    path: '/v1/notifications/read',
    auth: 'user',
    tag: 'Notifications',
    summary: 'Marks notifications as read',
    body: z
      .object({ ids: z.array(z.string().max(64)).max(500).optional(), all: z.boolean().optional() })
      .refine((body) => body.all === true || (body.ids !== undefined && body.ids.length > 0), {
        path: ['ids'],
        message: 'Name the notifications in ids, or send all: true.',
      }),
    response: z.object({ updated: z.number().int(), unread_count: z.number().int() }),
  }),
} as const
