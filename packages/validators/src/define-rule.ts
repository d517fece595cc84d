import type { Finding, Level } from './issue.ts'
import type {
  ExtensionSubject,
  FolderSubject,
  IconSubject,
  ManifestFileSubject,
  ManifestSubject,
  SourceSubject,
} from './subject.ts'

/** What a rule has to see, and the subject that it then gets. */
export interface Subjects {
  /** The manifest as JSON of any shape. */
  'manifest-file': ManifestFileSubject
  /** The manifest, read tolerantly; the loaded extension when there is one. */
  manifest: ManifestSubject
  /** The loaded extension. */
  extension: ExtensionSubject
  /** The syntax trees of all sources. */
  source: SourceSubject
  /** The files of the project. */
  folder: FolderSubject
  /** The icon of an upload. */
  icon: IconSubject
}
export type Needs = keyof Subjects

/** One rule as data. `check` is a generator that reports every finding and knows nothing of printing. */
export interface Rule<N extends Needs = Needs> {
  /** Permanent once published. */
  readonly id: string
  readonly needs: N
  readonly severity: Level
  readonly title: string
  check(subject: Subjects[N]): Iterable<Finding>
}

/** A rule of whatever need. */
export type AnyRule = { [N in Needs]: Rule<N> }[Needs]

export function defineRule<const N extends Needs>(rule: Rule<N>): Rule<N> {
  return Object.freeze(rule)
}
