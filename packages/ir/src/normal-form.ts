import { IR_VERSION, type IrDocument } from './document.ts'
import { isObject } from './json.ts'
import { FORMATS, type Formats, MigrationError, migrateNormalForm } from './migrate.ts'

/** A stored document in a format that this platform does not run (I13.8). */
export class StaleDocument extends Error {}

const stale = (): StaleDocument => new StaleDocument('the stored document has a format that is no longer run')

/**
 * Reads a completed document back from the text in which a deploy stored it, in the format of today (I14.4). It was valid
 * then; only its format may have gone out of use since. @throws StaleDocument
 */
export function parseNormalForm(text: string, formats: Formats = FORMATS): IrDocument {
  const stored: unknown = JSON.parse(text)
  if (!isObject(stored) || typeof stored.ir_version !== 'string') throw stale()
  try {
    const current = stored.ir_version === IR_VERSION ? stored : migrateNormalForm(stored, formats)
    if (!isObject(current.app)) throw stale()
    return current as unknown as IrDocument // written by a deploy, which validated it
  } catch (error) {
    throw error instanceof MigrationError ? stale() : error
  }
}
