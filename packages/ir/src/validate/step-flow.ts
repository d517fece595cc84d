import type { JsonValue } from '@imperal/contract'
import { COMPARATORS, type IrStep } from '../document.ts'
import { isObject, shown } from '../json.ts'
import { hasToken } from '../template/scan.ts'
import { STEP_ID } from '../verbs.ts'
import type { StepList, Validation } from './context.ts'

const BRANCH_ONLY = ['if', 'then', 'else'] as const
const NEVER_ON_BRANCH = ['next', 'output', 'result', 'summary', 'ui'] as const

function checkId(list: StepList, index: number, seen: Set<string>, { issues }: Validation): void {
  const id = list.steps[index]?.id ?? ''
  const path = `${list.path}.${index}.id`
  if (id === '') {
    issues.error('IR41', "step missing required 'id'", path)
    return
  }
  if (!STEP_ID.test(id)) issues.error('IR41', `step id '${id}' is not valid`, path)
  if (seen.has(id)) issues.error('IR41', `duplicate step id '${id}'`, path)
  seen.add(id)
}

function checkCondition(step: IrStep, path: string, { issues }: Validation): void {
  const condition = step.if
  const comparators = isObject(condition) ? COMPARATORS.filter((name) => condition[name] !== undefined) : []
  if (!isObject(condition) || condition.field === undefined || comparators.length !== 1)
    issues.error(
      'IR40',
      `step '${step.id}': 'if' needs 'field' and exactly one of eq, neq, gt, lt, in, exists`,
      `${path}.if`,
    )
}

function checkTarget(
  list: StepList,
  index: number,
  jump: { readonly key: 'then' | 'else' | 'next'; readonly target: JsonValue | undefined },
  { issues }: Validation,
): void {
  const { key, target } = jump
  const id = list.steps[index]?.id ?? ''
  const path = `${list.path}.${index}.${key}`
  if (target === null || target === undefined) return
  if (typeof target === 'string' && hasToken(target)) {
    issues.error('IR45', `step '${id}': '${key}' must be a literal`, path)
    return
  }
  const place = list.steps.findIndex((step) => step.id === target)
  const what = key === 'next' ? 'step' : 'conditional step'
  if (place < 0) issues.error('IR44', `${what} '${id}' targets unknown step id '${shown(target)}'`, path)
  else if (place <= index) issues.warn('IR44', `step '${id}' jumps backward`, path)
}

function checkKeys(step: IrStep, path: string, { issues }: Validation): void {
  const isBranch = step.action === 'conditional'
  for (const key of isBranch ? NEVER_ON_BRANCH : BRANCH_ONLY)
    if (step[key] !== undefined) issues.warn('IR42', `step '${step.id}': key '${key}' is ignored`, `${path}.${key}`)
  if (typeof step.output === 'string' && hasToken(step.output))
    issues.error('IR45', `step '${step.id}': 'output' must be a literal`, `${path}.output`)
}

/** Ids, branches and jumps (IR40 to IR42, IR44, IR45). */
export function checkStepFlow(list: StepList, validation: Validation): void {
  const { issues } = validation
  const seen = new Set<string>()
  for (const [index, step] of list.steps.entries()) {
    const path = `${list.path}.${index}`
    checkId(list, index, seen, validation)
    checkKeys(step, path, validation)
    if (step.action === 'conditional') {
      checkCondition(step, path, validation)
      if (step.then === undefined)
        issues.error('STEP', `${list.name}[${index}]: missing required property 'then'`, path)
      checkTarget(list, index, { key: 'then', target: step.then }, validation)
      checkTarget(list, index, { key: 'else', target: step.else }, validation)
    } else checkTarget(list, index, { key: 'next', target: step.next }, validation)
  }
}
