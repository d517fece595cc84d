import './tables.ts'

export type { CallEnding, Charging, Reservation } from './charge-calls.ts'
export { type BillingOptions, openBilling } from './open-billing.ts'
export type { CallModel, CallPrice, CallToPrice, ModelTier, Terms } from './pricing/types.ts'
export { MAX_PRICE } from './pricing/types.ts'
export type * from './types.ts'
