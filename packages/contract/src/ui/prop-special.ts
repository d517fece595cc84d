import * as z from 'zod'
import { JsonObject, type JsonValue } from '../json.ts'
import type { UiAction } from './action.ts'
import type { UiNode } from './node.ts'
import { isObject } from './plain.ts'
import { item, type Prop, prop, type Reader, required, type ValuesOf } from './prop.ts'
import { action, nodes, readProps, strictObject } from './prop-structures.ts'
import { bool, capped, icon, json, text, tristate } from './prop-values.ts'

/** The tab to open first: a position, or the id of a tab. */
export function defaultTab(): Prop<number | string> {
  const kind = { type: 'number | string' }
  return prop<number | string>(z.union([z.number().int().min(0), z.string()]), 0, kind, (raw) =>
    typeof raw === 'string' || (typeof raw === 'number' && Number.isInteger(raw)) ? raw : undefined,
  )
}

/** Pixels of an icon, or a word of the scale; always read as pixels between 8 and 96. */
export function iconSize(): Prop<number> {
  const scale: Readonly<Record<string, number>> = { xs: 12, sm: 14, md: 16, lg: 20, xl: 24, '2xl': 32 }
  const words = Object.keys(scale)
  const kind = { type: ['number', ...words.map((word) => `'${word}'`)].join(' | ') }
  return prop<number>(z.union([z.number(), z.enum(words)]), 16, kind, (raw) => {
    const size = typeof raw === 'string' && Object.hasOwn(scale, raw) ? scale[raw] : Number(raw)
    return size === undefined || !Number.isFinite(size) ? undefined : Math.min(96, Math.max(8, size))
  })
}

/** Padding of a card; a boolean means all or nothing. */
export function padding(): Prop<'none' | 'sm' | 'md' | 'lg'> {
  const words = ['none', 'sm', 'md', 'lg'] as const
  const kind = { type: words.map((word) => `'${word}'`).join(' | '), choices: words }
  return prop<(typeof words)[number]>(z.enum(words), 'md', kind, (raw) => {
    if (typeof raw === 'boolean') return raw ? 'md' : 'none'
    return words.find((word) => word === raw)
  })
}

/** Text or a number, kept as it came. */
export function printable(): Prop<string | number | undefined> {
  const kind = { type: 'string | number' }
  return prop<string | number | undefined>(z.union([z.string(), z.number()]), undefined, kind, (raw) => {
    if (typeof raw === 'string') return raw.slice(0, 2_048)
    return typeof raw === 'number' ? raw : typeof raw === 'boolean' ? String(raw) : undefined
  })
}

