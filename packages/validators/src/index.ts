export { type AnyRule, defineRule, type Needs, type Rule } from './define-rule.ts'
export { type IconDefect, iconDefects } from './files/icon-defects.ts'
export type { Issue, Level } from './issue.ts'
export { createReport, formatReport, issueLines, reportToJson, type ValidationReport } from './report.ts'
export { ALL_RULES } from './rules/index.ts'
export { parseManifestText } from './rules/m0-json.ts'
export { MIN_MANIFEST_SDK_VERSION } from './rules/sdk-version-1.ts'
export type { LoadedExtension } from './subject.ts'
export {
  MANIFEST_FILE,
  validateExtension,
  validateManifest,
  validateManifestFeatures,
  validateSourceTree,
  validateUpload,
} from './validate.ts'
