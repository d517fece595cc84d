/**
 * The guards and filters of a turn (sdk.md 9): pure functions that authors can try and the kernel calls, so that both speak
 * of the same rules.
 */
export {
  type ArgumentRefusal,
  type ConfirmationActions,
  type ConfirmationPolicy,
  checkArguments,
  checkGuards,
  type GuardFacts,
  type GuardName,
  type GuardVerdict,
  raisedIntent,
  type TargetAnswer,
  type TargetQuestion,
  type TurnIntent,
  wantsConfirmation,
} from './check-guards.ts'
export { checkIdShape, type FabricatedId } from './check-id-shape.ts'
export { checkPlaceholderArgs, type ProposedCall, placeholderPaths } from './check-placeholder-args.ts'
export { type BledCode, bledCode, checkWriteArgBleed, mentionsCode } from './check-write-arg-bleed.ts'
export { type ArgumentProblem, formatProblems, formatZodIssues, problemReasons } from './format-zod-issues.ts'
export { errorCodeOf, formatLedger, type LedgerEntry } from './ledger.ts'
export {
  checkNarration,
  EMIT_NARRATION_TOOL,
  NarrationEmission,
  NarrationVerdict,
  parseNarration,
  targetsNote,
} from './narration.ts'
export { normalizeMarkdown } from './normalize-markdown.ts'
export { enforceOsIdentity, type IdentityOptions } from './os-identity.ts'
export { filterOutput } from './output-filters.ts'
export {
  EMIT_REFUSAL_TOOL,
  HUB_DISPATCH_TOOL,
  HubDispatch,
  parseRefusal,
  RefusalEmission,
} from './refusal.ts'
export { enforceResponseStyle, type StyleOptions } from './response-style.ts'
export { trimToolResult } from './trim-tool-result.ts'
