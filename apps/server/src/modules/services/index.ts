export { openServiceRoutes } from './open-service-routes.ts'
export type { ServiceParts } from './types.ts'
