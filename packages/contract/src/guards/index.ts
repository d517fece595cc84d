/**
 * The guards and filters of a turn (sdk.md 9): pure functions that authors can try and the kernel calls, so that both speak
 * of the same rules.
 */
export { checkIdShape, type FabricatedId } from './check-id-shape.ts'
export { checkPlaceholderArgs, type ProposedCall, placeholderPaths } from './check-placeholder-args.ts'
export { checkWriteArgBleed, errorCodeIn, mentionsCode } from './check-write-arg-bleed.ts'
export { formatZodIssues } from './format-zod-issues.ts'
export { errorCodeOf, formatLedger, type LedgerEntry } from './ledger.ts'
export {
  checkNarration,
  EMIT_NARRATION_TOOL,
  NarrationEmission,
  NarrationVerdict,
  parseNarration,
  targetsNote,
} from './narration.ts'
export { enforceOsIdentity, enforceResponseStyle, filterOutput, normalizeMarkdown } from './output-filters.ts'
export {
  EMIT_REFUSAL_TOOL,
  HUB_DISPATCH_TOOL,
  HubDispatch,
  parseRefusal,
  RefusalEmission,
} from './refusal.ts'
export { trimToolResult } from './trim-tool-result.ts'
