import './tables.ts'

export { openAudit } from './open-audit.ts'
export type * from './types.ts'
