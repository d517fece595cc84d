import type * as z from 'zod'

/** One argument that does not fit, and the reason that a model is given. */
export interface ArgumentProblem {
  /** Dotted; empty for the arguments as a whole. */
  readonly path: string
  readonly reason: string
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** The reasons of sdk.md 9.5, whatever library found the problem. */
export const problemReasons = {
  missing: 'required field is missing — provide a value',
  unknown: 'unknown field — remove it',
  datetime: (given: unknown) => `expected ISO datetime (like 2026-01-31T09:00:00Z), got ${JSON.stringify(given)}`,
  /** Undefined for types that have no words of their own. */
  type(expected: string, given: unknown): string | undefined {
    if (expected === 'string') return `expected string, got ${typeOf(given)}`
    if (['int', 'integer', 'number'].includes(expected)) return `expected integer, got ${JSON.stringify(given)}`
    return expected === 'array' ? `expected list/array, got ${typeOf(given)}` : undefined
  },
} as const

/** What a model is told about arguments that do not fit (sdk.md 9.5, K3.18): a line for each. */
export const formatProblems = (problems: readonly ArgumentProblem[]): string =>
  [
    'The previous call had invalid arguments:',
    ...problems.map(({ path, reason }) => `- '${path || '<root>'}': ${reason}`),
    '',
    'Call the function again with corrected arguments.',
  ].join('\n')

/** Of a union, the branch that came closest: the one with the fewest problems. */
function flattened(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const [best] = issue.errors.toSorted((a, b) => a.length - b.length)
  if (best === undefined || best.length === 0) return [issue]
  return best.flatMap((inner) => flattened({ ...inner, path: [...issue.path, ...inner.path] }))
}

function problemsOf(issue: z.core.$ZodIssue): ArgumentProblem[] {
  const at = (path: readonly PropertyKey[], reason: string) => ({ path: path.map(String).join('.'), reason })
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => at([...issue.path, key], problemReasons.unknown))
  if (issue.code === 'invalid_format' && issue.format === 'datetime')
    return [at(issue.path, problemReasons.datetime(issue.input))]
  if (issue.code !== 'invalid_type') return [at(issue.path, issue.message)]
  const reason = issue.input === undefined ? problemReasons.missing : problemReasons.type(issue.expected, issue.input)
  return [at(issue.path, reason ?? issue.message)]
}

/** The same of what Zod found. Parse with `reportInput: true`. */
export const formatZodIssues = (error: z.ZodError): string =>
  formatProblems(error.issues.flatMap(flattened).flatMap(problemsOf))
