import './tables.ts'

export { openSecrets, type SecretsOptions } from './open-secrets.ts'
export type * from './types.ts'
