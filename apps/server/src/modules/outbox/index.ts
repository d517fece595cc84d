import './tables.ts'

export { type OutboxOptions, openOutbox } from './open-outbox.ts'
export type { Retention } from './trim-messages.ts'
export type * from './types.ts'
