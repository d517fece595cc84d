import './tables.ts'

export { CONTENTS, readContents, writeContents } from './backup-contents.ts'
export { storageErrors } from './errors.ts'
export { forgetFiles } from './forget-user.ts'
export { openStorage, type StorageOptions } from './open-storage.ts'
export type * from './types.ts'
