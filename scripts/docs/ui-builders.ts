import {
  builderDefault,
  type ComponentSpec,
  type ItemShape,
  optionName,
  type Prop,
  UI_COMPONENTS,
  type UiComponentType,
} from '@imperal/contract/ui'

type AnyProp = Prop<unknown>
type Table = Readonly<Record<string, AnyProp>>

/** Item objects whose types the SDK writes itself: unions, recursion and generics. */
const OWN_TYPES = new Set(['MenuItem', 'TreeItem', 'Column'])
const TONES_TYPE = 'Tone'
const BUILT_IN = /^(?:string|number|boolean|readonly|JsonValue|JsonObject|\d+|'.*')$/

export const offeredProps = (table: Table): [string, AnyProp][] =>
  Object.entries(table).filter(([, prop]) => prop.offered)

const shapeConst = (shape: ItemShape): string => shape.name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()
const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value)

function mapCode(component: string, { map, shape }: AnyProp['kind']): string | undefined {
  if (map === 'items' && shape?.name === 'Column') return undefined
  if ((map === 'items' || map === 'entries') && shape !== undefined)
    return `items('${component}', ${shapeConst(shape)})`
  return map
}

function rule(component: string, wire: string, prop: AnyProp): string {
  const { kind } = prop
  const map = mapCode(component, kind)
  const extra = [
    kind.type === TONES_TYPE
      ? 'choices: TONES'
      : kind.choices
        ? `choices: [${kind.choices.map(literal).join(', ')}]`
        : '',
    kind.synonyms ? `synonyms: ${JSON.stringify(kind.synonyms)}` : '',
    map ? `map: ${map}` : '',
  ].filter((part) => part !== '')
  const more = extra.length > 0 ? [`{ ${extra.join(', ')} }`] : []
  if (prop.required) return `required(${[literal(wire), ...more].join(', ')})`
  const fallback = builderDefault(prop)
  const given = fallback === undefined ? (more.length > 0 ? ['undefined'] : []) : [literal(fallback)]
  return `${prop.emit}(${[literal(wire), ...given, ...more].join(', ')})`
}

function rules(component: string, name: string, table: Table): string {
  const lines = offeredProps(table).map(
    ([wire, prop]) => `  ${optionName(wire, prop)}: ${rule(component, wire, prop)},`,
  )
  return `const ${name}: Rules = {\n${lines.join('\n')}\n}`
}

/** Members of item objects that are always written and have nothing sensible to write by themselves. */
function hasNoDefault(prop: AnyProp): boolean {
  const fallback = builderDefault(prop)
  return prop.emit === 'always' && (fallback === undefined || Array.isArray(fallback))
}

interface Members {
  readonly skip?: readonly string[] | undefined
  readonly inItem?: boolean
}

function members(
  table: Table,
  docs: Readonly<Record<string, string>>,
  { skip = [], inItem = false }: Members = {},
): string {
  return offeredProps(table)
    .filter(([wire]) => !skip.includes(wire))
    .map(([wire, prop]) => {
      const optional = prop.required || (inItem && hasNoDefault(prop)) ? '' : '?'
      return `  /** ${docs[wire]} */\n  readonly ${optionName(wire, prop)}${optional}: ${prop.kind.type}`
    })
    .join('\n')
}

function shapesOf(table: Table): ItemShape[] {
  return Object.values(table).flatMap(({ kind }) => (kind.shape ? [...shapesOf(kind.shape.props), kind.shape] : []))
}

function shapeCode(component: string, shape: ItemShape): string {
  const own = OWN_TYPES.has(shape.name)
  let code = rules(component, shapeConst(shape), shape.props)
  // Entries hold entries: the one rule that names its own table.
  if (shape.name === 'TreeItem')
    code = code.replace(
      "sparse('children')",
      "sparse('children', undefined, { map: (given: readonly object[]) => items('Tree', TREE_ITEM)(given) })",
    )
  return own ? code : `export type ${shape.name} = {\n${members(shape.props, shape.docs, { inItem: true })}\n}\n${code}`
}

function importedTypes(code: string): string[] {
  const known = [
    'Action',
    'Child',
    'Children',
    'Column',
    'Confirm',
    'GraphEdge',
    'GraphNode',
    'Icon',
    'MenuItem',
    'NodeMeta',
    'Row',
    'Scalar',
    'Tone',
    'TreeItem',
  ]
  return known.filter((name) => new RegExp(`\\b${name}\\b`).test(code) && !BUILT_IN.test(name))
}

/** Components that builders make. */
export const offeredTypes = (): UiComponentType[] =>
  (Object.keys(UI_COMPONENTS) as UiComponentType[]).filter(
    (type) => (UI_COMPONENTS[type] as ComponentSpec).offered !== false,
  ) // keys of the table

/** The builders' rules and option types, out of the component table. */
export function buildersSource(): string {
  const seen = new Set<string>()
  const parts = offeredTypes().flatMap((type) => {
    const spec: ComponentSpec = UI_COMPONENTS[type]
    const shapes = shapesOf(spec.props).filter(({ name }) => !seen.has(name) && seen.add(name))
    const body = members(spec.props, spec.docs, { skip: spec.args })
    return [
      ...shapes.map((shape) => shapeCode(type, shape)),
      `${body === '' ? '' : `export type ${type}Options = NodeMeta & {\n${body}\n}\n`}${rules(type, `${type}Rules`, spec.props)}`,
    ]
  })
  const names = offeredTypes().map((type) => `  ${type}: ${type}Rules,`)
  const code = `${parts.join('\n\n')}\n\n/** The rules of every builder, by component. */\nexport const TABLE = {\n${names.join('\n')}\n  DataColumn: COLUMN,\n} as const`
  const helpers = [
    'always',
    'confirm',
    'items',
    'list',
    'one',
    'oneOrList',
    'oneOrListOrText',
    'type Rules',
    'required',
    'sparse',
    'string',
    'TONES',
    'unwrap',
  ]
  const used = helpers.filter((name) => name === 'type Rules' || new RegExp(`\\b${name}\\b`).test(code))
  const json = ['JsonObject', 'JsonValue'].filter((name) => code.includes(name))
  return `// Generated from the component table of the contract by \`npm run docs\`; do not edit.
import type { ${json.join(', ')} } from '@imperal/contract'
import { ${used.join(', ')} } from './emit.ts'
import type { ${importedTypes(code).join(', ')} } from './types.ts'

${code}
`
}
