import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

const SOURCE = new URL('../src/', import.meta.url).pathname

/** Attributes, properties and constants of these names hold what a person reads or hears. */
const SHOWN = new Set(
  'label title placeholder description message lead head help word confirmLabel pendingLabel submitLabel aria-label'.split(
    ' ',
  ),
)
/** Files whose words are not of the panel's languages, and why. */
const WHOLE_FILES: Readonly<Record<string, string>> = {
  'pages/gallery.tsx': 'the reference of components for authors is English, as their documentation is',
  'pages/gallery/': 'the same reference',
  'pages/developer/starter.ts': 'the source of an example app, which its author rewrites',
  'data/workspace/stand-in.ts': 'the server of tests',
}
/** Words that are the same in every language, and why. */
const SAME_EVERYWHERE: Readonly<Record<string, string>> = {
  Imperal: 'the name of the product',
  Anthropic: 'the name of a company',
  OpenAI: 'the name of a company',
  Google: 'the name of a company',
  'imperal init my-app': 'a command to type',
  'imperal deploy': 'a command to type',
  'imperal logs --follow': 'a command to type',
  'Ctrl K': 'names of keys',
  'WDBK-7Q3M': 'what a device code looks like',
  'notes:read tasks:write': 'what scopes look like',
  'https://': 'how an address begins',
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode)
const hasWords = (text: string) => /\p{L}{2}/u.test(text)

/** Texts that an expression may come to, without those that were looked up in a catalog. */
function textsOf(value: unknown): [at: number, text: string][] {
  if (!isNode(value)) return []
  const { type, start } = value
  if (type === 'Literal') return typeof value.value === 'string' ? [[start, value.value]] : []
  if (type === 'TemplateLiteral')
    return (value.quasis as { value: { raw: string } }[]).map(({ value: { raw } }) => [start, raw.trim()])
  if (type === 'ConditionalExpression') return [...textsOf(value.consequent), ...textsOf(value.alternate)]
  if (type === 'LogicalExpression' || type === 'BinaryExpression')
    return /^[=!<>]/.test(String(value.operator)) ? [] : [...textsOf(value.left), ...textsOf(value.right)]
  const within = ['JSXExpressionContainer', 'ParenthesizedExpression', 'TSAsExpression', 'TSSatisfiesExpression']
  return within.includes(type) ? textsOf(value.expression) : []
}

const nameOf = (node: unknown): string => {
  const { name, value } = (node ?? {}) as { name?: unknown; value?: unknown }
  return typeof name === 'string' ? name : typeof value === 'string' ? value : ''
}

/** What a module shows without asking a catalog, with the line it stands in. */
function plainWords(file: string, source: string): string[] {
  const found: [at: number, text: string][] = []
  const visit = (node: Node): void => {
    if (node.type === 'JSXText') found.push([node.start, String(node.value).trim()])
    if (node.type === 'JSXElement' || node.type === 'JSXFragment')
      for (const child of node.children as Node[])
        if (child.type === 'JSXExpressionContainer') found.push(...textsOf(child))
    if (node.type === 'JSXAttribute' && SHOWN.has(nameOf(node.name))) found.push(...textsOf(node.value))
    if (node.type === 'Property' && SHOWN.has(nameOf(node.key))) found.push(...textsOf(node.value))
    if (node.type === 'VariableDeclarator' && SHOWN.has(nameOf(node.id))) found.push(...textsOf(node.init))
    for (const child of childrenOf(node)) visit(child)
  }
  visit(parseSync(file, source).program as unknown as Node)
  const lineOf = (at: number) => source.slice(0, at).split('\n').length
  return found
    .filter(([, text]) => hasWords(text) && SAME_EVERYWHERE[text] === undefined)
    .map(([at, text]) => `${file}:${lineOf(at)} ${text}`)
}

test('[I7-i18n] the search for plain words finds text, labels and what a condition chooses', () => {
  const source = `const label = open ? 'Close' : t('Open')
    export const View = () => <p title={\`Card of \${name}\`}>Said {t('Read')} {many ? 'things' : null}<i className="x y" /></p>
    export const row = { label: 'Rename', key: 'rename' }`
  expect(plainWords('view.tsx', source).map((found) => found.replace(/^\S+ /, ''))).toEqual([
    'Close',
    'things',
    'Card of',
    'Said',
    'Rename',
  ])
})

test('[I7-i18n] everything that the panel says itself goes through its catalogs', async () => {
  const plain: string[] = []
  for await (const file of glob('**/*.{ts,tsx}', { cwd: SOURCE })) {
    if (/\.test\.ts$|^i18n\//.test(file) || Object.keys(WHOLE_FILES).some((start) => file.startsWith(start))) continue
    plain.push(...plainWords(file, readFileSync(SOURCE + file, 'utf8')))
  }
  expect(plain).toEqual([])
})
