import { type CallAction, parseUiAction } from './action.ts'
import { findComponent } from './components.ts'
import { UI_LIMITS, type UiLimits } from './limits.ts'
import { type UiNode, UNKNOWN_TYPE } from './node.ts'
import type { UiNote, UiNoteCode } from './note.ts'
import { isObject, jsonBytes, RefusedTree, toPlain } from './plain.ts'
import type { Reader } from './prop.ts'
import { readProps } from './prop-structures.ts'
import { capped } from './prop-values.ts'
import type { UrlRules } from './url.ts'

export interface ParseUiOptions extends UrlRules {
  /** Ceilings other than `UI_LIMITS`. */
  readonly limits?: Partial<UiLimits> | undefined
}

export interface ParsedUiTree {
  /** The tree, or null when it is refused as a whole; then the last note says why. */
  readonly node: UiNode | null
  readonly notes: readonly UiNote[]
  /** What the root asks to open when its app is opened: a call of one of the app's own panels (ui 5.6). */
  readonly autoAction: CallAction | null
}

/**
 * Reads a tree that anybody may have written into one that is safe to draw (ui 1.1, 6). Never throws.
 * Unknown types become placeholders, unusable values become defaults, lists over their ceiling are cut, refused actions
 * and URLs are left out; each leaves a note. Size, depth and node count refuse the whole tree.
 */
export function parseUiTree(value: unknown, options: ParseUiOptions = {}): ParsedUiTree {
  const parser = new TreeParser({ ...UI_LIMITS, ...options.limits }, options)
  try {
    return { node: parser.root(value), notes: parser.notes, autoAction: parser.autoAction }
  } catch (error) {
    const refusal = error instanceof RefusedTree ? error : new RefusedTree('malformed', 'The tree cannot be read.')
    const last: UiNote = { code: refusal.code, path: '', message: refusal.message }
    return { node: null, notes: [...parser.notes, last], autoAction: null }
  }
}

const MAX_NOTES = 200

interface Place {
  readonly path: string
  readonly identities: string
  readonly depth: number
}

class TreeParser {
  readonly notes: UiNote[] = []
  autoAction: CallAction | null = null
  readonly #limits: UiLimits
  readonly #rules: UrlRules
  #count = 0

  constructor(limits: UiLimits, rules: UrlRules) {
    this.#limits = limits
    this.#rules = rules
  }

  root(value: unknown): UiNode {
    const plain = toPlain(value, this.#limits.treeBytes)
    if (plain.value === undefined || !isObject(plain.value)) throw new RefusedTree('malformed', 'A tree is an object.')
    if (jsonBytes(plain.value) > this.#limits.treeBytes) {
      throw new RefusedTree('too_large', `The tree is larger than ${this.#limits.treeBytes} bytes.`)
    }
    if (plain.dropped > 0) this.#note('not_json', '', `${plain.dropped} values that are not plain data were left out.`)
    const [node] = this.#nodes(plain.value, { path: '', identities: '', depth: 0 })
    if (node === undefined) throw new RefusedTree('malformed', 'The root is not a node.')
    this.autoAction = this.#autoAction(plain.value.props)
    return node
  }

  #autoAction(props: unknown): CallAction | null {
    const raw = isObject(props) ? props.auto_action : undefined
    if (raw === undefined || raw === null) return null
    const action = parseUiAction(raw, this.#limits, this.#rules)
    if (typeof action !== 'string' && action.action === 'call' && action.function.startsWith('__panel__')) return action
    this.#note('bad_action', 'auto_action', 'Only a call of a panel may run by itself.')
    return null
  }

  #note(code: UiNoteCode, path: string, message: string): void {
    if (this.notes.length < MAX_NOTES) this.notes.push({ code, path, message })
  }

  #nodes(raw: unknown, place: Place): UiNode[] {
    if (raw === null || raw === undefined) return []
    const reader = this.#reader(place)
    const list = Array.isArray(raw) ? raw : [raw]
    const seen = new Set<string>()
    return capped(list, this.#limits.children, reader).flatMap((entry, index) => {
      if (entry === null) return []
      const path = place.path === '' ? '' : `${place.path}[${index}]`
      if (isObject(entry)) return [this.#node(entry, index, { ...place, path }, seen)]
      this.#note('bad_value', path, 'Not a node; left out.')
      return []
    })
  }

  #node(raw: Readonly<Record<string, unknown>>, index: number, place: Place, siblings: Set<string>): UiNode {
    this.#count += 1
    if (this.#count > this.#limits.nodes) {
      throw new RefusedTree('too_many_nodes', `The tree has more than ${this.#limits.nodes} nodes.`)
    }
    if (place.depth >= this.#limits.depth) {
      throw new RefusedTree('too_deep', `Nodes are nested deeper than ${this.#limits.depth} levels.`)
    }
    const name = typeof raw.type === 'string' ? raw.type : ''
    const component = findComponent(name)
    const type = component?.type ?? UNKNOWN_TYPE
    const identity = unique(identityOf(raw, type, index), siblings)
    const path = `${place.identities}/${identity}`
    const envelope = { type, identity, path, resetToken: `${identity}#${String(raw.revision ?? '')}` }
    const at = place.path === '' ? type : `${place.path}:${type}`
    if (component === undefined) {
      this.#note('unknown_type', at, `No component is called "${name.slice(0, 64)}".`)
      return { ...envelope, props: { name: name.slice(0, 64) } }
    }
    const given = isObject(raw.props) ? raw.props : {}
    this.#reportUnknown(component.spec.props, given, at)
    const reader = this.#reader({ path: at, identities: path, depth: place.depth + 1 })
    return { ...envelope, props: readProps(component.spec.props, { ...component.implied, ...given }, reader) }
  }

  #reportUnknown(table: object, given: object, at: string): void {
    for (const key of Object.keys(given)) {
      if (Object.hasOwn(table, key) || key === 'auto_action') continue
      this.#note('unknown_prop', `${at}.${key}`, 'No such prop; ignored.')
    }
  }

  #reader(place: Place): Reader {
    return {
      limits: this.#limits,
      rules: this.#rules,
      at: (segment) => this.#reader(stepInto(place, segment)),
      note: (code, message) => this.#note(code, place.path, message),
      nodes: (raw) => this.#nodes(raw, place),
    }
  }
}

function stepInto(place: Place, segment: string | number): Place {
  const path = typeof segment === 'number' ? `${place.path}[${segment}]` : `${place.path}.${segment}`
  return { ...place, path, identities: `${place.identities}/${segment}` }
}

function identityOf(raw: Readonly<Record<string, unknown>>, type: string, index: number): string {
  const named = [raw.id, raw.key].find((one) => typeof one === 'string' && one !== '')
  if (typeof named === 'string') return named.slice(0, 256)
  // A row's own id is its identity: rows move between refreshes and must keep what was opened in them.
  const props = raw.props
  const row = type === 'ListItem' && isObject(props) ? props.id : undefined
  return typeof row === 'string' || typeof row === 'number' ? `row:${String(row).slice(0, 256)}` : `${type}:${index}`
}

function unique(identity: string, siblings: Set<string>): string {
  let candidate = identity
  for (let copy = 2; siblings.has(candidate); copy += 1) candidate = `${identity}~${copy}`
  siblings.add(candidate)
  return candidate
}
