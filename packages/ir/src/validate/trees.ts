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
type PropTable = Found['spec']['props']
type Prop = PropTable[string]

const isDirective = (value: JsonValue | undefined): value is JsonObject =>
  isObject(value) && (Object.hasOwn(value, '$if') || Object.hasOwn(value, '$repeat'))
/** A live value is drawn as its default (ui 1.9). */
const isSignal = (value: JsonValue | undefined): value is JsonObject =>
  isObject(value) && (value.__type__ === 'signal' || value.__signal__ !== undefined)
/** The member that stands for the whole: of `$if` and `$repeat` their node. */
const insideOf = (value: JsonValue | undefined): 'node' | 'default' | null =>
  isDirective(value) ? 'node' : isSignal(value) ? 'default' : null
/** What stands in a place whatever `$if` and `$repeat` are around it. */
function bare(value: JsonValue | undefined): JsonValue | undefined {
  let found = value
  for (let key = insideOf(found); key !== null && isObject(found); key = insideOf(found)) found = found[key]
  return found
}
const isToken = (value: JsonValue | undefined): boolean => typeof value === 'string' && hasToken(value)
/** Decided while it runs: by a token, or by a condition around words. */
const isOpen = (value: JsonValue | undefined): boolean => isToken(value) || insideOf(value) !== null

function refuseOpen(name: string, place: TreePlace, path: string): void {
  place.validation.issues.error('IR45', say(place, `'${name}' must be a literal`), path)
}

