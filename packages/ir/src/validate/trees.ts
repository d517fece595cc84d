import type { JsonObject, JsonValue } from '@imperal/contract'
import { findComponent } from '@imperal/contract/ui'
import { COMPARATORS } from '../document.ts'
import { isObject, shown } from '../json.ts'
import { hasToken } from '../template/scan.ts'
import { CHILD_LISTS, childListProblems } from './child-lists.ts'
import type { Validation } from './context.ts'

/** A tree that somebody sees: of a panel, or what a step gives as `ui`. */
export interface TreePlace {
  /** How messages begin: `panel 'shelf'` or `step 'add'`. */
  readonly who: string
  readonly path: string
  readonly validation: Validation
}

export const say = ({ who }: Pick<TreePlace, 'who'>, message: string): string => `${who}: ${message}`

type Found = NonNullable<ReturnType<typeof findComponent>>

function checkFunctionName(name: JsonValue | undefined, place: TreePlace, path: string): void {
  const { issues, document } = place.validation
  if (typeof name !== 'string') return
  if (hasToken(name)) {
    issues.error('IR45', say(place, "'function' must be a literal"), path)
    return
  }
  const { app } = document
  const isPanel = app.panels.some((panel) => `__panel__${panel.panel_id}` === name)
  if (!isPanel && !app.functions.some((fn) => fn.name === name))
    issues.error('IR55', say(place, `action calls unknown function '${name}'`), path)
}

const isDirective = (value: JsonObject): boolean => Object.hasOwn(value, '$if') || Object.hasOwn(value, '$repeat')
/** What stands in a place whatever `$if` and `$repeat` are around it. */
function bare(value: JsonValue | undefined): JsonValue | undefined {
  let found = value
  while (isObject(found) && isDirective(found)) found = found.node
  return found
}
const isToken = (value: JsonValue | undefined): boolean => typeof value === 'string' && hasToken(value)

/** Which node and which action stands somewhere is what documents say, not what a value is (ir 17.1). */
function checkLiterals(found: Found, props: JsonObject, place: TreePlace, path: string): void {
  for (const [name, prop] of Object.entries(found.spec.props)) {
    const isStructure = prop.kind.type === 'Action' || prop.kind.type === 'Child' || prop.kind.type === 'Children'
    if (!isStructure) continue
    for (const key of [name, ...prop.aliases])
      if (isToken(bare(props[key])))
        place.validation.issues.error('IR45', say(place, `'${key}' must be a literal`), `${path}.props.${key}`)
  }
}

const CHOICES: readonly (readonly [string, string])[] = [['Input', 'type']]

function checkChoices(found: Found, props: JsonObject, place: TreePlace, path: string): void {
  for (const [name, prop] of CHOICES) {
    const value = props[prop]
    if (found.type !== name || typeof value !== 'string' || hasToken(value)) continue
    if (found.spec.props[prop]?.schema.safeParse(value).success === false)
      place.validation.issues.error('IR55', say(place, `'${value}' is no ${prop} of ${name}`), `${path}.props.${prop}`)
  }
}

/** What only some components have: the function of a form, foreign HTML, lists with a shape. */
function checkOwn({ type }: Found, props: JsonObject, place: TreePlace, path: string): void {
  const { issues } = place.validation
  if (type === 'Form' && props.action !== undefined) checkFunctionName(props.action, place, `${path}.props.action`)
  const isLiteral = typeof props.content === 'string' && !hasToken(props.content)
  if (type === 'Html' && props.content !== undefined && !isLiteral)
    issues.error('IR55', say(place, 'Html.content must be a literal'), `${path}.props.content`)
  for (const [prop, kind] of Object.entries(CHILD_LISTS[type] ?? {})) {
    const value = props[prop]
    if (value === undefined) continue
    for (const problem of childListProblems(kind, value))
      issues.error('IR58', say(place, problem), `${path}.props.${prop}`)
  }
}

function checkNode(node: JsonObject, place: TreePlace, path: string): void {
  const { issues } = place.validation
  const type = shown(node.type)
  if (hasToken(type)) issues.error('IR45', say(place, "'type' must be a literal"), `${path}.type`)
  if (isToken(bare(node.props))) issues.error('IR45', say(place, "'props' must be a literal"), `${path}.props`)
  const found = findComponent(type)
  if (found === undefined) {
    issues.warn('IR54', say(place, `unknown component '${type}'`), path)
    return
  }
  const props = isObject(node.props) ? node.props : {}
  checkChoices(found, props, place, path)
  checkLiterals(found, props, place, path)
  checkOwn(found, props, place, path)
}

function checkCondition(condition: JsonValue, place: TreePlace, path: string): void {
  const comparators = isObject(condition) ? COMPARATORS.filter((name) => condition[name] !== undefined) : []
  if (!isObject(condition) || condition.field === undefined || comparators.length !== 1)
    place.validation.issues.error(
      'IR40',
      say(place, "'$if' needs 'field' and exactly one of eq, neq, gt, lt, in, exists"),
      path,
    )
}

/** An object that says what happens on a click; beside `action` it has what that needs. */
const looksLikeAction = (value: JsonObject): boolean =>
  typeof value.action === 'string' &&
  [value.function, value.path, value.message, value.url].some((one) => one !== undefined)

function checkAction(action: JsonObject, place: TreePlace, path: string): void {
  if (isToken(action.action))
    place.validation.issues.error('IR45', say(place, "'action' must be a literal"), `${path}.action`)
  // With a token in the place of `action`, what is called is checked all the same.
  if (action.function !== undefined) checkFunctionName(action.function, place, `${path}.function`)
}

/** A node, an action or anything in between, and what is inside it. */
export function checkTree(value: JsonValue, place: TreePlace, path: string, isNodePlace = true): void {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) checkTree(entry, place, `${path}.${index}`, false)
    return
  }
  if (!isObject(value)) return
  if (typeof value.type === 'string' && (value.props !== undefined || isNodePlace)) checkNode(value, place, path)
  const isAction = looksLikeAction(value)
  if (isAction) checkAction(value, place, path)
  if (value.$if !== undefined) checkCondition(value.$if, place, `${path}.$if`)
  for (const [key, entry] of Object.entries(value)) {
    // Params are the function's own business: nothing in them is drawn or clicked.
    if (key.startsWith('$') || (isAction && key === 'params')) continue
    checkTree(entry, place, `${path}.${key}`, key === 'node')
  }
}
