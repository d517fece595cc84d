const CODE = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`)/

/** Reads `** text **` as strong, as many models write it; code is left alone. */
export function tolerant(source: string): string {
  const parts = source.split(CODE)
  return parts
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\*\*[ \t]+([^*\n]{1,400}?)[ \t]+\*\*/g, '**$1**')))
    .join('')
}

/** A text that is still arriving: what is complete, and the open fence or table that must stay plain until it closes. */
export function splitStreaming(source: string): { readonly done: string; readonly open: string } {
  const lines = source.split('\n')
  let fence = -1
  lines.forEach((line, index) => {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) fence = fence === -1 ? index : -1
  })
  const start = fence === -1 ? tableStart(lines) : fence
  if (start === -1) return { done: source, open: '' }
  return { done: lines.slice(0, start).join('\n'), open: lines.slice(start).join('\n') }
}

function tableStart(lines: readonly string[]): number {
  let start = lines.length
  while (start > 0 && /^\s*\|/.test(lines[start - 1] ?? '')) start -= 1
  return start === lines.length ? -1 : start
}

interface MdNode {
  type: string
  value?: string
  children?: MdNode[]
  data?: { hProperties?: Record<string, string> }
}
const CALLOUT = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*\n?/

/** Marks block quotes that begin with `[!NOTE]` and its like with `data-callout`. */
export function remarkCallouts() {
  const visit = (node: MdNode) => {
    for (const child of node.children ?? []) visit(child)
    if (node.type !== 'blockquote') return
    const paragraph = node.children?.[0]
    const text = paragraph?.children?.[0]
    const match = paragraph?.type === 'paragraph' && text?.type === 'text' ? CALLOUT.exec(text.value ?? '') : null
    if (match === null || text === undefined) return
    text.value = (text.value ?? '').slice(match[0].length)
    node.data = { hProperties: { 'data-callout': (match[1] ?? '').toLowerCase() } }
  }
  return visit
}
