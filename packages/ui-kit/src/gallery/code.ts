import {
  builderDefault,
  findComponent,
  type ItemShape,
  optionName,
  type Prop,
  tableColumn,
  UI_COMPOSED,
  type UiComposedName,
} from '@imperal/contract/ui'
import type { WireNode } from './example.ts'

type AnyProp = Prop<unknown>
type Plain = Readonly<Record<string, unknown>>

const WIDTH = 100

/** The builder calls that make a tree, as an author would write them; defaults are left out. `name` is the builder of the root. */
export function codeOf(tree: WireNode, name: string = tree.type): string {
  return Object.hasOwn(UI_COMPOSED, name) && name !== 'DataColumn'
    ? composedCode(tree, name as Exclude<UiComposedName, 'DataColumn'>) // a key of the table by this line
    : nodeCode(tree, 0)
}

const BACK_TO = '← Back to '

/** A builder that stands for another component: what it fixes is not written. */
function composedCode({ type, props }: WireNode, name: Exclude<UiComposedName, 'DataColumn'>): string {
  const { fixed } = UI_COMPOSED[name]
  const rest = Object.fromEntries(Object.entries(props).filter(([key]) => !Object.hasOwn(fixed, key)))
  if (name !== 'BackButton') return nodeCode({ type, props: rest }, 0).replace(`ui.${type}(`, `ui.${name}(`)
  const { label, ...options } = rest
  const code = nodeCode({ type, props: { label: String(label).replace(BACK_TO, ''), ...options } }, 0)
  return code.replace('ui.Button(', 'ui.BackButton(')
}

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)
const isNode = (value: unknown): value is WireNode =>
  isPlain(value) && typeof value.type === 'string' && isPlain(value.props)
const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)

function nodeCode({ type, props }: WireNode, depth: number): string {
  const found = findComponent(type)
  if (found === undefined || found.spec.offered === false)
    return `ui.raw(${valueCode(type, depth)}, ${valueCode(props, depth)})`
  const { spec } = found
  const args = spec.args ?? []
  const table = spec.props as Readonly<Record<string, AnyProp>>
  const given = args.map((name) =>
    props[name] === undefined ? 'undefined' : propCode(table[name], props[name], depth),
  )
  const options = Object.entries(table).flatMap(([wire, prop]) =>
    args.includes(wire) || props[wire] === undefined || same(props[wire], builderDefault(prop))
      ? []
      : [[optionName(wire, prop), (at: number) => propCode(prop, props[wire], at)] as const],
  )
  while (options.length === 0 && given.at(-1) === 'undefined') given.pop()
  return `ui.${type}(${[...given, ...(options.length > 0 ? [membersCode(options, depth)] : [])].join(', ')})`
}

function propCode(prop: AnyProp | undefined, value: unknown, depth: number): string {
  const { shape, map } = prop?.kind ?? {}
  if (shape?.name === tableColumn.name) return listCode(value, depth, columnCode)
  if (shape !== undefined && map !== undefined) return listCode(value, depth, (item, at) => itemCode(shape, item, at))
  if (prop?.kind.type === 'Action') return actionCode(value, depth)
  return valueCode(value, depth)
}

function itemCode(shape: ItemShape, item: unknown, depth: number): string {
  if (!isPlain(item)) return valueCode(item, depth)
  const table = shape.props as Readonly<Record<string, AnyProp>>
  const members = Object.entries(item).map(([wire, value]) => {
    const prop = table[wire]
    const code = (at: number) =>
      wire === 'children' && shape.name === 'TreeItem'
        ? listCode(value, at, (one, below) => itemCode(shape, one, below))
        : propCode(prop, value, at)
    return [prop === undefined ? wire : optionName(wire, prop), code] as const
  })
  return membersCode(members, depth)
}

function columnCode(column: unknown, depth: number): string {
  if (!isPlain(column)) return valueCode(column, depth)
  const { key, label, ...rest } = column
  const table = tableColumn.props as Readonly<Record<string, AnyProp>>
  const options = Object.entries(rest).flatMap(([wire, value]) => {
    const prop = table[wire]
    const usual = wire === 'edit_type' && value === 'text'
    if (prop === undefined || usual || same(value, builderDefault(prop))) return []
    return [[optionName(wire, prop), (at: number) => valueCode(value, at)] as const]
  })
  const more = options.length > 0 ? [membersCode(options, depth)] : []
  return `ui.DataColumn(${[valueCode(key, depth), valueCode(label, depth), ...more].join(', ')})`
}

function actionCode(action: unknown, depth: number): string {
  if (!isPlain(action)) return valueCode(action, depth)
  const { confirm, ...rest } = action
  const params = isPlain(rest.params) && Object.keys(rest.params).length > 0 ? valueCode(rest.params, depth) : ''
  const options = confirm === undefined ? '' : `{ confirm: ${confirmCode(confirm, depth)} }`
  const tail = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(', ')
  switch (rest.action) {
    case 'call':
      return `ui.Call(${tail(valueCode(rest.function, depth), params || (options === '' ? '' : '{}'), options)})`
    case 'navigate':
      return `ui.Navigate(${tail(valueCode(rest.path, depth), options)})`
    case 'send':
      return `ui.Send(${tail(valueCode(rest.message, depth), options)})`
    default:
      return `ui.Open(${tail(valueCode(rest.url, depth), options)})`
  }
}

function confirmCode(confirm: unknown, depth: number): string {
  if (!isPlain(confirm)) return valueCode(confirm, depth)
  const names: Readonly<Record<string, string>> = { confirm_label: 'confirmLabel' }
  return membersCode(
    Object.entries(confirm).map(([key, value]) => [names[key] ?? key, (at: number) => valueCode(value, at)] as const),
    depth,
  )
}

function valueCode(value: unknown, depth: number): string {
  if (isNode(value)) return nodeCode(value, depth)
  if (Array.isArray(value)) return listCode(value, depth, valueCode)
  if (isPlain(value))
    return membersCode(
      Object.entries(value).map(([key, one]) => [key, (at: number) => valueCode(one, at)] as const),
      depth,
    )
  return typeof value === 'string' ? textCode(value) : String(value)
}

function textCode(value: string): string {
  if (value.includes('\n'))
    return `\`${value.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``
  return value.includes("'") ? JSON.stringify(value) : `'${value.replaceAll('\\', '\\\\')}'`
}

const KEY = /^[A-Za-z_$][\w$]*$/
type Members = readonly (readonly [name: string, code: (depth: number) => string])[]

function membersCode(members: Members, depth: number): string {
  if (members.length === 0) return '{}'
  const key = (name: string) => (KEY.test(name) ? name : textCode(name))
  const flat = `{ ${members.map(([name, code]) => `${key(name)}: ${code(depth)}`).join(', ')} }`
  if (fits(flat, depth)) return flat
  const indent = '  '.repeat(depth + 1)
  return `{\n${members.map(([name, code]) => `${indent}${key(name)}: ${code(depth + 1)},`).join('\n')}\n${'  '.repeat(depth)}}`
}

function listCode(value: unknown, depth: number, each: (item: unknown, depth: number) => string): string {
  if (!Array.isArray(value)) return each(value, depth)
  const flat = `[${value.map((item) => each(item, depth)).join(', ')}]`
  if (fits(flat, depth)) return flat
  const indent = '  '.repeat(depth + 1)
  return `[\n${value.map((item) => `${indent}${each(item, depth + 1)},`).join('\n')}\n${'  '.repeat(depth)}]`
}

const fits = (code: string, depth: number): boolean => !code.includes('\n') && code.length + depth * 2 <= WIDTH
