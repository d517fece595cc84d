import type { SyntaxNode } from '@lezer/common'

export interface Place {
  readonly from: number
  readonly to: number
}

const unquoted = (text: string): string => {
  try {
    return String(JSON.parse(text))
  } catch {
    // The editor also holds half-written text.
    return text
  }
}

function member(object: SyntaxNode, name: string, read: (node: SyntaxNode) => string): SyntaxNode | null {
  for (let property = object.firstChild; property !== null; property = property.nextSibling) {
    const key = property.getChild('PropertyName')
    if (key !== null && unquoted(read(key)) === name) return property.lastChild
  }
  return null
}

function element(array: SyntaxNode, index: number): SyntaxNode | null {
  let at = -1
  for (let child = array.firstChild; child !== null; child = child.nextSibling) {
    if (/^[[\],⚠]/.test(child.name)) continue
    at += 1
    if (at === index) return child
  }
  return null
}

/**
 * Where a dotted path of a finding lies in the text. Parts that the text does not have (the name of a chosen variant) are
 * passed over; what cannot be found any deeper is marked where the search ended.
 */
export function placeOf(root: SyntaxNode, path: string, read: (node: SyntaxNode) => string): Place {
  let found = root.name === 'JsonText' ? (root.firstChild ?? root) : root
  for (const part of path.split('.').filter(Boolean)) {
    const next =
      found.name === 'Object'
        ? member(found, part, read)
        : found.name === 'Array' && /^\d+$/.test(part)
          ? element(found, Number(part))
          : null
    if (next !== null) found = next
  }
  // A whole object is no useful mark; its first line is.
  const first = found.name === 'Object' || found.name === 'Array' ? found.from + 1 : found.to
  return { from: found.from, to: Math.max(first, found.from + 1) }
}
