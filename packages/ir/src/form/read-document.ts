import type { JsonValue } from '@imperal/contract'
import type { IrDocument } from '../document.ts'
import { Issues } from '../issues.ts'
import { isObject } from '../json.ts'
import { ENVELOPE, FLAT } from './envelope.ts'
import { readEnvelope } from './read-envelope.ts'
import { readFlat } from './read-flat.ts'

export interface ReadDocument {
  /** Null: the root is no object, or mixes both forms. */
  readonly document: IrDocument | null
  readonly form: 'flat' | 'envelope'
  readonly issues: Issues
}

/** Decides the form, checks the structure and gives the normal form (ir 2). Never throws. */
export function readDocument(raw: JsonValue): ReadDocument {
  const issues = new Issues()
  if (!isObject(raw)) {
    issues.error('IR0', 'IR root must be an object')
    return { document: null, form: 'envelope', issues }
  }
  const isFlat = raw.app === undefined && raw.steps !== undefined
  const form = isFlat ? 'flat' : 'envelope'
  if (raw.app !== undefined && raw.steps !== undefined) {
    issues.error('IR20', 'document mixes flat and envelope form', 'steps')
    return { document: null, form, issues }
  }
  ;(isFlat ? FLAT : ENVELOPE)(raw, '', issues)
  return { document: isFlat ? readFlat(raw, issues) : readEnvelope(raw, issues), form, issues }
}
