import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
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

const ABANDONED_MS = 3_600_000

/** Removes what builds left in `parent` that were interrupted; one that still runs is younger than that. */
export function sweepAbandoned(parent: string): void {
  if (!existsSync(parent)) return
  for (const name of readdirSync(parent)) {
    const folder = path.join(parent, name)
    if (!/^\.(?:new|stage)-/.test(name) || Date.now() - statSync(folder).mtimeMs < ABANDONED_MS) continue
    rmSync(folder, { recursive: true, force: true })
  }
}

function moveAway(target: string, old: string): void {
  try {
    renameSync(target, old)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
