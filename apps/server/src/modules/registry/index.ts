export {
  accessDenial,
  appAccess,
  functionDenial,
  requiredScopesOf,
  scopesInApp,
  scopesLacking,
} from './app-access.ts'
export { type FoundAppKey, findAppKey } from './app-keys.ts'
export { canonicalJson } from './canonical-json.ts'
export { cleanSvg } from './clean-svg.ts'
export { compareVersions } from './compare-versions.ts'
export { countInstalls, installedIds } from './count-installs.ts'
export { registryErrors } from './errors.ts'
export { forgetInstalls } from './forget-user.ts'
export { installFirstParty } from './install-first-party.ts'
export { openRegistry, type RegistryOptions } from './open-registry.ts'
export { artefactHash } from './publish-version.ts'
export { skeletonSections, toRegistryTools } from './registry-tools.ts'
export { readSectionRules, type StoredRule } from './section-rules.ts'
export * from './types.ts'
