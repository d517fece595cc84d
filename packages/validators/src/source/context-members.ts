import type { Node } from 'oxc-parser'
import { type FunctionNode, firstParameter, isFunction } from './functions.ts'
import { registrationsOf } from './registrations.ts'
import { type SourceFile, type SourceTree, type Visit, visit } from './source-tree.ts'

/** One reading of a member of a handler's context. */
export interface ContextAccess {
  readonly file: SourceFile
  readonly node: Node
  readonly ancestors: readonly Node[]
  /** `ctx.skeleton.get(…)`: the member of the member that is called, when there is one. */
  readonly method: string | undefined
}

type Handlers = ReadonlySet<Node>

/** A context is what is called `ctx`, or the first parameter of a handler around. */
function isContext(node: Node, ancestors: readonly Node[], handlers: Handlers): boolean {
  if (node.type !== 'Identifier') return false
  if (node.name === 'ctx') return true
  return ancestors.some((ancestor) => {
    const first = handlers.has(ancestor) ? firstParameter(ancestor as FunctionNode) : undefined // handlers are functions
    return first?.type === 'Identifier' && first.name === node.name
  })
}

function takes(pattern: Node | undefined, member: string): Node | undefined {
  if (pattern?.type !== 'ObjectPattern') return undefined
  return pattern.properties.find(
    (property) => property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === member,
  )
}

function destructured({ node, ancestors }: Visit, member: string, handlers: Handlers): Node | undefined {
  if (node.type === 'VariableDeclarator' && node.init !== null && isContext(node.init, ancestors, handlers)) {
    return takes(node.id, member)
  }
  return handlers.has(node) ? takes(firstParameter(node as FunctionNode), member) : undefined // handlers are functions
}

function methodOn(node: Node, ancestors: readonly Node[]): string | undefined {
  const parent = ancestors.at(-1)
  if (parent?.type !== 'MemberExpression' || parent.object !== node) return undefined
  return parent.property.type === 'Identifier' && !parent.computed ? parent.property.name : undefined
}

/** Everywhere a tree reads `ctx.<member>`, by dot or by destructuring. */
export function* contextAccesses(tree: SourceTree, member: string): Generator<ContextAccess> {
  const handlers = new Set<Node>(registrationsOf(tree).flatMap(({ handler }) => handler ?? []))
  for (const file of tree.files) {
    for (const { node, ancestors } of visit(file.program)) {
      if (node.type === 'MemberExpression') {
        const isMember = !node.computed && node.property.type === 'Identifier' && node.property.name === member
        if (!isMember || !isContext(node.object, ancestors, handlers)) continue
        yield { file, node, ancestors, method: methodOn(node, ancestors) }
        continue
      }
      const taken = destructured({ node, ancestors }, member, handlers)
      // A destructured parameter belongs to the function that it opens.
      if (taken !== undefined) {
        yield { file, node: taken, ancestors: isFunction(node) ? [...ancestors, node] : ancestors, method: undefined }
      }
    }
  }
}
