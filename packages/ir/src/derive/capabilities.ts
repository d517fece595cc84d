import type { IrActionType, IrDocument, IrStep } from '../document.ts'
import { isObject } from '../json.ts'
import { ActionTypes, callTarget, type ExposedType, unknownMethods } from './action-type.ts'

/** What a step needs: the capability that messages name, and every spelling that grants it (I9.4). */
export interface Need {
  readonly name: string
  readonly accepted: readonly string[]
}

const STORE_READ: Need = { name: 'store:read', accepted: ['store:read', 'store:write', 'store'] }
const STORE_WRITE: Need = { name: 'store:write', accepted: ['store:write', 'store'] }
const COMPLETE: Need = { name: 'ai:complete', accepted: ['ai:complete'] }
const NOTIFY: Need = { name: 'notify:push', accepted: ['notify:push'] }

export function needOf(step: IrStep, document: IrDocument, types: ActionTypes): Need | null {
  const { action, params } = step
  if (action === 'store.get' || action === 'store.list') return STORE_READ
  if (action.startsWith('store.')) return STORE_WRITE
  if (action === 'ai.complete') return COMPLETE
  if (action === 'send') return isObject(params) && params.channel === 'notification' ? NOTIFY : null
  const target = callTarget(step, document.app.id)
  if (target === null || target.appId === document.app.id) return null
  const type: IrActionType = types.ofStep(step)
  const name = `${target.appId}:${type}`
  return { name, accepted: [name, `extensions:${type}`] }
}

/** The fewest capabilities that a document needs, for flat ones that declare none. */
export function derivedCapabilities(document: IrDocument, exposed: ExposedType = unknownMethods): string[] {
  const types = new ActionTypes(document, exposed)
  const steps = document.app.functions.flatMap((fn) => fn.steps)
  const names = new Set(steps.flatMap((step) => needOf(step, document, types)?.name ?? []))
  if (names.has('store:write')) names.delete('store:read')
  return [...names]
}
