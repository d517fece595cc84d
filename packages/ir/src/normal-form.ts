import { IR_VERSION, type IrDocument } from './document.ts'
import { isObject } from './json.ts'

/** A stored document in a format that this platform does not run (I13.8). */
export class StaleDocument extends Error {}

/**
 * Reads a completed document back from the text in which a deploy stored it. It was valid then; only its format may have
 * gone out of use since. @throws StaleDocument
 */
export function parseNormalForm(text: string): IrDocument {
  const stored: unknown = JSON.parse(text)
  if (!isObject(stored) || stored.ir_version !== IR_VERSION || !isObject(stored.app))
    throw new StaleDocument('the stored document has a format that is no longer run')
  return stored as unknown as IrDocument // written by a deploy, which validated it
}
