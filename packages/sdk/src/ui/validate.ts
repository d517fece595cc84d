import { type ParseUiOptions, parseUiTree, type UiNoteCode } from '@imperal/contract/ui'

/** One finding in a tree: `path` names the node or prop, as in `Stack.children[2].on_click`. */
export interface TreeIssue {
  readonly level: 'error' | 'warning'
  readonly code: UiNoteCode
  readonly path: string
  readonly message: string
}

export interface TreeReport {
  /** Without an error. */
  readonly ok: boolean
  readonly issues: readonly TreeIssue[]
}

/** Findings after which a panel shows nothing of the tree at all. */
const REFUSED: ReadonlySet<UiNoteCode> = new Set(['malformed', 'too_large', 'too_deep', 'too_many_nodes'])

/**
 * What the panel would say of a tree (ui 7.4). `strict`, the default, is for an author's own trees: whatever would be
 * repaired or left out is an error. `lenient` is what the panel does with any tree: only what it refuses as a whole is one.
 */
export function validate(
  wire: unknown,
  options: { readonly mode?: 'strict' | 'lenient' } & Pick<ParseUiOptions, 'limits'> = {},
): TreeReport {
  const { mode = 'strict', limits } = options
  // A builder's node and plain JSON are the same thing on the wire.
  const plain: unknown = wire === undefined ? undefined : JSON.parse(JSON.stringify(wire) ?? 'null')
  const issues = parseUiTree(plain, { limits }).notes.map(
    (note): TreeIssue => ({ ...note, level: mode === 'strict' || REFUSED.has(note.code) ? 'error' : 'warning' }),
  )
  return { ok: issues.every((issue) => issue.level !== 'error'), issues }
}
