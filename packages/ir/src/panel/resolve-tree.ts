import type { JsonObject, JsonValue } from '@imperal/contract'
import { findComponent } from '@imperal/contract/ui'
import { bareObject, isObject } from '../json.ts'
import { IR_LIMITS } from '../limits.ts'
import { holds } from '../run/condition.ts'
import { resolveText, resolveValue } from '../template/resolve.ts'
import { hasToken } from '../template/scan.ts'
import { ABSENT, type Absent, type Scope, spend } from '../template/scope.ts'
import { type Expansion, newExpansion, room, sizeOf } from './expansion.ts'
import { isSandboxed, sandboxed } from './sandbox.ts'

/** Members of the root that say how a panel behaves and are no part of what is drawn (ir 8.3). */
const ROOT_DIRECTIVES: ReadonlySet<string> = new Set(['$data', '$refresh', '$layout'])

const isNode = (value: JsonObject): boolean => typeof value.type === 'string'

function within(scope: Scope, alias: string, item: JsonValue, index: number): Scope {
  const aliases = new Map(scope.aliases).set(alias, item).set(`${alias}_index`, index)
  return { ...scope, aliases }
}

/** Adds what each entry makes until one does not fit; with it the list ends, and the tree says that it was cut. */
function collect<T>(entries: readonly T[], state: Expansion, make: (entry: T, index: number) => readonly JsonValue[]) {
  const made: JsonValue[] = []
  for (const [index, entry] of entries.entries()) {
    const { bytes } = state
    const found = make(entry, index)
    if (state.full === null) made.push(...found)
    else {
      state.cut = true
      // What is too deep is left out alone; where the bytes end, everything ends.
      state.closed ||= state.full === 'bytes'
      state.full = null
      state.bytes = bytes
    }
    if (state.closed) break
  }
  return made
}

/** `$repeat`: one node for each item of a list; anything but a list makes nothing. */
function repeat(directive: JsonObject, scope: Scope, state: Expansion, depth: number): JsonValue[] {
  const list = resolveValue(directive.$repeat ?? null, scope)
  if (!Array.isArray(list)) return []
  const alias = typeof directive.as === 'string' ? directive.as : 'item'
  if (list.length > IR_LIMITS.repeatItems) state.cut = true
  return collect(list.slice(0, IR_LIMITS.repeatItems), state, (item, index) => {
    const made = expand(directive.node ?? null, within(scope, alias, item, index), state, depth)
    return made === ABSENT ? [] : [made]
  })
}

function expandList(list: readonly JsonValue[], scope: Scope, state: Expansion, depth: number): JsonValue[] {
  return collect(list, state, (entry) => {
    if (isObject(entry) && Object.hasOwn(entry, '$repeat')) return repeat(entry, scope, state, depth)
    const made = expand(entry, scope, state, depth)
    return made === ABSENT ? [] : [made]
  })
}

/** An object is whole or not there: half an action, or half a node, would be another one. */
function members(
  object: JsonObject,
  state: Expansion,
  make: (key: string, value: JsonValue) => JsonValue | Absent,
): JsonObject | Absent {
  const made = bareObject()
  for (const [key, value] of Object.entries(object)) {
    const member = make(key, value)
    if (state.full !== null || (member !== ABSENT && !room(state, sizeOf(key)))) return ABSENT
    if (member !== ABSENT) made[key] = member
  }
  return made
}

function expandObject(object: JsonObject, scope: Scope, state: Expansion, depth: number): JsonValue | Absent {
  if (Object.hasOwn(object, '$if')) {
    if (!isObject(object.$if) || !holds(object.$if, scope)) return ABSENT
    return expand(object.node ?? null, scope, state, depth)
  }
  if (Object.hasOwn(object, '$repeat')) return repeat(object, scope, state, depth + 1)
  if (isNode(object)) {
    if (state.nodes <= 0) {
      state.cut = true
      return ABSENT
    }
    state.nodes -= 1
  }
  const made = members(object, state, (key, value) => {
    // Params are the function's own business, also when they look like an action.
    if (key === 'params') state.params += 1
    const member = expand(value, scope, state, depth + 1)
    if (key === 'params') state.params -= 1
    return state.params === 0 && key !== 'params' && isOpen(value) && isAction(member) ? ABSENT : member
  })
  return made !== ABSENT && isSandboxed(made) && room(state, SANDBOX_BYTES) ? sandboxed(made) : made
}
const SANDBOX_BYTES = 24

