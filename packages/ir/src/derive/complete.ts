import type { IrDocument, IrFunction } from '../document.ts'
import { isObject } from '../json.ts'
import { ActionTypes, type ExposedType, unknownMethods } from './action-type.ts'
import { derivedCapabilities } from './capabilities.ts'
import { derivedEffects } from './effects.ts'

const PADDED = /^\d+(?:\.\d+)?$/

/** A semantic version; shorter numeric labels get zeros (IR24). */
export const paddedVersion = (version: string): string =>
  PADDED.test(version) ? [...version.split('.'), '0', '0'].slice(0, 3).join('.') : version

const prefixed = (appId: string, event: string): string =>
  event === '' || event.startsWith(`${appId}.`) ? event : `${appId}.${event}`

/** Types of the events that a document lists. */
export function listedEvents({ app }: IrDocument): string[] {
  const emits = app.events?.emits
  if (!Array.isArray(emits)) return []
  return emits.flatMap((entry) => (isObject(entry) && typeof entry.type === 'string' ? [entry.type] : []))
}

/** The document with everything that is derived filled in: types, effects, capabilities, prefixes of events (ir 9). */
export function completeDocument(document: IrDocument, exposed: ExposedType = unknownMethods): IrDocument {
  const types = new ActionTypes(document, exposed)
  const complete = (fn: IrFunction): IrFunction => ({
    ...fn,
    action_type: types.effective(fn),
    effects: fn.effects ?? derivedEffects(fn),
    event: prefixed(document.app.id, fn.event),
  })
  const { app } = document
  return {
    ...document,
    app: {
      ...app,
      capabilities: app.capabilities ?? derivedCapabilities(document, exposed),
      functions: app.functions.map(complete),
    },
  }
}
