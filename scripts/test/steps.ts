import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Tally } from './summary.ts'

interface Step {
  readonly title: string
  /** A script of node_modules or of ours, and its arguments. */
  readonly command: readonly string[]
}

/** Tests run against what users get, so it comes first. */
export const BUILD: Step = { title: 'build', command: ['scripts/build/main.ts'] }

/** What is checked without running the program, the cheapest first. */
export const CHECKS: readonly Step[] = [
  { title: 'format and lint', command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'] },
  { title: 'the architecture', command: ['scripts/architecture/main.ts'] },
  { title: 'types', command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  { title: 'types of the panel', command: ['node_modules/typescript/bin/tsc', '-p', 'apps/panel/tsconfig.json'] },
]

function start(checkout: string, args: readonly string[], options: { quiet: boolean; env?: NodeJS.ProcessEnv }) {
  const stdio = options.quiet ? 'pipe' : 'inherit'
  return spawn(process.execPath, [...args], {
    cwd: checkout,
    stdio: ['ignore', stdio, stdio],
    env: { ...process.env, ...options.env },
  })
}

/** Runs one check; it counts as one test. What it printed is shown when it failed. */
export async function runCheck(checkout: string, step: Step, say: (line: string) => void): Promise<Tally> {
  const child = start(checkout, step.command, { quiet: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)))
  if (code === 0) {
    say(`ok      ${step.title}`)
    return { passed: 1, failed: 0, skipped: [] }
  }
  say(`FAILED  ${step.title}\n${output.trimEnd()}`)
  return { passed: 0, failed: 1, skipped: [] }
}

/** What tests measured, one line each. A test that was tried again has measured again: its last word counts. */
function readFigures(file: string): string[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  rmSync(file)
  const figures = new Map(lines.map((line): [string, string] => JSON.parse(line)))
  return [...figures].map(([what, value]) => `${what}: ${value}`)
}

/**
 * Runs Vitest with our terminal and gives its tally and what was measured; a run that ends without a tally counts as
 * one failure.
 */
export async function runVitest(
  checkout: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly tally: Tally; readonly figures: readonly string[] }> {
  const place = path.join(checkout, 'test-artifacts')
  mkdirSync(place, { recursive: true })
  const figures = path.join(place, `figures-${process.pid}.jsonl`)
  const tally = await tallyVitest(checkout, args, { ...env, IMPERAL_TEST_FIGURES: figures })
  return { tally, figures: readFigures(figures) }
}

async function tallyVitest(checkout: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Tally> {
  const file = path.join(checkout, 'test-artifacts', `tally-${process.pid}.json`)
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=./scripts/test/tally-reporter.ts',
  ]
  const child = start(checkout, [...vitest, ...args], { quiet: false, env: { ...env, IMPERAL_TEST_TALLY: file } })
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)))
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] }
  const tally: Tally = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(file)
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}
