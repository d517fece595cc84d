import { needOf } from '../derive/capabilities.ts'
import { listedEvents } from '../derive/complete.ts'
import { fullSchema } from '../derive/params-schema.ts'
import { type IrFunction, strengthOf } from '../document.ts'
import { isObject } from '../json.ts'
import { IR_LIMITS } from '../limits.ts'
import { FUNCTION_NAME, isReservedFunction } from '../verbs.ts'
import type { StepList, Validation } from './context.ts'
import { checkStepArgs } from './step-args.ts'
import { checkStepFlow } from './step-flow.ts'
import { checkStepTemplates } from './templates.ts'
import { checkTree } from './trees.ts'

/** All checks of one list of steps. */
export function checkSteps(list: StepList, validation: Validation): void {
  checkStepFlow(list, validation)
  checkStepArgs(list, validation)
  checkStepTemplates(list, validation)
  for (const [index, { id, ui }] of list.steps.entries()) {
    const path = `${list.path}.${index}.ui`
    if (ui !== undefined) checkTree(ui, { who: `step '${id}'`, path, validation }, path)
  }
}

export function checkUnique(what: string, names: readonly string[], path: string, { issues }: Validation): void {
  const seen = new Set<string>()
  for (const [index, name] of names.entries()) {
    if (name !== '' && seen.has(name)) issues.error('IR30', `duplicate ${what} '${name}'`, `${path}.${index}`)
    seen.add(name)
  }
}

function checkType(fn: IrFunction, path: string, { types, issues }: Validation): void {
  if (fn.action_type === null) return
  const derived = types.derived(fn)
  if (strengthOf(fn.action_type) < strengthOf(derived))
    issues.error(
      'IR33',
      `function '${fn.name}' is declared ${fn.action_type} but its steps make it ${derived}`,
      `${path}.action_type`,
    )
}

function checkCapabilities(
  fn: IrFunction,
  path: string,
  declared: ReadonlySet<string>,
  { document, types, issues }: Validation,
): void {
  const missing = new Map<string, string>()
  for (const step of fn.steps) {
    const need = needOf(step, document, types)
    if (need !== null && !need.accepted.some((name) => declared.has(name))) missing.set(need.name, step.action)
  }
  for (const [capability, verb] of missing)
    issues.error('IR50', `function '${fn.name}' uses ${verb} but capability '${capability}' is not declared`, path)
}

function checkParams(fn: IrFunction, path: string, { issues }: Validation): void {
  const properties = fullSchema(fn).properties
  const found = isObject(properties) ? Object.keys(properties).length : 0
  if (found > IR_LIMITS.paramsPerFunction)
    issues.error('IR60', `params of '${fn.name}' exceeds the limit of ${IR_LIMITS.paramsPerFunction}`, path)
}

/** What all functions are compared with. */
interface Declared {
  /** Null: the document declares none. */
  readonly capabilities: ReadonlySet<string> | null
  readonly events: ReadonlySet<string>
}

function checkFunction(fn: IrFunction, index: number, declared: Declared, validation: Validation): void {
  const { issues, document } = validation
  const path = `app.functions.${index}`
  if (fn.name !== '' && (!FUNCTION_NAME.test(fn.name) || isReservedFunction(fn.name)))
    issues.error('IR31', `function name '${fn.name}' must be an identifier and not reserved`, `${path}.name`)
  if (fn.steps.length === 0) issues.warn('IR35', `function '${fn.name}' has no steps`, path)
  checkSteps({ name: fn.name, path: `${path}.impl.declarative.steps`, steps: fn.steps }, validation)
  checkType(fn, path, validation)
  if (declared.capabilities !== null) checkCapabilities(fn, path, declared.capabilities, validation)
  checkParams(fn, path, validation)
  const isListed = declared.events.has(fn.event) || declared.events.has(`${document.app.id}.${fn.event}`)
  if (fn.event !== '' && !isListed)
    issues.warn('IR38', `event '${fn.event}' is not in events.emits; added`, `${path}.event`)
}

/** Every function and its steps. */
export function checkFunctions(validation: Validation): void {
  const { functions, capabilities } = validation.document.app
  const declared: Declared = {
    capabilities: capabilities === null ? null : new Set(capabilities),
    events: new Set(listedEvents(validation.document)),
  }
  checkUnique(
    'function',
    functions.map((fn) => fn.name),
    'app.functions',
    validation,
  )
  for (const [index, fn] of functions.entries()) checkFunction(fn, index, declared, validation)
}
