import type { JsonObject } from '@imperal/contract'
import { IR_VERSION } from './document.ts'
import { shown } from './json.ts'

type Migrator = { readonly to: string; readonly migrate: (document: JsonObject) => JsonObject }

/** By source format. A later format adds a row here; stored sources are never rewritten (I14.4). */
const MIGRATORS: ReadonlyMap<string, Migrator> = new Map()
const KNOWN: readonly string[] = [IR_VERSION]

export class MigrationError extends Error {}

export interface Migrated {
  readonly document: JsonObject
  /** Steps that were taken, such as `1.0->1.1`; null when none was needed. */
  readonly applied: readonly string[] | null
}

/** Brings a document to a format, step by step; the input is left alone (I14.1). @throws MigrationError */
export function migrateDocument(document: JsonObject, to: string = IR_VERSION): Migrated {
  if (!KNOWN.includes(to)) throw new MigrationError(`Unknown target ir_version '${to}' (current ${IR_VERSION})`)
  const declared = document.ir_version
  let from = declared === undefined || declared === '1' ? IR_VERSION : shown(declared)
  let migrated = document
  const applied: string[] = []
  while (from !== to) {
    const migrator = MIGRATORS.get(from)
    if (migrator === undefined) throw new MigrationError(`No migrator for ir_version '${from}'`)
    migrated = migrator.migrate(structuredClone(migrated))
    applied.push(`${from}->${migrator.to}`)
    from = migrator.to
  }
  return { document: migrated, applied: applied.length === 0 ? null : applied }
}
