import { fixOf } from './fixes.ts'

/** One finding of the validator (ir 10.1). `path` is a dotted place with indexes. */
export interface IrIssue {
  readonly rule: string
  readonly level: 'ERROR' | 'WARN'
  readonly message: string
  readonly path?: string
  readonly fix?: string
}

/** Rows are many at the most in hostile documents; nobody reads more. */
const MOST_ISSUES = 500
/** Characters of all messages and places together: names in them come from the document, again and again. */
const MOST_TEXT = 64 * 1024
/** Of one message or place: a name in it may be as long as the document. */
const LONGEST = 1000

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)

/** A finding with what to do about it. */
export function issueOf(rule: string, level: IrIssue['level'], message: string, path?: string): IrIssue {
  const [words, place] = [cut(message), path === undefined ? undefined : cut(path)]
  const fix = fixOf(rule, words, place)
  return {
    rule,
    level,
    message: words,
    ...(place === undefined ? {} : { path: place }),
    ...(fix === undefined ? {} : { fix }),
  }
}

/** Collects the problems of a document; nothing stops at the first one, and nobody needs more than some hundred. */
export class Issues {
  readonly all: IrIssue[] = []
  #text = 0
  readonly #found = { ERROR: 0, WARN: 0 }

  error(rule: string, message: string, path?: string): void {
    this.#add(rule, 'ERROR', message, path)
  }

  warn(rule: string, message: string, path?: string): void {
    this.#add(rule, 'WARN', message, path)
  }

  #add(rule: string, level: IrIssue['level'], message: string, path?: string): void {
    this.#found[level] += 1
    const issue = issueOf(rule, level, message, path)
    this.#text += issue.message.length + (issue.path?.length ?? 0) + (issue.fix?.length ?? 0)
    // The first of each level always counts: it decides whether the document is valid.
    if (this.#found[level] > 1 && (this.#found[level] > MOST_ISSUES || this.#text > MOST_TEXT)) return
    this.all.push(issue)
  }
}

/** Errors first where there are too many. */
export const bounded = (issues: readonly IrIssue[]): IrIssue[] =>
  issues.length <= MOST_ISSUES
    ? [...issues]
    : [...issues]
        .sort((one, other) => Number(other.level === 'ERROR') - Number(one.level === 'ERROR'))
        .slice(0, MOST_ISSUES)
