import './tables.ts'

export { forgetNotifications } from './forget-user.ts'
export { notificationMails } from './notification-mails.ts'
export { type NotificationsOptions, openNotifications } from './open-notifications.ts'
export type * from './types.ts'
