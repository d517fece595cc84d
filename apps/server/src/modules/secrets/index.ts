import './tables.ts'

export { APP_SECRETS_USER, appScope, isKeeper, isOwnVariable } from './app-scope.ts'
export { declarationsOf } from './declarations.ts'
export { forgetSecrets } from './forget-user.ts'
export { type KeyRotation, openKeyRotation } from './key-rotation.ts'
export { openSecrets, type SecretsOptions } from './open-secrets.ts'
export type * from './types.ts'
