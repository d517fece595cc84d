import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

/** The oldest Node that may start the scripts, and the oldest that may run the platform. */
export const BOOTSTRAP = [20, 20]
export const RUNTIME = [24, 7]

export function isAtLeast(version, [major, minor]) {
  const [a = 0, b = 0] = version.replace(/^v/, '').split('.').map(Number)
  return a > major || (a === major && b >= minor)
}

const runs = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

/** The Node that runs the platform: the pinned one, else this one when it is new enough. */
export function findRuntime(checkout) {
  const pinned = path.join(checkout, `node_modules/node-${process.platform}-${process.arch}/bin/node`)
  if (existsSync(pinned) && runs(pinned)) return pinned
  if (isAtLeast(process.version, RUNTIME)) return process.execPath
  throw new Error(
    `On ${process.platform}-${process.arch} Imperal needs Node ${RUNTIME.join('.')} or newer; this is ${process.version}.`,
  )
}

/** Exit code of what a signal ended, as a shell tells it. */
const codeOf = (signal) => (signal === 'SIGINT' ? 130 : 143)

/** Somebody pressed Ctrl-C, or asked in another way, before the work was done. */
export class Stopped extends Error {
  constructor(signal) {
    super('Stopped before it was ready.')
    this.exitCode = codeOf(signal)
  }
}

/** Environment in which a bare `node` is the runtime as well. */
export const withRuntime = (runtime, env = process.env) => ({
  ...env,
  PATH: `${path.dirname(runtime)}${path.delimiter}${env.PATH ?? ''}`,
})

// The system stops the child when this process is killed without a chance to do it itself.
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'TERM', '--']

function commandFor(runtime, args, bound) {
  const [program, ...rest] = DIE_WITH_PARENT
  const works = bound && process.platform === 'linux' && spawnSync(program, [...rest, 'true']).status === 0
  return works ? [program, [...rest, runtime, ...args]] : [runtime, args]
}

/**
 * Runs a script under the runtime with our terminal, hands signals on, and resolves with its exit code.
 * `bound`: the child must not outlive this process, however it ends.
 */
export async function run(runtime, args, { checkout, bound = false, env = process.env }) {
  const [program, rest] = commandFor(runtime, args, bound)
  // Compiled code is kept between starts, which halves the time until the program runs its first line.
  const cache = { NODE_COMPILE_CACHE: path.join(checkout, '.imperal-build/compile-cache') }
  const child = spawn(program, rest, {
    cwd: checkout,
    stdio: 'inherit',
    env: { ...cache, ...withRuntime(runtime, env) },
  })
  // A terminal delivers Ctrl-C to the child itself; a second copy would count as impatience.
  const onInterrupt = () => process.stdin.isTTY || child.kill('SIGINT')
  const onTerminate = () => child.kill('SIGTERM')
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onTerminate)
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      resolve(1)
    })
    child.once('exit', (status, signal) => resolve(status ?? codeOf(signal)))
  })
  process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onTerminate)
  return code
}
