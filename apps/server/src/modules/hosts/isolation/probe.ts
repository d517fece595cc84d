import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { IsolationLevel } from './wrappers.ts'

/** What a program that has escaped from the JavaScript sandbox still could not do. */
export const ASSERTIONS = {
  ownUser: 'runs as a user of its own',
  noHostFiles: 'sees no file of this machine but its own folder and system libraries',
  emptyEnvironment: 'has no environment variables',
  noNetwork: 'has no network',
  noOtherProcess: 'can neither signal nor read another process',
  processesHidden: 'cannot list other processes',
  noPrivileges: 'has no capabilities and can gain none',
  memoryLimit: 'has a limit of memory',
} as const
export type Assertion = keyof typeof ASSERTIONS
export type Assertions = Readonly<Record<Assertion, boolean>>

const WALLS: readonly Assertion[] = ['emptyEnvironment', 'noNetwork', 'noOtherProcess', 'noPrivileges', 'memoryLimit']

/** What must hold before a level may be claimed. */
export const REQUIRED: Readonly<Record<IsolationLevel, readonly Assertion[]>> = {
  full: [...WALLS, 'ownUser', 'noHostFiles', 'processesHidden'],
  namespaced: WALLS,
  process: ['emptyEnvironment'],
}

// Builtins only: inside the walls there is no other program.
const SCRIPT = `say() { while read -r line; do echo "$1 $line"; done; }
(read -r line < "$1") 2>/dev/null && echo "file readable"
(read -r line < "/proc/$2/environ") 2>/dev/null && echo "environ readable"
(read -r line < "/proc/$2/stat" && echo "stat $line") 2>/dev/null
kill -0 "$2" 2>/dev/null && echo "signal allowed"
say status < /proc/self/status
say tcp < /proc/net/tcp
export -p | say env
echo "data $(ulimit -d)"
echo "end"`

/** The arguments that make the system shell report, from inside the walls, what it can reach. */
export const probeArguments = (canaryFile: string): string[] => ['-c', SCRIPT, 'sh', canaryFile, `${process.pid}`]

/** Runs a wrapped probe; rejects with what it said when it did not reach its end. */
export function runProbe(command: readonly string[]): Promise<readonly string[]> {
  const [file = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: {}, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 })
    let said = ''
    let complaint = ''
    child.stdout.on('data', (text) => {
      said += text
    })
    child.stderr.on('data', (text) => {
      complaint += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const lines = said.split('\n').filter((line) => line !== '')
      if (lines.at(-1) === 'end') resolve(lines)
      else reject(new Error(firstLine(complaint) ?? `it ended with ${signal ?? `code ${code}`}`))
    })
  })
}

const firstLine = (text: string): string | undefined => text.split('\n').find((line) => line.trim() !== '')

const SHELL_VARIABLES = new Set(['PWD', 'OLDPWD', 'SHLVL', '_'])

function hasEnvironment(lines: readonly string[]): boolean {
  return lines.some((line) => {
    const name = /^env (?:export|declare -x) (\w+)/.exec(line)?.[1]
    return name !== undefined && !SHELL_VARIABLES.has(name)
  })
}

const statusOf = (lines: readonly string[], name: string): string | undefined =>
  lines.find((line) => line.startsWith(`status ${name}:`))?.split(/[:\s]+/)[2]

/** Name and start time of this very process, as the kernel tells them: a number alone may belong to another. */
function ownStat(stat: string): string {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return `${stat.slice(stat.indexOf('('), stat.lastIndexOf(')') + 1)} ${afterName[19]}`
}

function seesServer(lines: readonly string[]): boolean {
  const seen = lines.find((line) => line.startsWith('stat '))
  return seen !== undefined && ownStat(seen) === ownStat(readFileSync('/proc/self/stat', 'utf8'))
}

/** Reads the report of a probe. `port` is a TCP port on which this server listens while the probe runs. */
export function judge(lines: readonly string[], context: { ownUser: boolean; port: number }): Assertions {
  const listening = `:${context.port.toString(16).toUpperCase().padStart(4, '0')} `
  const sees = seesServer(lines)
  const powers = ['CapEff', 'CapPrm', 'CapAmb'].some((name) => Number(`0x${statusOf(lines, name) ?? '1'}`) !== 0)
  const touches = lines.includes('environ readable') || lines.includes('signal allowed')
  return {
    ownUser: context.ownUser,
    noHostFiles: !lines.includes('file readable'),
    emptyEnvironment: !hasEnvironment(lines),
    noNetwork: lines.some((line) => line.startsWith('tcp ')) && !lines.some((line) => isListening(line, listening)),
    noOtherProcess: !(sees && touches),
    processesHidden: !sees,
    noPrivileges: !powers && statusOf(lines, 'NoNewPrivs') === '1',
    memoryLimit: /^data \d+$/.test(lines.find((line) => line.startsWith('data ')) ?? ''),
  }
}

const isListening = (line: string, port: string): boolean => line.startsWith('tcp ') && line.includes(port)

/** The assertions that `level` promises and that do not hold. */
export const missing = (level: IsolationLevel, assertions: Assertions): readonly Assertion[] =>
  REQUIRED[level].filter((name) => !assertions[name])
