/** What authors import: all of a running extension, and the checks of the author's own machine. */
export { ImperalAuth, type ImperalAuthOptions } from './auth/index.ts'
export { DEFAULT_MODELS, getLlmProvider, getRoutingModel, isAirGapped, llmConfig } from './llm/index.ts'
export * from './runtime.ts'
export {
  type ValidationIssue,
  type ValidationReport,
  validateExtension,
  validateManifest,
  validateManifestFeatures,
  validateSourceTree,
} from './validate/index.ts'
