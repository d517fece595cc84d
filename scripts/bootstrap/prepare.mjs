// Runs on whatever Node the machine has, before anything is installed: nothing but Node's own modules here.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { installIfNeeded } from './install.mjs'
import { BOOTSTRAP, findRuntime, isAtLeast, run } from './runtime.mjs'

const checkout = path.resolve(fileURLToPath(import.meta.url), '../../..')
const say = (line) => process.stdout.write(`${line}\n`)

/** Makes the checkout usable: right Node, packages installed. Gives a way to run scripts under the runtime. */
export async function prepare() {
  if (!isAtLeast(process.version, BOOTSTRAP)) {
    throw new Error(`Imperal needs Node ${BOOTSTRAP.join('.')} or newer to start; this is ${process.version}.`)
  }
  await installIfNeeded(checkout, say)
  const runtime = findRuntime(checkout)
  return {
    checkout,
    runtime,
    say,
    run: (args, options = {}) => run(runtime, args, { checkout, ...options }),
  }
}

/** Runs one command of package.json: a failure is a sentence and an exit code, not a stack. */
export async function command(work) {
  try {
    process.exitCode = await work(await prepare())
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exitCode ?? 1
  }
}
