export type Level = 'ERROR' | 'WARN' | 'INFO'

/** One finding of a rule: where, what and how to mend it. `line` and `column` count from 1; 0 when they are not known. */
export interface Issue {
  readonly rule: string
  readonly level: Level
  readonly message: string
  readonly file: string
  readonly line: number
  readonly column?: number
  readonly fix: string
}

/** A place in the author's files. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column?: number
}

/** What a manifest entry came from, to be found in the sources; `option` is the member of its options. */
export interface Anchor {
  /** `extension` and `chat` are constructors, the others the methods that register. */
  readonly registration: string
  readonly name?: string
  readonly option?: string
}

/** What a rule yields; the rule's own id and level are added by the runner. */
export interface Finding {
  readonly message: string
  readonly fix: string
  readonly at?: Place | Anchor
  /** Members of the manifest that lead to the finding. */
  readonly path?: readonly (string | number)[]
  /** Where one rule has findings of different weight. */
  readonly level?: Level
}
