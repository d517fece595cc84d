import type { JsonObject, JsonValue } from '@imperal/contract'
import { isObject, isOfType, type TypeWord, typeWord } from '../json.ts'
import { hasToken, scanTemplate } from '../template/scan.ts'

interface Shape {
  readonly required: readonly string[]
  readonly types: Readonly<Record<string, readonly TypeWord[]>>
}

const TEXT = ['string'] as const
const FLAG = ['boolean'] as const

/** Items of child lists (ir 8.2). Other members pass. */
const SHAPES: Readonly<Record<string, Shape>> = {
  tabs: { required: ['label', 'content'], types: { label: TEXT, content: ['object'] } },
  accordion: { required: ['id', 'title', 'children'], types: { id: TEXT, title: TEXT } },
  datatable_columns: {
    required: ['key', 'label'],
    types: { key: TEXT, label: TEXT, sortable: FLAG, editable: FLAG, width: TEXT, edit_type: TEXT },
  },
  datatable_rows: { required: [], types: {} },
  select: { required: ['value', 'label'], types: { value: TEXT, label: TEXT } },
  timeline: {
    required: ['title'],
    types: { title: TEXT, description: TEXT, time: TEXT, icon: TEXT, color: TEXT },
  },
  tree: {
    required: ['id', 'label'],
    types: {
      id: TEXT,
      label: TEXT,
      children: ['array'],
      icon: TEXT,
      badge: ['string', 'number'],
      expanded: FLAG,
    },
  },
  menu: { required: [], types: { label: TEXT, separator: FLAG } },
}

/** Which prop of which component is which kind of list. */
export const CHILD_LISTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Tabs: { tabs: 'tabs' },
  Accordion: { sections: 'accordion' },
  DataTable: { columns: 'datatable_columns', rows: 'datatable_rows' },
  Select: { options: 'select' },
  MultiSelect: { options: 'select' },
  RadioGroup: { options: 'select' },
  Timeline: { items: 'timeline' },
  Tree: { nodes: 'tree' },
  Menu: { items: 'menu' },
}

const isOpen = (value: JsonValue): boolean =>
  typeof value === 'string' && hasToken(value) && scanTemplate(value).whole !== null
const isDirective = (value: JsonValue): boolean =>
  isObject(value) && (Object.hasOwn(value, '$if') || Object.hasOwn(value, '$repeat'))

function* itemProblems(kind: string, shape: Shape, item: JsonObject, index: number): Generator<string> {
  const required = kind === 'menu' && item.separator !== true ? ['label'] : shape.required
  for (const key of required) if (item[key] === undefined) yield `item[${index}]: missing required key '${key}'`
  for (const [key, types] of Object.entries(shape.types)) {
    const value = item[key]
    if (value === undefined || isOpen(value) || isDirective(value)) continue
    if (!types.some((type) => isOfType(value, type)))
      yield `item[${index}].${key}: expected ${types.join(' or ')}, got ${typeWord(value)}`
  }
  if (kind === 'tree' && Array.isArray(item.children)) yield* childListProblems('tree', item.children)
}

/** What is wrong with a child list, in the exact words of ir 8.2. Never throws. */
export function* childListProblems(kind: string, value: JsonValue): Generator<string> {
  const shape = Object.hasOwn(SHAPES, kind) ? SHAPES[kind] : undefined
  if (shape === undefined) return yield `unknown child kind '${kind}': no schema found`
  if (isOpen(value) || isDirective(value)) return
  if (!Array.isArray(value)) return yield `expected array for '${kind}', got ${typeWord(value)}`
  for (const [index, item] of value.entries()) {
    if (isOpen(item) || isDirective(item)) continue
    if (!isObject(item)) yield `item[${index}]: expected object, got ${typeWord(item)}`
    else yield* itemProblems(kind, shape, item, index)
  }
}
