import { type JsonValue, nestsDeeperThan } from '@imperal/contract'
import { ActionTypes, type ExposedType, unknownMethods } from '../derive/action-type.ts'
import { completeDocument } from '../derive/complete.ts'
import { toManifest } from '../derive/to-manifest.ts'
import type { IrDocument } from '../document.ts'
import { readDocument } from '../form/read-document.ts'
import { placed, writtenPlace } from '../form/written-place.ts'
import { type IrIssue, issueOf } from '../issues.ts'
import { byteLength, IR_LIMITS } from '../limits.ts'
import { checkCalls } from './calls.ts'
import { checkCounts } from './counts.ts'
import { checkData } from './data.ts'
import { checkFunctions } from './functions.ts'
import { checkOpenSlots } from './open-slots.ts'
import { checkPanels } from './panels.ts'
import { deepPlace, largePlace, protoPlaces } from './raw-places.ts'
import { checkRoot } from './root.ts'
import { checkSections } from './sections.ts'

export interface ValidateOptions {
  /** The app that a deploy names; the document has to name the same (IR21). */
  readonly deployTarget?: string | undefined
  /** What other apps expose, as far as it is known. */
  readonly exposed?: ExposedType | undefined
}

export interface Validated {
  /** No `ERROR` among the issues. */
  readonly valid: boolean
  readonly issues: readonly IrIssue[]
  /** The completed normal form; null when the document is not valid. */
  readonly document: IrDocument | null
  readonly form: 'flat' | 'envelope'
}

const oneIssue = (message: string, path: string): Validated => ({
  valid: false,
  issues: [issueOf('IR60', 'ERROR', message, path)],
  document: null,
  form: 'envelope',
})

/** Sizes first: what is too large or too deep is not looked at any further. */
function tooLarge(raw: JsonValue): Validated | null {
  const { depth, documentBytes } = IR_LIMITS
  if (nestsDeeperThan(raw, depth)) return oneIssue(`nesting depth exceeds the limit of ${depth}`, deepPlace(raw, depth))
  const size = byteLength(JSON.stringify(raw) ?? '')
  return size > documentBytes
    ? oneIssue(`document size exceeds the limit of ${documentBytes}`, largePlace(raw, documentBytes / 2))
    : null
}

/**
 * Checks a document and reports every problem with place and fix (ir 10). Pure, never throws. A valid document comes
 * back in completed normal form.
 */
export function validateDocument(raw: JsonValue, options: ValidateOptions = {}): Validated {
  const large = tooLarge(raw)
  if (large !== null) return large
  const { document, form, issues } = readDocument(raw)
  // A name of the language itself, which JSON may well hold, and which no document has (ir 17.1).
  for (const path of protoPlaces(raw)) issues.error('IR1', `${path}: Extra inputs are not permitted`, path)
  if (document === null) return { valid: false, issues: placed(raw, issues), document: null, form }
  const exposed = options.exposed ?? unknownMethods
  const validation = { document, issues, types: new ActionTypes(document, exposed) }
  if (!checkCounts(validation)) return { valid: false, issues: placed(raw, issues), document: null, form }
  checkRoot(validation, options.deployTarget)
  checkData(validation)
  checkFunctions(validation)
  checkCalls(validation)
  checkPanels(validation)
  checkSections(validation)
  checkOpenSlots(validation)
  const valid = !issues.all.some((issue) => issue.level === 'ERROR')
  if (!valid) return { valid, issues: placed(raw, issues), document: null, form }
  const completed = completeDocument(document, exposed)
  if (byteLength(JSON.stringify(toManifest(completed))) > IR_LIMITS.manifestBytes)
    return oneIssue(
      `derived manifest exceeds the limit of ${IR_LIMITS.manifestBytes}`,
      writtenPlace(raw, 'app.functions'),
    )
  return { valid, issues: placed(raw, issues), document: completed, form }
}
