/** Why a part of a tree was changed or left out. The first four refuse the whole tree. */
export type UiNoteCode =
  | 'malformed'
  | 'too_large'
  | 'too_deep'
  | 'too_many_nodes'
  | 'unknown_type'
  | 'unknown_prop'
  | 'not_json'
  | 'bad_value'
  | 'missing_value'
  | 'truncated'
  | 'unsafe_url'
  | 'unsafe_css'
  | 'bad_action'

/** One finding of the lenient parser: `path` names the node or prop, as in `Stack.children[2].on_click`. */
export interface UiNote {
  readonly code: UiNoteCode
  readonly path: string
  readonly message: string
}
