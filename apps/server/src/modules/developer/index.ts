export { developerErrors } from './errors.ts'
export { type DeveloperOptions, openDeveloper } from './open-developer.ts'
export type { BundleMeta, DeployHosts, Developer, DeveloperProfile, PublishGate } from './types.ts'
