import './tables.ts'

export { openState } from './open-state.ts'
export type * from './types.ts'
