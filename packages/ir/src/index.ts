export { ActionTypes, callTarget, type ExposedType } from './derive/action-type.ts'
export { paddedVersion } from './derive/complete.ts'
export { namedApps } from './derive/named-apps.ts'
export {
  automationsOf,
  type DeclaredAutomation,
  hookOf,
  LIFECYCLE_HOOKS,
  subscriptionsOf,
} from './derive/open-slots.ts'
export { fullSchema } from './derive/params-schema.ts'
export { isInlineSvg, toManifest } from './derive/to-manifest.ts'
export type { IrActionType, IrDocument, IrFunction, IrPanel, IrSection, IrStep, Verb } from './document.ts'
export { IR_VERSION, VERBS } from './document.ts'
export {
  createIrExtension,
  newRunState,
  type RunOptions,
  type RunProgress,
  type RunReport,
  wallTimeOf,
} from './extension.ts'
export { readDocument } from './form/read-document.ts'
export type { IrIssue } from './issues.ts'
export { canonicalJson } from './json.ts'
export {
  byteLength,
  changeLimits,
  DEFAULT_LIMITS,
  IR_LIMITS,
  type IrLimits,
  LIMIT_SETTINGS,
  readLimits,
} from './limits.ts'
export {
  FORMATS,
  type FormatStep,
  type Formats,
  inCurrentFormat,
  MigrationError,
  migrateDocument,
} from './migrate.ts'
export { parseNormalForm, StaleDocument } from './normal-form.ts'
export { resolveTree } from './panel/resolve-tree.ts'
export { fitParams } from './run/check-params.ts'
export { holds } from './run/condition.ts'
export { RunError } from './run/run-error.ts'
export { documentSchema } from './schema.ts'
export { MemoryPlatform } from './smoke/memory-platform.ts'
export { type SmokeAnswer, type SmokeRequest, smokeRun } from './smoke/smoke-run.ts'
export { resolveText, resolveValue, type Show } from './template/resolve.ts'
export { scanTemplate } from './template/scan.ts'
export { ABSENT, newWorkBudget, type Scope } from './template/scope.ts'
export { breakingChanges } from './validate/breaking.ts'
export { type Validated, type ValidateOptions, validateDocument } from './validate/validate.ts'
