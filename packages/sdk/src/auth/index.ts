export type { UserContext } from '../values/identity.ts'
export { ImperalAuth, type ImperalAuthOptions } from './imperal-auth.ts'
export { type AuthorizedHandler, requireAuth, requireScope } from './require.ts'
