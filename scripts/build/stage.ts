import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a program quietly; when it fails, the Error carries what it printed. */
export async function runQuietly(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await execute(program, [...args], { cwd, maxBuffer: 64 << 20 })).stdout
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string }
    throw new Error(`${stdout}${stderr}`.trim() || message)
  }
}

/**
 * Lets `work` fill a fresh folder and puts it in the place of `target` at the end, so that nobody ever reads a half-made
 * result, even when two builds run at once.
 */
export async function replaceFolder(target: string, work: (folder: string) => Promise<void>): Promise<void> {
  const parent = path.dirname(target)
  mkdirSync(parent, { recursive: true })
  const staged = mkdtempSync(path.join(parent, '.new-'))
  chmodSync(staged, 0o755)
  const old = `${staged}.old`
  try {
    await work(staged)
    rmSync(old, { recursive: true, force: true })
    moveAway(target, old)
    renameSync(staged, target)
  } finally {
    for (const folder of [staged, old]) rmSync(folder, { recursive: true, force: true })
  }
}

function moveAway(target: string, old: string): void {
  try {
    renameSync(target, old)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
