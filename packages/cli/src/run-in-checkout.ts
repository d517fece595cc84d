import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { checkoutFolder } from './checkout-folder.ts'
import type { Io } from './io.ts'

/** Code of a process that a signal ended, as shells give it. */
const SIGNALLED = 130

/** Runs a script of the platform's checkout, shows what it says, and ends it when this program is to end. Gives its exit code. */
export function runInCheckout(io: Io, command: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...command], {
    cwd: checkoutFolder(),
    env: { ...io.env },
    stdio: ['inherit', 'pipe', 'pipe'],
  })
  createInterface(child.stdout).on('line', io.out)
  createInterface(child.stderr).on('line', io.err)
  const end = () => child.kill('SIGTERM')
  io.signal.addEventListener('abort', end, { once: true })
  return new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? SIGNALLED))
  }).finally(() => io.signal.removeEventListener('abort', end))
}
