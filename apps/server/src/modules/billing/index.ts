import './tables.ts'

export type { FreePlan } from './free-plan.ts'
export { type BillingOptions, openBilling } from './open-billing.ts'
export type * from './types.ts'
