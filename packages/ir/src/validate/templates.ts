import type { JsonValue } from '@imperal/contract'
import { templatesOf, tokensIn } from '../derive/params-schema.ts'
import type { IrStep } from '../document.ts'
import { isObject } from '../json.ts'
import { byteLength, IR_LIMITS } from '../limits.ts'
import { hasToken, scanTemplate, type Token } from '../template/scan.ts'
import { ROOTS } from '../template/scope.ts'
import type { StepList, Validation } from './context.ts'
import { type Reach, reachOf } from './reach.ts'

/** Every string of a value with its dotted place; object keys are no templates (I6.1). */
export function* stringsIn(value: JsonValue | undefined, path: string): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [value, path]
  else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* stringsIn(entry, `${path}.${index}`)
  } else if (isObject(value))
    for (const [key, entry] of Object.entries(value)) yield* stringsIn(entry, `${path}.${key}`)
}

/** Tokens that cannot be read, filters that do not exist, texts that are too long (IR43, IR60). */
export function checkTemplates(
  value: JsonValue | undefined,
  at: { who: string; path: string },
  { issues }: Validation,
) {
  for (const [text, path] of stringsIn(value, at.path)) {
    if (byteLength(text) > IR_LIMITS.literalBytes)
      issues.error('IR60', `a text at ${path} exceeds the limit of ${IR_LIMITS.literalBytes}`, path)
    if (!hasToken(text)) continue
    for (const problem of scanTemplate(text).problems)
      issues.error(
        'IR43',
        problem.kind === 'filter'
          ? `filter '${problem.name.slice(0, 64)}' is not in the closed whitelist (count, default, format)`
          : `${at.who}: malformed template token at ${path}`,
        path,
      )
  }
}

/** Aliases of `$repeat` that would hide a root of templates. */
export function checkAliases(value: JsonValue | undefined, path: string, validation: Validation): void {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) checkAliases(entry, `${path}.${index}`, validation)
  } else if (isObject(value)) {
    if (Object.hasOwn(value, '$repeat') && typeof value.as === 'string' && ROOTS.has(value.as))
      validation.issues.error('IR43', `alias '${value.as}' is a reserved name`, `${path}.as`)
    for (const [key, entry] of Object.entries(value)) checkAliases(entry, `${path}.${key}`, validation)
  }
}

const pathOf = (token: Token): readonly string[] => (token.kind === 'literal' ? [] : token.path)

const outputOf = ({ output, action, params }: IrStep): string | null => {
  if (typeof output === 'string') return output
  const inner = action === 'ai.complete' && isObject(params) ? params.output : undefined
  return typeof inner === 'string' ? inner : null
}

/** Places of the steps that give a result of that name. */
const producers = (steps: readonly IrStep[], name: string): number[] =>
  steps.flatMap((step, index) => (step.id === name || outputOf(step) === name ? [index] : []))

interface Use {
  readonly token: Token
  /** Read after the step ran, so that it may name the step itself. */
  readonly afterwards: boolean
  readonly reach: Reach
}

function checkReference(list: StepList, index: number, { token, afterwards, reach }: Use, v: Validation) {
  const [root, name] = pathOf(token)
  const step = list.steps[index]
  const path = `${list.path}.${index}`
  if (step === undefined) return
  if (root === 'prev' && index === 0 && !reach.isTarget(0))
    v.issues.warn('IR42', `step '${step.id}': nothing ran before it, so 'prev' is empty`, path)
  if (root !== 'steps' || name === undefined) return
  const found = producers(list.steps, name)
  if (found.length === 0) v.issues.error('IR43', `unknown step '${name}' in '{{${pathOf(token).join('.')}}}'`, path)
  else if (!found.some((producer) => (afterwards && producer === index) || reach.follows(index, producer)))
    v.issues.warn('IR42', `step '${step.id}': step '${name}' cannot have run before it`, path)
}

/** `result`, `summary` and `ui` of a step may name the step itself: they are resolved after it ran. */
const afterwards = (step: IrStep): JsonValue[] =>
  [step.result, step.summary, step.ui].filter((part) => part !== undefined)

/** All templates of a list of steps and what they refer to. */
export function checkStepTemplates(list: StepList, validation: Validation): void {
  const reach = reachOf(list.steps)
  for (const [index, step] of list.steps.entries()) {
    const path = `${list.path}.${index}`
    const who = `step '${step.id}'`
    const parts = { params: step.params, if: step.if, result: step.result, summary: step.summary, ui: step.ui }
    for (const [key, part] of Object.entries(parts)) checkTemplates(part, { who, path: `${path}.${key}` }, validation)
    checkAliases(step.ui, `${path}.ui`, validation)
    const shaping = new Set(afterwards(step))
    for (const part of templatesOf(step))
      for (const token of tokensIn(part)) {
        if (shaping.has(part) && pathOf(token)[0] === 'prev') continue
        checkReference(list, index, { token, afterwards: shaping.has(part), reach }, validation)
      }
    if (index > 0 && !reach.follows(index, 0))
      validation.issues.warn('IR42', `step '${step.id}' is never reached`, path)
  }
}
