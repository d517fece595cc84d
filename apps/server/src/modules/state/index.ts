import './tables.ts'

export { forgetState } from './forget-user.ts'
export { openState } from './open-state.ts'
export type * from './types.ts'