/** A single value for display: what is not text, number, boolean or null is shown as compact JSON. */
export function scalar(): Prop<string | number | boolean | null> {
  return prop<string | number | boolean | null>(
    z.union([z.string(), z.number(), z.boolean(), z.null()]),
    null,
    { type: 'Scalar' },
    (raw) => {
      if (raw === null || typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') return raw
      return JSON.stringify(raw).slice(0, 2_048)
    },
  )
}

const optionShape = item(
  'Option',
  { value: required(text()), label: required(text()), disabled: bool(false), description: text() },
  {
    value: 'What travels when it is chosen.',
    label: 'What people read.',
    disabled: 'Shown, and cannot be chosen.',
    description: 'A second line; drawn by RadioGroup.',
  },
)
export type UiOption = ValuesOf<(typeof optionShape)['props']>

/** Choices of a control; a bare string is its own value and label. */
export function options(): Prop<readonly UiOption[]> {
  const kind = { type: 'readonly Option[]', map: 'items', shape: optionShape } as const
  return prop<readonly UiOption[]>(z.array(strictObject(optionShape.props, true)), [], kind, (raw, reader) => {
    const list = Array.isArray(raw) ? raw : [raw]
    return capped(list, reader.limits.options, reader).flatMap((entry, index) => {
      const given: JsonObject = isObject(entry) ? entry : { value: entry as JsonValue } // the parser reads plain JSON only
      if (!['string', 'number', 'boolean'].includes(typeof given.value)) return []
      return [readProps(optionShape.props, { ...given, label: given.label || given.value }, reader.at(index))]
    })
  })
}

/** List rows: ListItem nodes, other nodes, and bare objects with the props of a ListItem (ui 1.3). */
export function listItems(): Prop<readonly UiNode[]> {
  return {
    ...nodes(),
    kind: { type: 'readonly Child[]', map: 'list' },
    read: (raw, reader) => {
      const list = Array.isArray(raw) ? raw : [raw]
      const wrap = (entry: unknown) =>
        isObject(entry) && entry.type === undefined ? { type: 'ListItem', props: entry } : entry
      return reader.nodes(capped(list, reader.limits.listItems, reader).map(wrap))
    },
  }
}

/** A table row: `data` travels back in events as it came, `nodes` holds the cells that are nodes. */
export interface UiTableRow {
  readonly data: Readonly<JsonObject>
  readonly nodes: Readonly<Record<string, UiNode>>
}

export function tableRows(): Prop<readonly UiTableRow[]> {
  return {
    ...prop<readonly UiTableRow[]>(z.array(JsonObject), [], { type: 'readonly Row[]' }, (raw, reader) => {
      const list = (Array.isArray(raw) ? raw : [raw]).filter(isObject)
      return capped(list, reader.limits.tableRows, reader).map((data, index) => ({
        data,
        nodes: cellNodes(data, reader.at(index)),
      }))
    }),
    nodesIn: (value) => (value as readonly UiTableRow[]).flatMap((row) => Object.values(row.nodes)), // as read above
  }
}

function cellNodes(data: JsonObject, reader: Reader): Record<string, UiNode> {
  const cells = Object.entries(data).filter(([, cell]) => isNode(cell))
  return Object.fromEntries(
    cells.flatMap(([key, cell]) => {
      const [node] = reader.at(key).nodes(cell)
      return node === undefined ? [] : [[key, node]]
    }),
  )
}

function isNode(value: JsonValue): boolean {
  return isObject(value) && typeof value.type === 'string' && isObject(value.props)
}

/** One entry of a Tree with everything below it. */
export interface UiTreeEntry {
  readonly id: string
  readonly label: string
  readonly icon: string
  readonly badge: string | number | undefined
  readonly expanded: boolean | undefined
  readonly on_click: UiAction | null
  readonly children: readonly UiTreeEntry[]
}

const entryShape = { id: required(text()), label: required(text()), icon: icon(), on_click: action() }
const entryItem = item(
  'TreeItem',
  { ...entryShape, badge: printable(), expanded: tristate(), children: json() },
  {
    id: 'Identity inside the tree.',
    label: 'What people read.',
    icon: 'Instead of the folder or file.',
    on_click: 'Fired by an entry without children.',
    badge: 'A count or a word at the end of the line.',
    expanded: 'Open or closed at first; without it the first level is open.',
    children: 'Entries below this one.',
  },
)
const TREE_DEPTH = 24

/** An entry of a Tree as it travels. */
export const TreeEntrySchema: z.ZodType = z.looseObject({
  ...strictObject(entryShape, true).shape,
  badge: z.union([z.string(), z.number()]).optional(),
  expanded: z.boolean().optional(),
  children: z.array(z.lazy(() => TreeEntrySchema)).optional(),
})

export function treeEntries(): Prop<readonly UiTreeEntry[]> {
  const kind = { type: 'readonly TreeItem[]', map: 'entries', shape: entryItem } as const
  return prop<readonly UiTreeEntry[]>(z.array(TreeEntrySchema), [], kind, (raw, reader) => {
    const budget = { left: reader.limits.treeNodes }
    const entries = readEntries(raw, reader, budget, 1)
    if (budget.left < 0) reader.note('truncated', `Only the first ${reader.limits.treeNodes} entries are shown.`)
    return entries
  })
}

function readEntries(raw: unknown, reader: Reader, budget: { left: number }, depth: number): UiTreeEntry[] {
  const list = (Array.isArray(raw) ? raw : [raw]).filter(isObject)
  return list.flatMap((entry, index) => {
    budget.left -= 1
    if (budget.left < 0 || depth > TREE_DEPTH) return []
    const badge = entry.badge
    const below = entry.children
    return [
      {
        ...readProps(entryShape, entry, reader.at(index)),
        badge: typeof badge === 'string' || typeof badge === 'number' ? badge : undefined,
        expanded: typeof entry.expanded === 'boolean' ? entry.expanded : undefined,
        children: below === undefined || below === null ? [] : readEntries(below, reader, budget, depth + 1),
      },
    ]
  })
}

/** Points of a chart: plain objects. */
export function chartRows(): Prop<readonly Readonly<JsonObject>[]> {
  const kind = { type: 'readonly Row[]' }
  return prop<readonly Readonly<JsonObject>[]>(z.array(JsonObject), [], kind, (raw, reader) =>
    capped((Array.isArray(raw) ? raw : [raw]).filter(isObject), reader.limits.chartPoints, reader),
  )
}
