import './tables.ts'

export { forgetSecrets } from './forget-user.ts'
export { type KeyRotation, openKeyRotation } from './key-rotation.ts'
export { openSecrets, type SecretsOptions } from './open-secrets.ts'
export type * from './types.ts'
