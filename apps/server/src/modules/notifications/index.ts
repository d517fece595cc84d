import './tables.ts'

export { type NotificationsOptions, openNotifications } from './open-notifications.ts'
export type * from './types.ts'
