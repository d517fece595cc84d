import type { Expression, Node } from 'oxc-parser'
import { ancestorsOf, nodesOf, parentOf, type SourceFile } from './source-tree.ts'

/** What a name means at one place. `id` is the identifier that declares it. */
export type Binding =
  | { readonly kind: 'value'; readonly id: Node; readonly value: Node; readonly isTopLevel: boolean }
  | { readonly kind: 'import'; readonly id: Node; readonly from: string; readonly imported: string }
  | { readonly kind: 'parameter'; readonly id: Node; readonly owner: Node; readonly isFirst: boolean }
  /** Taken out of something, or a variable without a value of its own. */
  | { readonly kind: 'part'; readonly id: Node; readonly isTopLevel: boolean }

type Names = Map<string, Binding>

/** The identifiers that a pattern declares. */
function* declared(pattern: Node): Generator<Node & { name: string }> {
  const pending: Node[] = [pattern]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'Identifier') yield node
    else if (node.type === 'AssignmentPattern') pending.push(node.left)
    else if (node.type === 'RestElement') pending.push(node.argument)
    else if (node.type === 'TSParameterProperty') pending.push(node.parameter)
    else if (node.type === 'ArrayPattern') pending.push(...node.elements.filter((element) => element !== null))
    else if (node.type === 'ObjectPattern') {
      pending.push(...node.properties.map((property) => (property.type === 'Property' ? property.value : property)))
    }
  }
}

function addImports(statement: Node, names: Names): void {
  if (statement.type !== 'ImportDeclaration') return
  for (const specifier of statement.specifiers) {
    const { local } = specifier
    const imported =
      specifier.type === 'ImportNamespaceSpecifier'
        ? '*'
        : specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : nameOfExport(specifier.imported)
    names.set(local.name, { kind: 'import', id: local, from: statement.source.value, imported })
  }
}

/** Names of modules may be texts. */
export const nameOfExport = (node: Node): string =>
  node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : ''

function addStatement(statement: Node, names: Names, isTopLevel: boolean): void {
  addImports(statement, names)
  const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
  const declaration = isExport ? statement.declaration : statement
  if (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration') {
    const { id } = declaration
    if (id !== null) names.set(id.name, { kind: 'value', id, value: declaration, isTopLevel })
  }
  if (declaration?.type !== 'VariableDeclaration') return
  for (const { id, init } of declaration.declarations) {
    const isWhole = id.type === 'Identifier' && init !== null
    for (const each of declared(id)) {
      const binding: Binding = isWhole
        ? { kind: 'value', id: each, value: init, isTopLevel }
        : { kind: 'part', id: each, isTopLevel }
      names.set(each.name, binding)
    }
  }
}

function addParameters(owner: Node & { readonly params: readonly Node[] }, names: Names): void {
  for (const [index, parameter] of owner.params.entries()) {
    const plain = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
    for (const id of declared(parameter)) {
      names.set(
        id.name,
        plain === id ? { kind: 'parameter', id, owner, isFirst: index === 0 } : { kind: 'part', id, isTopLevel: false },
      )
    }
  }
}

function readScope(scope: Node): Names | undefined {
  const names: Names = new Map()
  switch (scope.type) {
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
    case 'TSModuleBlock':
      for (const statement of scope.body) addStatement(statement, names, scope.type === 'Program')
      return names
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      addParameters(scope, names)
      return names
    case 'ForStatement':
      if (scope.init !== null) addStatement(scope.init, names, false)
      return names
    case 'ForOfStatement':
    case 'ForInStatement':
      addStatement(scope.left, names, false)
      return names
    case 'CatchClause':
      for (const id of scope.param === null ? [] : declared(scope.param)) {
        names.set(id.name, { kind: 'part', id, isTopLevel: false })
      }
      return names
    case 'SwitchStatement':
      for (const statement of scope.cases.flatMap(({ consequent }) => consequent)) addStatement(statement, names, false)
      return names
    default:
      return undefined
  }
}

const scopes = new WeakMap<Node, Names | null>()

function namesOf(scope: Node): Names | null {
  const known = scopes.get(scope)
  if (known !== undefined) return known
  const names = readScope(scope) ?? null
  scopes.set(scope, names)
  return names
}

/** What a name means where a node stands; undefined for a global. */
export function lookup(file: SourceFile, name: string, at: Node): Binding | undefined {
  const own = namesOf(at)?.get(name)
  if (own !== undefined) return own
  for (const scope of ancestorsOf(file, at)) {
    const binding = namesOf(scope)?.get(name)
    if (binding !== undefined) return binding
  }
  return undefined
}

/** Members that are read of a variable: `skeleton.get` of `skeleton`. */
export function* membersOf(file: SourceFile, id: Node): Generator<{ node: Node; member: string }> {
  if (id.type !== 'Identifier') return
  for (const node of nodesOf(file)) {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier' || node.object.name !== id.name) continue
    const member = memberName(node)
    if (member !== undefined && lookup(file, id.name, node)?.id === id) yield { node, member }
  }
}

/** `a.b`, `a?.b` and `a['b']`. */
export function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const { property, computed } = node
  if (!computed) return property.type === 'Identifier' ? property.name : undefined
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

/** What stands around an expression without changing its value. */
export function wrapped(file: SourceFile, node: Node): Node {
  let outer = node
  for (let parent = parentOf(file, outer); parent !== undefined && SAME_VALUE.has(parent.type); ) {
    outer = parent
    parent = parentOf(file, outer)
  }
  return outer
}

const SAME_VALUE: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'ParenthesizedExpression',
  'ChainExpression',
  'AwaitExpression',
])

/** The value behind types, parentheses, `?.` and `await`. */
export function bare(expression: Expression): Expression
export function bare(expression: Node): Node
export function bare(expression: Node): Node {
  let inner = expression
  while (SAME_VALUE.has(inner.type)) {
    inner = inner.type === 'AwaitExpression' ? inner.argument : (inner as unknown as { expression: Node }).expression // all of them have it
  }
  return inner
}
