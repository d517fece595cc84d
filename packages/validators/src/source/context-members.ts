import type { Node } from 'oxc-parser'
import { type FunctionNode, firstParameter, isFunction } from './functions.ts'
import { registrationsOf } from './registrations.ts'
import { isSdk, originOf } from './resolve.ts'
import { bare, lookup, memberName, membersOf, nameOfExport, wrapped } from './scopes.ts'
import { ancestorsOf, nodesOf, parentOf, type SourceFile, type SourceTree } from './source-tree.ts'

/** One reading of a member of a handler's context. */
export interface ContextAccess {
  readonly file: SourceFile
  readonly node: Node
  /** `ctx.skeleton.get(…)`: the member of the member that is used, when there is one. */
  readonly method: string | undefined
  /** True for a use of a variable that holds the member; the reading into that variable is an access of its own. */
  readonly isAlias: boolean
}

/** Parameters of these types are contexts in whichever function. */
const CONTEXT_TYPES: ReadonlySet<string> = new Set([
  'BaseContext',
  'CommonContext',
  'FunctionContext',
  'BackgroundTaskContext',
  'ToolContext',
  'PanelContext',
  'SkeletonContext',
  'LifecycleContext',
  'UpgradeContext',
  'SystemContext',
  'WebhookContext',
  'EventContext',
  'HealthContext',
])

type Handlers = ReadonlySet<Node>

const handlerSets = new WeakMap<SourceTree, Handlers>()

function handlersOf(tree: SourceTree): Handlers {
  const known = handlerSets.get(tree)
  if (known !== undefined) return known
  const handlers = new Set<Node>(registrationsOf(tree).flatMap(({ handler }) => handler?.node ?? []))
  handlerSets.set(tree, handlers)
  return handlers
}

/** The name of the type that a parameter is annotated with. */
export function annotationOf(id: Node | undefined): string | undefined {
  const annotation = (id as { typeAnnotation?: { typeAnnotation: Node } | null } | undefined)?.typeAnnotation
  const type = annotation?.typeAnnotation
  if (type?.type !== 'TSTypeReference') return undefined
  return type.typeName.type === 'Identifier' ? type.typeName.name : undefined
}

/** What tests make for themselves is no context of the platform. */
function isMade(tree: SourceTree, file: SourceFile, value: Node): boolean {
  const made = bare(value)
  if (made.type === 'NewExpression' || made.type === 'ObjectExpression') return true
  if (made.type !== 'CallExpression') return false
  const origin = originOf(tree, file, made.callee)
  return origin?.kind === 'module' && isSdk(origin.from) && origin.from.endsWith('/testing')
}

/** A context is what is called `ctx`, the first parameter of a handler, or what has a context's type. */
function isContext(tree: SourceTree, file: SourceFile, value: Node, hops = 0): boolean {
  const node = bare(value)
  if (node.type !== 'Identifier' || hops > 8) return false
  const binding = lookup(file, node.name, node)
  if (binding?.kind === 'parameter') {
    const { id, isFirst, owner } = binding
    return node.name === 'ctx' || CONTEXT_TYPES.has(annotationOf(id) ?? '') || (isFirst && handlersOf(tree).has(owner))
  }
  if (binding?.kind === 'value') {
    if (isContext(tree, file, binding.value, hops + 1)) return true
    return node.name === 'ctx' && !isMade(tree, file, binding.value)
  }
  return node.name === 'ctx' && binding?.kind !== 'import'
}

interface Scan {
  readonly tree: SourceTree
  readonly file: SourceFile
  readonly member: string
}

/** A member taken out by a pattern, and what is then done with it. */
function* taken({ file, member }: Scan, pattern: Node | undefined): Generator<ContextAccess> {
  if (pattern?.type !== 'ObjectPattern') return
  for (const property of pattern.properties) {
    if (property.type !== 'Property' || property.computed || nameOfExport(property.key) !== member) continue
    yield { file, node: property, method: undefined, isAlias: false }
    const value = property.value.type === 'AssignmentPattern' ? property.value.left : property.value
    yield* uses(file, value)
  }
}

/** Uses of a variable or pattern that holds the member. */
function* uses(file: SourceFile, held: Node): Generator<ContextAccess> {
  if (held.type === 'ObjectPattern') {
    for (const property of held.properties) {
      if (property.type !== 'Property' || property.computed) continue
      yield { file, node: property, method: nameOfExport(property.key), isAlias: true }
    }
    return
  }
  for (const { node, member: method } of membersOf(file, held)) yield { file, node, method, isAlias: true }
}

function* read({ tree, file, member }: Scan, node: Node): Generator<ContextAccess> {
  if (node.type !== 'MemberExpression' || memberName(node) !== member) return
  if (!isContext(tree, file, node.object)) return
  const outer = wrapped(file, node)
  const parent = parentOf(file, outer)
  const isOwner = parent?.type === 'MemberExpression' && parent.object === outer
  yield { file, node, method: isOwner ? memberName(parent) : undefined, isAlias: false }
  if (parent?.type === 'VariableDeclarator' && parent.init === outer) yield* uses(file, parent.id)
}

function* accessesOf(scan: Scan, node: Node): Generator<ContextAccess> {
  const { tree, file } = scan
  if (node.type === 'MemberExpression') yield* read(scan, node)
  else if (node.type === 'VariableDeclarator' && node.id.type === 'ObjectPattern' && node.init !== null) {
    if (isContext(tree, file, node.init)) yield* taken(scan, node.id)
  } else if (isFunction(node)) {
    const first = firstParameter(node)
    const isOne = handlersOf(tree).has(node) || CONTEXT_TYPES.has(annotationOf(first) ?? '')
    if (isOne) yield* taken(scan, first)
  }
}

/** Everywhere a tree reads `ctx.<member>`: by dot, by index, by destructuring, and through variables that hold it. */
export function* contextAccesses(tree: SourceTree, member: string): Generator<ContextAccess> {
  for (const file of tree.files) {
    if (!file.text.includes(member)) continue
    for (const node of nodesOf(file)) yield* accessesOf({ tree, file, member }, node)
  }
}

/** The functions around an access, the innermost first. */
export const functionsAround = ({ file, node }: ContextAccess): FunctionNode[] =>
  [...ancestorsOf(file, node)].filter(isFunction)
