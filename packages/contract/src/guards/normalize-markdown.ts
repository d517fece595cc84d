/** Tight bold marks, and no empty ones; what stands in backticks stays. */
const tightBold = (line: string): string =>
  line
    .split(/(`[^`]*`)/)
    .map((piece, at) =>
      at % 2 === 1
        ? piece
        : piece.replace(/\*\*([^*\n]*)\*\*/g, (_all, inner: string) =>
            inner.trim() === '' ? '' : `**${inner.trim()}**`,
          ),
    )
    .join('')

/** The sign that opens or closes a block of code; null: the line is none. */
export const fenceOf = (line: string): string | null => /^\s{0,3}(```+|~~~+)/.exec(line)?.[1] ?? null

/** Whether a line closes the block of code that `fence` opened. */
export const closesFence = (line: string, fence: string): boolean => {
  const mark = fenceOf(line)
  return mark?.startsWith(fence) === true && line.trim() === mark
}

/**
 * One way of writing for what Markdown allows several: list signs, headings, bold marks, line ends, blank lines; an open code
 * block is closed. Pure and idempotent (I-MD-2). Code stays as it is.
 */
export function normalizeMarkdown(text: string): string {
  const out: string[] = []
  let fence: string | null = null
  for (const line of text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').trim().split('\n')) {
    if (fence !== null) {
      out.push(line.trimEnd())
      if (closesFence(line, fence)) fence = null
      continue
    }
    fence = fenceOf(line)
    const plain = tightBold(line)
      .trimEnd()
      .replace(/^(\s*)[*+•] +(?=\S)/, '$1- ')
      .replace(/^(#{1,6})(?=[^\s#])/, '$1 ')
    if (plain === '' && (out.at(-1) ?? '') === '') continue
    out.push(plain)
  }
  if (fence !== null) out.push(fence)
  return out.join('\n').trim()
}
