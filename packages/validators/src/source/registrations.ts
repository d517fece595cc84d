import type { CallExpression, Expression, Node, ObjectExpression } from 'oxc-parser'
import { type FunctionNode, functionOf } from './functions.ts'
import { literalText } from './literals.ts'
import { type SourceFile, type SourceTree, visit } from './source-tree.ts'

const REGISTERING: ReadonlySet<string> = new Set([
  'function',
  'tool',
  'panel',
  'schedule',
  'signal',
  'skeleton',
  'skeletonAlert',
  'webhook',
  'expose',
  'tray',
  'widget',
  'menuItem',
  'cacheModel',
  'emits',
  'onEvent',
  'fileSink',
  'onUpgrade',
])
/** Methods whose name is in their options. */
const NAMED_BY_OPTION: ReadonlySet<string> = new Set(['secret'])
const HOOKS: ReadonlySet<string> = new Set([
  'onInstall',
  'onUninstall',
  'onEnable',
  'onDisable',
  'onRefresh',
  'healthCheck',
])
const CONSTRUCTORS: Readonly<Record<string, string>> = { Extension: 'extension', ChatExtension: 'chat' }

/** One call by which an author registers something. */
export interface Registration {
  readonly registration: string
  /** Undefined when it is not a literal. */
  readonly name: string | undefined
  readonly file: SourceFile
  readonly call: Node & { readonly arguments: CallExpression['arguments'] }
  readonly options: ObjectExpression | undefined
  /** The handler when it stands in the call or is a function of the same file. */
  readonly handler: FunctionNode | undefined
}

type Argument = CallExpression['arguments'][number]
const expression = (argument: Argument | undefined): Expression | undefined =>
  argument === undefined || argument.type === 'SpreadElement' ? undefined : argument

function methodOf(node: CallExpression): string | undefined {
  const { callee } = node
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return undefined
  return callee.property.name
}

function registrationOf(file: SourceFile, node: Node): Registration | undefined {
  if (node.type === 'NewExpression' && node.callee.type === 'Identifier') {
    const registration = CONSTRUCTORS[node.callee.name]
    if (registration === undefined) return undefined
    return described(file, node, { registration, name: literalText(expression(node.arguments[0]), file) })
  }
  if (node.type !== 'CallExpression') return undefined
  const method = methodOf(node)
  if (method === undefined) return undefined
  if (HOOKS.has(method)) return described(file, node, { registration: method, name: method })
  if (NAMED_BY_OPTION.has(method)) {
    const found = described(file, node, { registration: method, name: undefined })
    return { ...found, name: literalText(optionOf(found.options, 'name')?.value, file) }
  }
  if (!REGISTERING.has(method)) return undefined
  return described(file, node, { registration: method, name: literalText(expression(node.arguments[0]), file) })
}

function described(
  file: SourceFile,
  call: Registration['call'],
  known: Pick<Registration, 'registration' | 'name'>,
): Registration {
  const values = call.arguments.map(expression)
  return {
    ...known,
    file,
    call,
    options: values.find((value) => value?.type === 'ObjectExpression'),
    handler: functionOf(values.at(-1), file),
  }
}

const found = new WeakMap<SourceTree, readonly Registration[]>()

/** Every registration of a tree, in file and source order. */
export function registrationsOf(tree: SourceTree): readonly Registration[] {
  const known = found.get(tree)
  if (known !== undefined) return known
  const all = tree.files.flatMap((file) =>
    [...visit(file.program)].flatMap(({ node }) => registrationOf(file, node) ?? []),
  )
  found.set(tree, all)
  return all
}

/** A member of an options literal. */
export function optionOf(options: ObjectExpression | undefined, name: string) {
  for (const property of options?.properties ?? []) {
    if (property.type !== 'Property' || property.computed) continue
    const { key } = property
    if ((key.type === 'Identifier' && key.name === name) || (key.type === 'Literal' && key.value === name)) {
      return property
    }
  }
  return undefined
}
