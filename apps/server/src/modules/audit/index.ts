import './tables.ts'

export { type Acting, actOf } from './act-of.ts'
export { openAudit } from './open-audit.ts'
export type * from './types.ts'
