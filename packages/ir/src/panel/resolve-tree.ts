import type { JsonObject, JsonValue } from '@imperal/contract'
import { bareObject, isObject } from '../json.ts'
import { IR_LIMITS, isLargerThan } from '../limits.ts'
import { holds } from '../run/condition.ts'
import { RunError } from '../run/run-error.ts'
import { resolveText, resolveValue } from '../template/resolve.ts'
import { ABSENT, type Absent, type Scope, spend } from '../template/scope.ts'

/** Members of the root that say how a panel behaves and are no part of what is drawn (ir 8.3). */
const ROOT_DIRECTIVES: ReadonlySet<string> = new Set(['$data', '$refresh', '$layout'])

interface Expansion {
  /** Nodes that may still be made. */
  left: number
  cut: boolean
}

const isNode = (value: JsonObject): boolean => typeof value.type === 'string'

function within(scope: Scope, alias: string, item: JsonValue, index: number): Scope {
  const aliases = new Map(scope.aliases).set(alias, item).set(`${alias}_index`, index)
  return { ...scope, aliases }
}

/** `$repeat`: one node for each item of a list; anything but a list makes nothing. */
function repeat(directive: JsonObject, scope: Scope, state: Expansion): JsonValue[] {
  const list = resolveValue(directive.$repeat ?? null, scope)
  if (!Array.isArray(list)) return []
  const alias = typeof directive.as === 'string' ? directive.as : 'item'
  if (list.length > IR_LIMITS.repeatItems) state.cut = true
  return list.slice(0, IR_LIMITS.repeatItems).flatMap((item, index) => {
    const made = expand(directive.node ?? null, within(scope, alias, item, index), state)
    return made === ABSENT ? [] : [made]
  })
}

function expandList(list: readonly JsonValue[], scope: Scope, state: Expansion): JsonValue[] {
  return list.flatMap((entry) => {
    if (isObject(entry) && Object.hasOwn(entry, '$repeat')) return repeat(entry, scope, state)
    const made = expand(entry, scope, state)
    return made === ABSENT ? [] : [made]
  })
}

function expandObject(object: JsonObject, scope: Scope, state: Expansion): JsonValue | Absent {
  if (Object.hasOwn(object, '$if')) {
    if (!isObject(object.$if) || !holds(object.$if, scope)) return ABSENT
    return expand(object.node ?? null, scope, state)
  }
  if (Object.hasOwn(object, '$repeat')) return repeat(object, scope, state)
  if (isNode(object)) {
    if (state.left <= 0) {
      state.cut = true
      return ABSENT
    }
    state.left -= 1
  }
  const made = bareObject()
  for (const [key, value] of Object.entries(object)) {
    const member = expand(value, scope, state)
    if (member !== ABSENT) made[key] = member
  }
  return made
}

function expand(value: JsonValue, scope: Scope, state: Expansion): JsonValue | Absent {
  spend(scope, 8)
  if (typeof value === 'string') return resolveText(value, scope)
  if (Array.isArray(value)) return expandList(value, scope, state)
  return isObject(value) ? expandObject(value, scope, state) : value
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
 * shows its empty state (I8.6). What is beyond the limits is cut, and says so. @throws RunError
 */
export function resolveTree(tree: JsonValue, scope: Scope): JsonObject {
  const root = isObject(tree)
    ? Object.fromEntries(Object.entries(tree).filter(([key]) => !ROOT_DIRECTIVES.has(key)))
    : {}
  const state: Expansion = { left: IR_LIMITS.panelNodes, cut: false }
  const made = expand(root, scope, state)
  if (made === ABSENT || !isObject(made)) return {}
  const drawn = state.cut ? withNotice(made) : made
  if (isLargerThan(drawn, IR_LIMITS.panelBytes))
    throw new RunError('IR_LIMIT', `A panel has at most ${IR_LIMITS.panelBytes} bytes.`)
  return drawn
}
