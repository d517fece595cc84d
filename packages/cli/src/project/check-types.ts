import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Issue } from '@imperal/validators'

/** `main.ts(21,5): error TS2561: …`; what follows indented explains it further. */
const FINDING = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/gm
const FIX = 'Make the code match its types; `npx tsc --noEmit` shows everything that TypeScript says about it.'
/** "Implicitly has an 'any' type": what is left of a type that another mistake took away. */
const CONSEQUENCE = /^TS70\d\d$/
const MOST_OUTPUT = 8 * 1024 * 1024

function compilerOf(root: string): string | undefined {
  try {
    const manifest = createRequire(path.join(root, 'package.json')).resolve('typescript/package.json')
    return path.join(path.dirname(manifest), 'bin/tsc')
  } catch {
    // Not installed: extensions may be written without types.
    return undefined
  }
}

function issueOf(file: string, line: string, rule: string, text: string): Issue {
  const [, message = text, meant] = /^(.*?[.'>]) (Did you mean .*)$/.exec(text) ?? []
  return { rule, level: 'ERROR', message, file, line: Number(line), fix: meant ?? FIX }
}

/**
 * What the project's own TypeScript says about the files that go into the extension: a misspelt option or field is only
 * seen there. Nothing where TypeScript or a `tsconfig.json` is missing.
 */
export async function checkTypes(root: string, sources: readonly string[]): Promise<Issue[]> {
  const compiler = compilerOf(root)
  if (sources.length === 0 || compiler === undefined || !existsSync(path.join(root, 'tsconfig.json'))) return []
  const args = [compiler, '--noEmit', '--pretty', 'false', '-p', root]
  const output = await new Promise<string>((resolve) => {
    // It exits with a code when it has findings; they are in its output.
    execFile(process.execPath, args, { cwd: root, maxBuffer: MOST_OUTPUT }, (_error, stdout) => resolve(stdout))
  })
  const issues = [...output.matchAll(FINDING)]
    .map(([, file = '', line = '', rule = '', text = '']) => issueOf(file, line, rule, text.trim()))
    .filter(({ file }) => sources.includes(file))
  const causes = issues.filter(({ rule }) => !CONSEQUENCE.test(rule))
  return causes.length > 0 ? causes : issues
}
