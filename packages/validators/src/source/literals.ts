import type { Expression, Node, Program } from 'oxc-parser'
import type { SourceFile } from './source-tree.ts'

/** Declarations at the top level of a file, by name. */
export function topLevelConstants(program: Program): ReadonlyMap<string, Expression> {
  const constants = new Map<string, Expression>()
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier' && init !== null) constants.set(id.name, init)
    }
  }
  return constants
}

/** The value behind `as`, `satisfies`, `!` and parentheses. */
export function bare(expression: Expression): Expression {
  switch (expression.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
      return bare(expression.expression)
    default:
      return expression
  }
}

/** A text literal, also behind a constant of the same file. */
export function literalText(value: Node | undefined | null, file: SourceFile): string | undefined {
  if (value === undefined || value === null) return undefined
  const inner = bare(value as Expression) // asked of expressions only
  if (inner.type === 'Literal' && typeof inner.value === 'string') return inner.value
  if (inner.type === 'TemplateLiteral' && inner.expressions.length === 0) return inner.quasis[0]?.value.cooked ?? ''
  if (inner.type !== 'Identifier') return undefined
  const constant = topLevelConstants(file.program).get(inner.name)
  return constant === undefined || constant.type === 'Identifier' ? undefined : literalText(constant, file)
}

/** A number literal, its sign included. */
export function literalNumber(value: Expression): number | undefined {
  const inner = bare(value)
  if (inner.type === 'Literal' && typeof inner.value === 'number') return inner.value
  if (inner.type === 'UnaryExpression' && inner.operator === '-') {
    const positive = literalNumber(inner.argument)
    return positive === undefined ? undefined : -positive
  }
  return undefined
}
