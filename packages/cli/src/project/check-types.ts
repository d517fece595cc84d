import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Issue } from '@imperal/validators'
import { reasonOf } from '../failure.ts'
import { causeOf } from './type-findings.ts'

/** `main.ts(21,5): error TS2561: …`, or without a place; what follows indented says step by step why. */
const FINDING = /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*(?:\n +.*)*)$/gm
const FIX = 'Make the code match its types; `npx tsc --noEmit` shows everything that TypeScript says about it.'
const CONFIG = 'tsconfig.json'
const CONFIG_FIX =
  'Correct tsconfig.json: until then nothing is known about the types. `imperal init` writes a good one.'
/** "Implicitly has an 'any' type": what is left of a type that another mistake took away. */
const CONSEQUENCE = /^TS70\d\d$/
const MOST_OUTPUT = 8 * 1024 * 1024

/** The project's TypeScript at work on it. */
export interface TypeCheck {
  /** What it says about these files, which are relative to the project, and about its own settings. */
  issuesIn(sources: readonly string[]): Promise<Issue[]>
  /** Ends it when nobody waits for what it says. */
  stop(): void
}

const NOTHING: TypeCheck = { issuesIn: async () => [], stop: () => {} }

/** Undefined when it is not installed: extensions may be written without types. */
function findTypescript(root: string): string | undefined {
  try {
    return createRequire(path.join(root, 'package.json')).resolve('typescript/package.json')
  } catch {
    return undefined
  }
}

function nativeCompiler(manifest: string): string | undefined {
  const name = `@typescript/typescript-${process.platform}-${process.arch}/package.json`
  try {
    const folder = path.dirname(createRequire(manifest).resolve(name))
    const program = path.join(folder, 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc')
    return existsSync(program) ? program : undefined
  } catch {
    // TypeScript before 7 is a script.
    return undefined
  }
}

/** The compiler itself where it is a native program, which starts at once; else its script. */
function compilerOf(root: string): readonly [string, ...string[]] | undefined {
  const manifest = findTypescript(root)
  if (manifest === undefined) return undefined
  const native = nativeCompiler(manifest)
  // An extension is small: each further checker would work through the types of the SDK again (measured with 200
  // functions: 0.4 s of processor time with one, 1.1 s with the usual four).
  return native === undefined
    ? [process.execPath, path.join(path.dirname(manifest), 'bin/tsc')]
    : [native, '--checkers', '1']
}

function issueOf([, file = '', line = '0', column = '0', rule = '', text = '']: readonly string[]): Issue {
  const isConfig = file === '' || file === CONFIG
  const sentence = causeOf(text)
  const [, message = sentence, meant] = /^(.*?[.'>]) (Did you mean .*)$/.exec(sentence) ?? []
  return {
    ...{ rule, level: 'ERROR', message, file: isConfig ? CONFIG : file, line: Number(line), column: Number(column) },
    fix: meant ?? (isConfig ? CONFIG_FIX : FIX),
  }
}

function issuesOf(output: string, sources: readonly string[]): Issue[] {
  const issues = [...output.matchAll(FINDING)]
    .map(issueOf)
    .filter(({ file }) => file === CONFIG || sources.includes(file))
  const causes = issues.filter(({ rule }) => !CONSEQUENCE.test(rule))
  return causes.length > 0 ? causes : issues
}

const notRun = (reason: string): Issue => ({
  ...{ rule: 'TYPES', level: 'WARN', file: '', line: 0 },
  message: `TypeScript could not be run, so the types were not checked: ${reason}`,
  fix: 'Run `npm install`, then `npx tsc --noEmit` to see what it says.',
})

/**
 * Starts the project's own TypeScript beside everything else: a misspelt option or field is only seen there. It says
 * nothing where TypeScript or a `tsconfig.json` is missing.
 */
export function startTypeCheck(root: string): TypeCheck {
  const compiler = compilerOf(root)
  if (compiler === undefined || !existsSync(path.join(root, CONFIG))) return NOTHING
  const [program, ...script] = compiler
  const stop = new AbortController()
  const ended = new Promise<{ output: string; trouble?: string }>((resolve) => {
    const args = [...script, '--noEmit', '--pretty', 'false', '-p', root]
    execFile(program, args, { cwd: root, maxBuffer: MOST_OUTPUT, signal: stop.signal }, (error, stdout, stderr) => {
      // It exits with a number when it has findings; they are in its output.
      const isFinding = error === null || typeof error.code === 'number'
      resolve({ output: stdout, ...(isFinding ? {} : { trouble: stderr.trim() || reasonOf(error) }) })
    })
  })
  return {
    issuesIn: async (sources) => {
      if (sources.length === 0) return []
      const { output, trouble } = await ended
      return trouble === undefined ? issuesOf(output, sources) : [notRun(trouble)]
    },
    stop: () => stop.abort(),
  }
}

/** Starts it and waits for what it says about these files. */
export const checkTypes = (root: string, sources: readonly string[]): Promise<Issue[]> =>
  sources.length === 0 ? Promise.resolve([]) : startTypeCheck(root).issuesIn(sources)
