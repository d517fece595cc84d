import { type IrActionType, type IrDocument, type IrFunction, type IrStep, strongest } from '../document.ts'
import { isObject } from '../json.ts'

/** The action type of a method that another app exposes; undefined when it is not known at deploy. */
export type ExposedType = (appId: string, method: string) => IrActionType | undefined
export const unknownMethods: ExposedType = () => undefined

export interface CallTarget {
  readonly appId: string
  readonly function: string
}

/** Whom a `call` step names, or null for other steps and for names that are no texts. */
export function callTarget(step: IrStep, ownAppId: string): CallTarget | null {
  if (step.action !== 'call' || !isObject(step.params)) return null
  const { function: name, app_id: appId } = step.params
  if (typeof name !== 'string') return null
  return { appId: typeof appId === 'string' ? appId : ownAppId, function: name }
}

function typeOfVerb(step: IrStep): IrActionType {
  if (step.action === 'store.delete') return 'destructive'
  if (step.action === 'store.create' || step.action === 'store.update') return 'write'
  const notifies = step.action === 'send' && isObject(step.params) && step.params.channel === 'notification'
  return notifies ? 'write' : 'read'
}

/** Derives the lower bound of what functions do (I9.1). One instance per document. */
export class ActionTypes {
  readonly #document: IrDocument
  readonly #exposed: ExposedType
  readonly #known = new Map<string, IrActionType>()
  readonly #underWay = new Set<string>()

  constructor(document: IrDocument, exposed: ExposedType = unknownMethods) {
    this.#document = document
    this.#exposed = exposed
  }

  ofStep(step: IrStep): IrActionType {
    const target = callTarget(step, this.#document.app.id)
    if (target === null) return typeOfVerb(step)
    if (target.appId !== this.#document.app.id) return this.#exposed(target.appId, target.function) ?? 'write'
    const callee = this.#document.app.functions.find((fn) => fn.name === target.function)
    return callee === undefined ? 'read' : this.effective(callee)
  }

  /** What the steps make of a function, whatever it declares. A cycle is refused elsewhere and counts once here. */
  derived(fn: IrFunction): IrActionType {
    const known = this.#known.get(fn.name)
    if (known !== undefined) return known
    if (this.#underWay.has(fn.name)) return 'read'
    this.#underWay.add(fn.name)
    const type = strongest(fn.steps.map((step) => this.ofStep(step)))
    this.#underWay.delete(fn.name)
    this.#known.set(fn.name, type)
    return type
  }

  /** The declared type, never below the derived one. */
  effective(fn: IrFunction): IrActionType {
    return strongest([this.derived(fn), fn.action_type ?? 'read'])
  }
}
