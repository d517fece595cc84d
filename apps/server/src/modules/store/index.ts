import './tables.ts'

export { storeErrors } from './errors.ts'
export { forgetDocuments } from './forget-user.ts'
export { openStore } from './open-store.ts'
export type * from './types.ts'
