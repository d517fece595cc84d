export type { IdentityPolicy } from './context.ts'
export { identityErrors } from './errors.ts'
export { type IdentityOptions, openIdentity } from './open-identity.ts'
export type * from './types.ts'
