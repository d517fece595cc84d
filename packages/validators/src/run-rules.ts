import type { AnyRule } from './define-rule.ts'
import type { Anchor, Finding, Issue, Place } from './issue.ts'
import { locate } from './source/locate.ts'
import type { SourceTree } from './source/source-tree.ts'
import type { Subject } from './subject.ts'

const isPlace = (at: Place | Anchor): at is Place => 'file' in at

export interface RunOptions {
  /** To find what findings of the manifest mean in the author's code. */
  readonly sources?: SourceTree | undefined
  /** Where findings are when nothing better is known. */
  readonly file?: string
  /** Where members of the manifest stand in that file. */
  readonly placeOf?: (path: readonly (string | number)[]) => Omit<Place, 'file'>
}

type Locate = (finding: Finding) => Place

/** The extension itself is found by its id: a project may hold more than one, in its tests for instance. */
function named(at: Anchor, subject: Subject): Anchor {
  if (at.registration !== 'extension' || at.name !== undefined) return at
  const appId = subject.manifest?.manifest.appId ?? ''
  return appId === '' ? at : { ...at, name: appId }
}

const locator =
  (subject: Subject, { sources, file = '', placeOf }: RunOptions): Locate =>
  ({ at, path }) => {
    if (placeOf !== undefined) return { file, ...placeOf(path ?? []) }
    if (at !== undefined && isPlace(at)) return at
    const anchor = at && named(at, subject)
    const found = sources && anchor && (locate(sources, anchor) ?? locate(sources, at))
    return found ?? { file, line: 0 }
  }

function toIssue(rule: AnyRule, finding: Finding, place: Place): Issue {
  const { message, fix, level = rule.severity } = finding
  const { file, line, column = 0 } = place
  return { rule: rule.id, level, message, file, line, ...(column === 0 ? {} : { column }), fix }
}

function* findings(rule: AnyRule, subject: object): Generator<Finding> {
  try {
    yield* rule.check(subject as never) // the subject is the one that the rule needs
  } catch {
    // Rules never throw: one that meets something it did not foresee says nothing (sdk.md 6.1).
  }
}

/** Every finding of the rules that have what they need, in the order of the rules. */
export function runRules(rules: readonly AnyRule[], subject: Subject, options: RunOptions = {}): Issue[] {
  const place = locator(subject, options)
  return rules.flatMap((rule) => {
    const own = subject[rule.needs]
    return own === undefined ? [] : [...findings(rule, own)].map((finding) => toIssue(rule, finding, place(finding)))
  })
}
