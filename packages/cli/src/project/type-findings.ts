import type { Issue } from '@imperal/validators'

const LONG_TYPE = /'([^']{60,})'/g
const SHOWN = 50

/** Types of many members say little to people; their name or their beginning does. */
const shortened = (text: string): string =>
  text.replaceAll(LONG_TYPE, (_all, type: string) => `'${/^(\w+)<.*>$/.exec(type)?.[1] ?? `${type.slice(0, SHOWN)}…`}'`)

/**
 * What the compiler says, in one sentence. It begins with two whole types and goes down step by step to what really does not
 * fit: `Property 'effects' is missing.`, or two types and the member that has them.
 */
export function causeOf(text: string): string {
  const [first = '', ...steps] = text
    .trim()
    .split('\n')
    .map((line) => line.trim())
  const cause = steps.at(-1)
  if (cause === undefined) return shortened(first)
  const missing = /^(Property '[^']+' is missing) in type/.exec(cause)?.[1]
  if (missing !== undefined) return `${missing}.`
  const members = steps.flatMap(
    (step) => /^(?:Types of property|The types of) '([^']+)' are incompatible/.exec(step)?.[1] ?? [],
  )
  return `${shortened(cause)}${members.length === 0 ? '' : ` It is the type of '${members.join('.')}'.`}`
}

const wordsOf = (text: string): string[] => [...text.matchAll(/[`'"]+([\w.$-]+)/g)].flatMap(([, word]) => word ?? [])

/** A description that is missing is reported where the function is registered, its type where the options begin. */
const isMissingDescription = (finding: Issue, rules: readonly Issue[]): boolean =>
  /^Property 'description' is missing/.test(finding.message) &&
  rules.some(({ rule, file, line }) => rule === 'V16' && file === finding.file && line <= finding.line)

const isMissingHandler = ({ rule, file, line }: Issue, finding: Issue): boolean =>
  rule === 'HANDLER-1' && finding.rule === 'TS2554' && file === finding.file && line === finding.line

const saysTheSame = (rule: Issue, finding: Issue): boolean => {
  if (rule.file !== finding.file || rule.line !== finding.line) return false
  const said = wordsOf(rule.message)
  return wordsOf(finding.message).some((word) => said.includes(word))
}

/**
 * Findings of the compiler that no rule has reported as an error already: rules know what the author wanted and say what to
 * do, the compiler knows the types. Nothing gets lost, since the rule fails the validation as well.
 */
export function notSaidByRules(findings: readonly Issue[], issues: readonly Issue[]): Issue[] {
  const rules = issues.filter(({ level }) => level === 'ERROR')
  return findings.filter(
    (finding) =>
      !isMissingDescription(finding, rules) &&
      !rules.some((rule) => isMissingHandler(rule, finding) || saysTheSame(rule, finding)),
  )
}
