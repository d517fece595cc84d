import type { CallExpression, Expression, Node, ObjectExpression, ObjectProperty } from 'oxc-parser'
import { type FoundFunction, functionOf } from './functions.ts'
import { type Located, literalText } from './literals.ts'
import { isForeign, isSdk, type Origin, originOf } from './resolve.ts'
import { memberName, nameOfExport } from './scopes.ts'
import { nodesOf, type SourceFile, type SourceTree } from './source-tree.ts'

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
/** Methods and constructors whose name is in their options. */
const NAMED_BY_OPTION: Readonly<Record<string, string>> = { secret: 'name', chat: 'toolName' }
const HOOKS: ReadonlySet<string> = new Set([
  'onInstall',
  'onUninstall',
  'onEnable',
  'onDisable',
  'onRefresh',
  'healthCheck',
])
const CONSTRUCTORS: Readonly<Record<string, string>> = { Extension: 'extension', ChatExtension: 'chat' }

/** The literal in which options stand, wherever it is. */
export interface Options {
  readonly tree: SourceTree
  readonly file: SourceFile
  readonly node: ObjectExpression
}

/** One member of an options literal. */
export interface Option extends Located {
  readonly property: ObjectProperty
}

/** One call by which an author registers something. */
export interface Registration {
  readonly registration: string
  /** Undefined when it is not a literal. */
  readonly name: string | undefined
  readonly file: SourceFile
  readonly call: Node & { readonly arguments: CallExpression['arguments'] }
  readonly options: Options | undefined
  /** The handler when the sources say which function it is. */
  readonly handler: FoundFunction | undefined
  /** The sources say that an extension is registered with, not something else that has such a method. */
  readonly isCertain: boolean
}

type Argument = CallExpression['arguments'][number]
const expression = (argument: Argument | undefined): Expression | undefined =>
  argument === undefined || argument.type === 'SpreadElement' ? undefined : argument

/** `extension` or `chat` for what `new` is asked to make. Names stand for themselves where no import says more. */
function constructed(tree: SourceTree, file: SourceFile, callee: Node, hops = 0): string | undefined {
  const origin = originOf(tree, file, callee)
  if (origin?.kind === 'global') return CONSTRUCTORS[origin.name]
  if (origin?.kind === 'module') return isForeign(origin) ? undefined : CONSTRUCTORS[origin.imported]
  if (origin?.kind !== 'node' || hops > 8) return undefined
  const { node } = origin
  const parent = node.type === 'ClassDeclaration' || node.type === 'ClassExpression' ? node.superClass : null
  return parent === null ? undefined : constructed(tree, origin.file, parent, hops + 1)
}

const NO_RECEIVER: ReadonlySet<string> = new Set([
  'Literal',
  'TemplateLiteral',
  'ObjectExpression',
  'ArrayExpression',
  'ArrowFunctionExpression',
  'FunctionExpression',
  'FunctionDeclaration',
  'ClassDeclaration',
  'ClassExpression',
])

const isMade = (tree: SourceTree, origin: Origin | undefined): boolean =>
  origin?.kind === 'node' &&
  origin.node.type === 'NewExpression' &&
  constructed(tree, origin.file, origin.node.callee) !== undefined

/** A parameter that is annotated as one: `(ext: Extension) => …`. */
function isAnnotated(tree: SourceTree, origin: Origin | undefined): boolean {
  if (origin?.kind !== 'parameter' || origin.id.type !== 'Identifier') return false
  const type = origin.id.typeAnnotation?.typeAnnotation
  return type?.type === 'TSTypeReference' && constructed(tree, origin.file, type.typeName) !== undefined
}

/** False only when it is certain that something else than an extension has the method. */
function mayRegister(tree: SourceTree, origin: Origin | undefined): boolean {
  if (origin?.kind === 'module') return !isForeign(origin) && !isSdk(origin.from)
  if (origin?.kind === 'file') return false
  if (origin?.kind !== 'node') return true
  const { file, node } = origin
  if (node.type === 'NewExpression') return isMade(tree, origin)
  if (node.type === 'CallExpression') return !isForeign(originOf(tree, file, rootOf(node)))
  return !NO_RECEIVER.has(node.type)
}

/** `z` of `z.object({}).strict()`. */
function rootOf(value: Node): Node {
  let node = value
  for (;;) {
    if (node.type === 'CallExpression') node = node.callee
    else if (node.type === 'MemberExpression') node = node.object
    else return node
  }
}

function optionsOf(tree: SourceTree, file: SourceFile, values: readonly (Expression | undefined)[]) {
  for (const value of values) {
    const origin = value === undefined ? undefined : originOf(tree, file, value)
    if (origin?.kind === 'node' && origin.node.type === 'ObjectExpression') {
      return { tree, file: origin.file, node: origin.node }
    }
  }
  return undefined
}

function described(
  tree: SourceTree,
  file: SourceFile,
  call: Registration['call'],
  registration: string,
): Omit<Registration, 'isCertain'> {
  const values = call.arguments.map(expression)
  const located = (node: Node | undefined): Located | undefined => node && { tree, file, node }
  const options = optionsOf(tree, file, values)
  const option = NAMED_BY_OPTION[registration]
  const [first, last] = [located(values[0]), located(values.at(-1))]
  const named = option === undefined ? first : optionOf(options, option)
  const name = HOOKS.has(registration) ? registration : literalText(named)
  return { registration, name, file, call, options, handler: last && functionOf(last) }
}

function registrationOf(tree: SourceTree, file: SourceFile, node: Node): Registration | undefined {
  if (node.type === 'NewExpression') {
    const registration = constructed(tree, file, node.callee)
    return registration === undefined ? undefined : { ...described(tree, file, node, registration), isCertain: true }
  }
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined
  const method = memberName(node.callee)
  if (method === undefined) return undefined
  const isOne = REGISTERING.has(method) || HOOKS.has(method) || method === 'secret'
  if (!isOne) return undefined
  const origin = originOf(tree, file, node.callee.object)
  if (!mayRegister(tree, origin)) return undefined
  return { ...described(tree, file, node, method), isCertain: isMade(tree, origin) || isAnnotated(tree, origin) }
}

const found = new WeakMap<SourceTree, readonly Registration[]>()

/** Every registration of a tree, in file and source order. */
export function registrationsOf(tree: SourceTree): readonly Registration[] {
  const known = found.get(tree)
  if (known !== undefined) return known
  const all = tree.files.flatMap((file) => nodesOf(file).flatMap((node) => registrationOf(tree, file, node) ?? []))
  found.set(tree, all)
  return all
}

/** A member of an options literal, also one that a spread brings in. The last one counts. */
export function optionOf(options: Options | undefined, name: string, hops = 0): Option | undefined {
  if (options === undefined || hops > 8) return undefined
  const { tree, file, node } = options
  for (const property of [...node.properties].reverse()) {
    if (property.type === 'SpreadElement') {
      const inner = optionOf(optionsOf(tree, file, [property.argument]), name, hops + 1)
      if (inner !== undefined) return inner
    } else if (!property.computed && nameOfExport(property.key) === name) {
      return { tree, file, property, node: property.value }
    }
  }
  return undefined
}