function checkFunctionName(name: JsonValue | undefined, place: TreePlace, path: string): void {
  if (isOpen(name)) refuseOpen('function', place, path)
  if (typeof name !== 'string' || isOpen(name)) return
  const { issues, document } = place.validation
  const { app } = document
  const isPanel = app.panels.some((panel) => `__panel__${panel.panel_id}` === name)
  if (!isPanel && !app.functions.some((fn) => fn.name === name))
    issues.error('IR55', say(place, `action calls unknown function '${name}'`), path)
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

/** What may stand in a place; `any`: nobody knows, and what looks like a node or an action is one. */
type Kind = 'node' | 'action' | 'row' | 'cells' | 'cell' | 'data' | 'any' | { readonly each: PropTable }

/** What stands in a prop is said by the table of components; all else in it is data. */
function kindOf(prop: Prop): Kind {
  const { type, map, shape } = prop.kind
  if (type === 'Action') return 'action'
  if (type === 'Child' || type === 'Children' || type === 'Children | string') return 'node'
  if (shape !== undefined && map === 'items') return { each: shape.props }
  if (shape !== undefined && map === 'entries') return { each: { ...shape.props, children: prop } }
  if (prop.nodesIn === undefined) return 'data'
  return type === 'readonly Child[]' ? 'row' : 'cells'
}

/** Which node and which action stands somewhere is what documents say, not what a value is (ir 17.1). */
const isLiteral = ({ kind: { type } }: Prop): boolean => type === 'Action' || type === 'Child' || type === 'Children'

function checkProps(table: PropTable, props: JsonObject, place: TreePlace, path: string): void {
  const named = new Map(
    Object.entries(table).flatMap(([name, prop]) => [name, ...prop.aliases].map((key) => [key, prop])),
  )
  for (const [key, value] of Object.entries(props)) {
    const prop = named.get(key)
    const at = `${path}.${key}`
    if (prop !== undefined && isLiteral(prop) && isToken(bare(value))) refuseOpen(key, place, at)
    walk(value, prop === undefined ? 'any' : kindOf(prop), place, at)
  }
}

function checkNode(node: JsonObject, place: TreePlace, path: string): void {
  const { issues } = place.validation
  if (insideOf(node.type) !== null || (isToken(node.type) && node.props !== undefined))
    refuseOpen('type', place, `${path}.type`)
  const given = bare(node.props)
  if (isToken(given)) refuseOpen('props', place, `${path}.props`)
  const type = shown(bare(node.type) ?? null)
  const found = findComponent(type)
  if (found === undefined) issues.warn('IR54', say(place, `unknown component '${type}'`), path)
  for (const [key, value] of Object.entries(node)) if (key !== 'props') walk(value, 'any', place, `${path}.${key}`)
  if (found === undefined || !isObject(given)) {
    walk(node.props, 'any', place, `${path}.props`)
    return
  }
  const { props: table } = found.spec
  if (given !== node.props) checkConditions(node.props, place, `${path}.props`)
  checkChoices(found, given, place, path)
  checkOwn(found, given, place, path)
  checkProps(table, given, place, `${path}.props`)
  // The root's, and of no component: the panel that opens by itself (ui 5.6).
  if (isToken(bare(given.auto_action))) refuseOpen('auto_action', place, `${path}.props.auto_action`)
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

/** The conditions around a value alone. */
function checkConditions(value: JsonValue | undefined, place: TreePlace, path: string): void {
  if (!isObject(value)) return
  if (value.$if !== undefined) checkCondition(value.$if, place, `${path}.$if`)
  const inside = insideOf(value)
  if (inside !== null) checkConditions(value[inside], place, `${path}.${inside}`)
}

/** An object that says what happens on a click; beside `action` it has what that needs. */
const looksLikeAction = (value: JsonObject): boolean =>
  (typeof value.action === 'string' || isDirective(value.action)) &&
  [value.function, value.path, value.message, value.url].some((one) => one !== undefined)

function checkAction(action: JsonObject, place: TreePlace, path: string): void {
  if (isOpen(action.action)) refuseOpen('action', place, `${path}.action`)
  // With a token in the place of `action`, what is called is checked all the same.
  if (action.function !== undefined) checkFunctionName(action.function, place, `${path}.function`)
  // Params are the function's own business: nothing in them is drawn or clicked.
  for (const [key, value] of Object.entries(action)) if (key !== 'params') walk(value, 'data', place, `${path}.${key}`)
}

const ROW = findComponent('ListItem')?.spec.props ?? {}

function isNodeIn(kind: Kind, { type, props }: JsonObject): boolean {
  if (kind === 'node') return type !== undefined
  if (kind === 'row') return typeof type === 'string' || (type !== undefined && props !== undefined)
  return (kind === 'cell' || kind === 'any') && type !== undefined && props !== undefined
}

/** What the members of an object are that is no node and no action. */
const MEMBERS = {
  row: 'any',
  node: 'any',
  any: 'any',
  action: 'data',
  cells: 'cell',
  cell: 'data',
  data: 'data',
} as const

function walkObject(value: JsonObject, kind: Kind, place: TreePlace, path: string): void {
  if (typeof kind === 'object') checkProps(kind.each, value, place, path)
  else if (isNodeIn(kind, value)) checkNode(value, place, path)
  // A row of a list that is no node has the props of one.
  else if (kind === 'row') checkProps(ROW, value, place, path)
  else if (kind === 'action' || (kind === 'any' && looksLikeAction(value))) checkAction(value, place, path)
  else
    for (const [key, entry] of Object.entries(value))
      if (!key.startsWith('$')) walk(entry, MEMBERS[kind], place, `${path}.${key}`)
}

function walk(value: JsonValue | undefined, kind: Kind, place: TreePlace, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) walk(entry, kind, place, `${path}.${index}`)
    return
  }
  if (!isObject(value)) return
  if (value.$if !== undefined) checkCondition(value.$if, place, `${path}.$if`)
  const inside = insideOf(value)
  if (inside === null) walkObject(value, kind, place, path)
  else walk(value[inside], kind, place, `${path}.${inside}`)
}

/** A node with what is inside it: which nodes and actions there are is said by the document alone. */
export function checkTree(tree: JsonValue, place: TreePlace, path: string): void {
  walk(tree, 'node', place, path)
}
