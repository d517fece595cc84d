import type { MountedRoute } from '../../foundation/http/index.ts'
import { fileRoutes } from './file-routes.ts'
import { mailRoutes } from './mail-routes.ts'
import { stateRoutes } from './state-routes.ts'
import { storeRoutes } from './store-routes.ts'
import { talkRoutes } from './talk-routes.ts'
import type { ServiceParts } from './types.ts'

/** Everything that services of the platform may ask for in the name of users. */
export const openServiceRoutes = (parts: ServiceParts): { readonly routes: readonly MountedRoute[] } => ({
  routes: [
    ...storeRoutes(parts),
    ...fileRoutes(parts),
    ...stateRoutes(parts),
    ...talkRoutes(parts),
    ...mailRoutes(parts),
  ],
})