const ACTIONS: ReadonlySet<unknown> = new Set(['call', 'navigate', 'send', 'open'])
const isAction = (value: JsonValue | Absent): boolean =>
  value !== ABSENT &&
  isObject(value) &&
  ACTIONS.has(value.action) &&
  [value.function, value.path, value.message, value.url].some((target) => typeof target === 'string')
/** A token stands there, whatever conditions are around it. */
const isOpen = (value: JsonValue | undefined): boolean =>
  isObject(value) && Object.hasOwn(value, '$if') ? isOpen(value.node) : typeof value === 'string' && hasToken(value)
const isForeignNode = (value: JsonValue): boolean =>
  isObject(value) && typeof value.type === 'string' && isObject(value.props) && findComponent(value.type) !== undefined

/** What a token put there: shown as it is, and never a node or an action, which only documents say (ir 17.1). */
function plain(value: JsonValue, state: Expansion, depth: number): JsonValue | Absent {
  if (typeof value !== 'object' || value === null) return room(state, sizeOf(value)) ? value : ABSENT
  if (!deepEnough(state, depth) || isForeignNode(value)) return ABSENT
  const inside = (entry: JsonValue) => plain(entry, state, depth + 1)
  if (!Array.isArray(value)) return members(value, state, (_key, entry) => (isAction(entry) ? ABSENT : inside(entry)))
  return collect(value, state, (entry) => {
    const made = inside(entry)
    return made === ABSENT ? [] : [made]
  })
}

/** False: lists and objects would be nested deeper than they may be. */
function deepEnough(state: Expansion, depth: number): boolean {
  if (depth > IR_LIMITS.panelDepth) state.full = 'depth'
  else return room(state, 3)
  return false
}

function expand(value: JsonValue, scope: Scope, state: Expansion, depth: number): JsonValue | Absent {
  spend(scope, 8)
  if (typeof value === 'string') {
    const before = state.made
    const found = resolveText(value, scope)
    if (found === ABSENT) return ABSENT
    const made = plain(found, state, depth)
    spend(scope, state.made - before)
    return made
  }
  if (typeof value !== 'object' || value === null) return room(state, sizeOf(value)) ? value : ABSENT
  if (!deepEnough(state, depth)) return ABSENT
  return Array.isArray(value) ? expandList(value, scope, state, depth + 1) : expandObject(value, scope, state, depth)
}

const cutNotice = (): JsonObject => ({
  type: 'Alert',
  props: { message: 'There is more than fits here; the rest is left out.', variant: 'warning' },
})

/** The notice that something was left out, at the end of the root's children or around a root that has none. */
function withNotice(tree: JsonObject): JsonObject {
  const props = isObject(tree.props) ? tree.props : {}
  if (Array.isArray(props.children)) return { ...tree, props: { ...props, children: [...props.children, cutNotice()] } }
  return { type: 'Stack', props: { children: [tree, cutNotice()] } }
}

/**
 * Turns a template tree into plain nodes (ir 8.3). A root whose condition does not hold is the empty object: the panel
 * shows its empty state (I8.6). What is beyond the limits of nodes, items, bytes or nesting is cut, and the tree says so
 * (ir 8.5). @throws RunError
 */
export function resolveTree(tree: JsonValue, scope: Scope): JsonObject {
  const root = isObject(tree)
    ? Object.fromEntries(Object.entries(tree).filter(([key]) => !ROOT_DIRECTIVES.has(key)))
    : {}
  const state = newExpansion()
  const made = expand(root, scope, state, 1)
  if (state.full !== null) return withNotice({ type: 'Stack', props: { children: [] } })
  if (made === ABSENT || !isObject(made)) return {}
  return state.cut ? withNotice(made) : made
}
