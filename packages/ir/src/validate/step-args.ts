import type { JsonObject, JsonValue } from '@imperal/contract'
import { type IrStep, isVerb, VERBS } from '../document.ts'
import { isObject, isOfType, typeWord } from '../json.ts'
import { hasToken, scanTemplate } from '../template/scan.ts'
import { COLLECTION, VERB_ARGS } from '../verbs.ts'
import type { StepList, Validation } from './context.ts'

/** A token alone may become anything; with text around it, it is a text (ir 6.8). */
const isOpen = (value: JsonValue): boolean =>
  typeof value === 'string' && hasToken(value) && scanTemplate(value).whole !== null

const VALID = VERBS.map((verb) => `'${verb}'`).join(', ')

function checkWhere(where: JsonObject, id: string, at: { path: string; validation: Validation }): void {
  const isScalar = Object.values(where).every((value) => typeof value !== 'object' || value === null)
  if (!isScalar)
    at.validation.issues.error('IR47', `step '${id}': where supports equality with scalars only`, `${at.path}.where`)
}

function checkTarget(step: IrStep, params: JsonObject, path: string, { issues }: Validation): void {
  if (step.action !== 'store.update' && step.action !== 'store.delete') return
  const named = ['id', 'ids', 'where'].filter((name) => params[name] !== undefined)
  const isEmpty = isObject(params.where) && Object.keys(params.where).length === 0
  if (named.length !== 1 || isEmpty)
    issues.error('IR48', `step '${step.id}': exactly one of 'id', 'ids' or 'where' is required`, path)
}

function checkArgs(list: StepList, index: number, step: IrStep, validation: Validation): void {
  const { issues } = validation
  const path = `${list.path}.${index}.params`
  const place = `${list.name}[${index}]`
  const { params } = step
  if (!isVerb(step.action) || step.action === 'conditional') return
  if (!isObject(params)) {
    issues.error('STEP', `${place}: expected object, got ${typeWord(params)}`, path)
    return
  }
  for (const [name, spec] of Object.entries(VERB_ARGS[step.action])) {
    const value = params[name]
    if (value === undefined) {
      if (spec.required === true) issues.error('STEP', `${place}: missing required property '${name}'`, path)
    } else if (!isOfType(value, spec.type) && !isOpen(value))
      issues.error('STEP', `${place}: '${name}': expected ${spec.type}, got ${typeWord(value)}`, `${path}.${name}`)
    else if (spec.literal === true && typeof value === 'string' && hasToken(value))
      issues.error('IR45', `step '${step.id}': '${name}' must be a literal`, `${path}.${name}`)
  }
  if (step.action === 'store.update' && params.set === undefined && params.unset === undefined)
    issues.error('STEP', `${place}: missing required property 'set'`, path)
  checkTarget(step, params, path, validation)
  if (isObject(params.where)) checkWhere(params.where, step.id, { path, validation })
  const { collection } = params
  if (typeof collection === 'string' && !hasToken(collection) && !COLLECTION.test(collection))
    issues.error('IR46', `step '${step.id}': collection '${collection}' is not a valid name`, `${path}.collection`)
}

/** Verbs and their args (STEP, IR45 to IR48). */
export function checkStepArgs(list: StepList, validation: Validation): void {
  for (const [index, step] of list.steps.entries()) {
    const { action } = step
    const path = `${list.path}.${index}`
    if (action === '')
      validation.issues.error('STEP', `${list.name}[${index}]: missing required property 'action'`, path)
    else if (!isVerb(action))
      validation.issues.error('STEP', `${list.name}[${index}]: unknown op '${action}'; valid verbs: [${VALID}]`, path)
    checkArgs(list, index, step, validation)
  }
}
