import './tables.ts'

export { OUTBOX_INSTEAD, restoredPosition } from './backup-rules.ts'

export { eventMessage, type Happening } from './event-message.ts'
export { forgetMessages } from './forget-user.ts'
export { lagBehind } from './lag-behind.ts'
export { type OutboxOptions, openOutbox } from './open-outbox.ts'
export { expiryOf } from './open-stream.ts'
export { passOver } from './pass-over.ts'
export { wasSeenBy } from './position.ts'
export type { Retention } from './trim-messages.ts'
export type * from './types.ts'
