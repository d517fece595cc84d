export { marketplaceErrors } from './errors.ts'
export { type MarketplaceOptions, openMarketplace } from './open-marketplace.ts'
export type { DeveloperPage, DeveloperPages, LifecyclePorts, Marketplace } from './types.ts'
export { type UserAppOptions, userAppRoutes } from './user-app-routes.ts'
