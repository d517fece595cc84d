import './tables.ts'

export { openStorage, type StorageOptions } from './open-storage.ts'
export type * from './types.ts'
