import { spawnSync } from 'node:child_process'
import { parseSync } from 'oxc-parser'

/** Below this no parser runs out of stack, whatever the text is. */
const SAFE_DEPTH = 2_000
const PROBE = `import(process.argv[1]).then(async ({ parseSync }) => {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  parseSync(process.argv[2], text)
})`

/** What can nest: brackets, and signs and words that chain without them. Counts too much rather than too little. */
const OPENING = new Set('([{')
const CLOSING = new Set(')]}')
const CHAINING = new Set('+-*/%!~?:.&|^<>=`')
const ENDING = new Set(';,')

/** An upper bound of how deep a text nests, read without understanding it. */
export function nestingBound(text: string): number {
  let [depth, deepest, chain, inWord] = [0, 0, 0, false]
  for (const sign of text) {
    const isWord = (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z')
    if (isWord && !inWord) chain += 1
    inWord = isWord
    if (OPENING.has(sign)) depth += 1
    else if (CLOSING.has(sign)) depth = Math.max(0, depth - 1)
    else if (CHAINING.has(sign)) chain += 1
    else if (ENDING.has(sign)) chain = 0
    deepest = Math.max(deepest, depth + chain)
  }
  return deepest
}

/** The native parser ends the whole process when it runs out of stack, so a doubtful text ends another one first. */
function survives(file: string, text: string): boolean {
  const { status } = spawnSync(process.execPath, ['-e', PROBE, import.meta.resolve('oxc-parser'), file], {
    input: text,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  return status === 0
}

export type Parsed =
  | { readonly program: ReturnType<typeof parseSync>['program'] }
  | { readonly message: string; readonly offset: number }

/** The syntax tree of a text, or the first thing that is wrong with it. Never throws and never ends the process. */
export function parseText(file: string, text: string): Parsed {
  if (nestingBound(text) > SAFE_DEPTH && !survives(file, text)) {
    return { message: 'the code nests too deep to be read', offset: 0 }
  }
  const first = parseSync(file, text)
  // Plain `.js` may hold JSX, as bundlers allow.
  const result = isBroken(first) && /\.[cm]?js$/.test(file) ? parseSync(file, text, { lang: 'jsx' }) : first
  if (!isBroken(result)) return { program: result.program }
  const [problem] = first.errors.filter(({ severity }) => severity === 'Error')
  return { message: problem?.message ?? 'the syntax is wrong', offset: problem?.labels[0]?.start ?? 0 }
}

const isBroken = ({ errors }: ReturnType<typeof parseSync>): boolean =>
  errors.some(({ severity }) => severity === 'Error')
