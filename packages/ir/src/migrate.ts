import type { JsonObject, JsonValue } from '@imperal/contract'
import { IR_VERSION } from './document.ts'
import { isObject, shown } from './json.ts'

/** How documents of one format become documents of the next. Both functions get a copy, and answer the later format. */
export interface FormatStep {
  readonly from: string
  readonly to: string
  /** A document as its author wrote it, in the envelope form. */
  readonly document: (source: JsonObject) => JsonObject
  /** The completed normal form, as a deploy of the earlier format stored it. */
  readonly normalForm: (stored: JsonObject) => JsonObject
}

/** The steps between formats, in any order; at most one leads away from each. */
export type Formats = readonly FormatStep[]

/** A later format adds a row here; stored sources are never rewritten (I14.4). */
export const FORMATS: Formats = []

export class MigrationError extends Error {}

export interface Migrated {
  readonly document: JsonObject
  /** Steps that were taken, such as `1.0->1.1`; null when none was needed. */
  readonly applied: readonly string[] | null
}

interface Walk {
  readonly from: string
  readonly to: string
  readonly formats: Formats
  readonly kind: 'document' | 'normalForm'
}

function walk(document: JsonObject, { from, to, formats, kind }: Walk): Migrated {
  let migrated = document
  let at = from
  const applied: string[] = []
  while (at !== to) {
    const step = formats.find((one) => one.from === at)
    // A step that leads back would lead round for ever.
    if (step === undefined || applied.length > formats.length)
      throw new MigrationError(`No migrator for ir_version '${from}'`)
    migrated = { ...step[kind](structuredClone(migrated)), ir_version: step.to }
    applied.push(`${at}->${step.to}`)
    at = step.to
  }
  return { document: migrated, applied: applied.length === 0 ? null : applied }
}

/** Brings a document to a format, step by step; the input is left alone (I14.1). @throws MigrationError */
export function migrateDocument(document: JsonObject, to: string = IR_VERSION, formats: Formats = FORMATS): Migrated {
  if (to !== IR_VERSION && !formats.some((step) => step.to === to))
    throw new MigrationError(`Unknown target ir_version '${to}' (current ${IR_VERSION})`)
  const declared = document.ir_version
  const from = declared === undefined || declared === '1' ? IR_VERSION : shown(declared)
  return walk(document, { from, to, formats, kind: 'document' })
}

/**
 * A document as it is checked today: an envelope of an earlier format in the current one. What cannot be brought there
 * stays as it is, so that validation reports its format with everything else that is wrong.
 */
export function inCurrentFormat(raw: JsonValue, formats: Formats = FORMATS) {
  if (!isObject(raw) || raw.app === undefined) return { document: raw, applied: null }
  try {
    return migrateDocument(raw, IR_VERSION, formats)
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return { document: raw, applied: null }
  }
}

/** A stored normal form in the current format. @throws MigrationError */
export const migrateNormalForm = (stored: JsonObject, formats: Formats = FORMATS): JsonObject =>
  walk(stored, { from: shown(stored.ir_version), to: IR_VERSION, formats, kind: 'normalForm' }).document
