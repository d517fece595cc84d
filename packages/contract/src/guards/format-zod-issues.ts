import type * as z from 'zod'

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

function invalidType({ input, expected }: z.core.$ZodIssueInvalidType): string | undefined {
  if (input === undefined) return 'required field is missing — provide a value'
  if (expected === 'string') return `expected string, got ${typeOf(input)}`
  if (expected === 'int' || expected === 'number') return `expected integer, got ${JSON.stringify(input)}`
  return expected === 'array' ? `expected list/array, got ${typeOf(input)}` : undefined
}

/** Of a union, the branch that came closest: the one with the fewest problems. */
function flattened(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const [best] = issue.errors.toSorted((a, b) => a.length - b.length)
  if (best === undefined || best.length === 0) return [issue]
  return best.flatMap((inner) => flattened({ ...inner, path: [...issue.path, ...inner.path] }))
}

function lines(issue: z.core.$ZodIssue): string[] {
  const at = (path: readonly PropertyKey[], reason: string) =>
    `- '${path.map(String).join('.') || '<root>'}': ${reason}`
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => at([...issue.path, key], 'unknown field — remove it'))
  if (issue.code === 'invalid_format' && issue.format === 'datetime')
    return [at(issue.path, `expected ISO datetime (like 2026-01-31T09:00:00Z), got ${JSON.stringify(issue.input)}`)]
  const reason = issue.code === 'invalid_type' ? invalidType(issue) : undefined
  return [at(issue.path, reason ?? issue.message)]
}

/** What a model is told about arguments that do not fit (sdk.md 9.5). Parse with `reportInput: true`. */
export function formatZodIssues(error: z.ZodError): string {
  return [
    'The previous call had invalid arguments:',
    ...error.issues.flatMap(flattened).flatMap(lines),
    '',
    'Call the function again with corrected arguments.',
  ].join('\n')
}
