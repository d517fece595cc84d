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
}

function toIssue(rule: AnyRule, finding: Finding, options: RunOptions): Issue {
  const { message, fix, level = rule.severity, at } = finding
  const nowhere: Place = { file: options.file ?? '', line: 0 }
  const found = at === undefined || isPlace(at) ? at : options.sources && locate(options.sources, at)
  const { file, line } = found ?? nowhere
  return { rule: rule.id, level, message, file, line, fix }
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
  return rules.flatMap((rule) => {
    const own = subject[rule.needs]
    return own === undefined ? [] : [...findings(rule, own)].map((finding) => toIssue(rule, finding, options))
  })
}
