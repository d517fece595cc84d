import type { Node } from 'oxc-parser'
import { defineRule } from '../define-rule.ts'
import { nodesOf, placeOf, type SourceFile } from '../source/source-tree.ts'

const VENDORS = [
  '@anthropic-ai/sdk',
  'openai',
  '@google/genai',
  '@google/generative-ai',
  'ollama',
  'cohere-ai',
  '@mistralai/mistralai',
  'groq-sdk',
]

const isVendor = (name: string): boolean => VENDORS.some((vendor) => name === vendor || name.startsWith(`${vendor}/`))

function literal(node: Node | null | undefined): string | undefined {
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** What a node imports, whatever its form. */
function importedBy(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
      return literal(node.source)
    case 'TSExternalModuleReference':
      return literal(node.expression)
    case 'CallExpression':
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'require') return undefined
      return literal(node.arguments[0])
    default:
      return undefined
  }
}

function* vendorImports(file: SourceFile) {
  for (const node of nodesOf(file)) {
    const name = importedBy(node)
    if (name !== undefined && isVendor(name)) yield { name, node }
  }
}

export const v7VendorLibraries = defineRule({
  id: 'V7',
  needs: 'source',
  severity: 'ERROR',
  title: "Extensions do not import model vendors' libraries",
  *check({ source }) {
    for (const file of source.files) {
      for (const { name, node } of vendorImports(file)) {
        yield {
          message: `'${name}' is imported; the platform chooses the model, with the keys of the user`,
          fix: 'Use `ctx.ai.complete(…)` and drop the import.',
          at: placeOf(file, node),
        }
      }
    }
  },
})
