import type { JsonValue } from '@imperal/contract'
import { bounded, type IrIssue, type Issues } from '../issues.ts'
import { isObject } from '../json.ts'

/** Spellings of the normal form and what a document may have written in their place (ir 2.4). */
const ALSO: Readonly<Record<string, string>> = {
  action: 'op',
  params: 'args',
  collection: 'kind',
  url: 'path',
  target: 'url',
}

/** Members of the normal form where the flat form has them (ir 2.5). */
const FLAT: readonly (readonly [RegExp, string])[] = [
  [/^app\.functions\.(\d+)\.impl(?:\.declarative)?(?:\.steps(?:\.0)?)?(?=\.|$)/, 'steps.$1'],
  [/^app\.functions\.(\d+)\.name$/, 'steps.$1.id'],
  [/^app\.functions(?=\.|$)/, 'steps'],
  [/^app\.id$/, 'app_id'],
  [/^app\.?/, ''],
]

function inWrittenForm(raw: JsonValue, path: string): string {
  if (isObject(raw) && raw.app === undefined && raw.steps !== undefined) {
    const [pattern, written] = FLAT.find(([one]) => one.test(path)) ?? []
    return pattern === undefined || written === undefined ? path : path.replace(pattern, written)
  }
  return path.replace(/^app\.panels(?=\.|$)/, 'app.ui.panels')
}

/** The member of an object that a part of a path means, in the spelling of the object. */
function spelt(node: { readonly [name: string]: JsonValue }, part: string): string | undefined {
  if (Object.hasOwn(node, part)) return part
  const other = ALSO[part]
  return other !== undefined && Object.hasOwn(node, other) ? other : undefined
}

/**
 * Where a place of the normal form stands in the document as its author wrote it: in either form, and in whichever spelling. The
 * name of a chosen variant (`declarative`) is no member; a member that is missing keeps the name that it should have.
 */
export function writtenPlace(raw: JsonValue, path: string): string {
  const parts = inWrittenForm(raw, path).split('.').filter(Boolean)
  const written: string[] = []
  let node: JsonValue | undefined = raw
  for (const [index, part] of parts.entries()) {
    if (Array.isArray(node) && /^\d+$/.test(part) && node[Number(part)] !== undefined) {
      written.push(part)
      node = node[Number(part)]
    } else if (isObject(node)) {
      const name = spelt(node, part)
      if (name === undefined && node.kind === part) continue
      if (name === undefined) return [...written, ...parts.slice(index)].join('.')
      written.push(name)
      node = node[name]
    } else return [...written, ...parts.slice(index)].join('.')
  }
  return written.join('.')
}

/** The findings, each where its author wrote it. */
export const placed = (raw: JsonValue, { all }: Issues): IrIssue[] =>
  bounded(all).map((issue) => (issue.path === undefined ? issue : { ...issue, path: writtenPlace(raw, issue.path) }))
