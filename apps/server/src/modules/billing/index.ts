import './tables.ts'

export { type CallEnding, type Charging, costOf, type Reservation } from './charge-calls.ts'
export { type BillingOptions, type BillingSettings, openBilling } from './open-billing.ts'
export type { BillingPorts, Owner } from './parts.ts'
export type { Plan } from './plans/types.ts'
export type { CallModel, CallPrice, CallToPrice, ModelTier, Terms } from './pricing/types.ts'
export { MAX_PRICE } from './pricing/types.ts'
export type * from './types.ts'
