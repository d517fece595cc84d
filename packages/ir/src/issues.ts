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
const MOST_TEXT = 1024 * 1024

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
    this.#text += message.length + (path?.length ?? 0)
    // The first of each level always counts: it decides whether the document is valid.
    if (this.#found[level] > 1 && (this.#found[level] > MOST_ISSUES || this.#text > MOST_TEXT)) return
    const fix = fixOf(rule, message, path)
    this.all.push({
      rule,
      level,
      message,
      ...(path === undefined ? {} : { path }),
      ...(fix === undefined ? {} : { fix }),
    })
  }
}

/** Errors first where there are too many. */
export const bounded = (issues: readonly IrIssue[]): IrIssue[] =>
  issues.length <= MOST_ISSUES
    ? [...issues]
    : [...issues]
        .sort((one, other) => Number(other.level === 'ERROR') - Number(one.level === 'ERROR'))
        .slice(0, MOST_ISSUES)
