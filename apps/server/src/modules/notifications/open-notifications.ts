import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Post } from '../../foundation/mail/index.ts'
import type { Outbox, OutboxMessage } from '../outbox/index.ts'
import { chooseTransports } from './choose-transports.ts'
import { mailText } from './mail-text.ts'
import { notificationsHandlers } from './routes.ts'
import { kept, storing } from './store-notification.ts'
import type { Notification, NotificationPreferences, Notifications } from './types.ts'

export interface NotificationsOptions {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly outbox: Pick<Outbox, 'publishing' | 'send'>
  readonly post: Pick<Post, 'post'>
  /** Null when the user has no address. */
  readonly emailOf: (user: { readonly tenantId: string; readonly userId: string }) => Promise<string | null>
  /** The user's choice of channels. */
  readonly preferencesOf: (user: {
    readonly tenantId: string
    readonly userId: string
  }) => Promise<Partial<NotificationPreferences>>
  readonly publicUrl: string
}

const toMessage = (notification: Notification & { readonly id: string }): OutboxMessage => ({
  tenantId: notification.tenantId,
  userId: notification.userId,
  type: 'notification',
  payload: {
    id: notification.id,
    title: notification.title,
    body: notification.body,
    message: notification.message,
    priority: notification.priority,
    extension_id: notification.appId,
    channel: notification.channel,
    link: notification.link,
  },
})

export function openNotifications(options: NotificationsOptions): Notifications {
  const { clock, log, outbox, post } = options

  async function mail(notification: Notification): Promise<void> {
    const to = await options.emailOf(notification)
    if (to === null) {
      log.info({ userId: notification.userId }, 'a notification was not mailed: the user has no address')
      return
    }
    // A line break in a subject would begin another header.
    const subject = notification.title.replaceAll(/\s+/g, ' ')
    post.post({
      kind: 'notification',
      to,
      subject,
      text: mailText(notification, options.publicUrl),
      userId: notification.userId,
      values: { title: notification.title, message: notification.message },
    })
  }

  return {
    async notify(writer, given) {
      const notification = kept(given)
      const { bell, email } = chooseTransports(await options.preferencesOf(notification), notification.appId)
      if (!bell && !email) return null
      // A mail alone is an effect of the call as well, so the writer hears of it.
      await writer.atomic(bell ? [storing(clock, notification), outbox.publishing(toMessage(notification))] : [])
      const sent = {
        id: notification.id,
        channels: [...(bell ? ['bell' as const] : []), ...(email ? ['email' as const] : [])],
      }
      if (!email) return sent
      try {
        await mail(notification)
      } catch (error) {
        log.warn({ err: error, userId: notification.userId }, 'a notification could not be mailed')
      }
      return sent
    },
    routes: notificationsHandlers(options),
  }
}
