/** What one step, or the whole run, came to. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  /** One line for each test that did not run: which, and why. */
  readonly skipped: readonly string[]
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: [] }

export const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: [...a.skipped, ...b.skipped],
})

/**
 * The last lines of a test run; the very last is `N passed, N failed`, with `, N skipped` when something was left out.
 * Where everything must run (`strict`), what was left out counts as failed.
 */
export function conclude(tally: Tally, strict: boolean): { lines: string[]; exitCode: number } {
  const { passed, skipped } = tally
  const failed = tally.failed + (strict ? skipped.length : 0)
  const reasons = skipped.map((line) => `${strict ? 'Failed, because it was skipped' : 'Skipped'}: ${line}`)
  const left = strict || skipped.length === 0 ? '' : `, ${skipped.length} skipped`
  return { lines: [...reasons, `${passed} passed, ${failed} failed${left}`], exitCode: failed === 0 ? 0 : 1 }
}
