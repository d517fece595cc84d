import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

function commandLine(pid: number): string {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // gone
  }
}

/** A process id alone proves nothing: after a reboot it may belong to any program. */
const isPostmasterOf = (pid: number, cluster: string): boolean => {
  const command = commandLine(pid)
  return command.includes('postgres') && command.includes(` -D ${cluster} `)
}

async function isGone(pid: number, cluster: string, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds
  while (isPostmasterOf(pid, cluster)) {
    if (performance.now() > end) return false
    await delay(20)
  }
  return true
}

const STEPS = [
  { signal: 'SIGINT', wait: 20_000 },
  { signal: 'SIGQUIT', wait: 5_000 },
  { signal: 'SIGKILL', wait: 5_000 },
] as const

/**
 * Stops a PostgreSQL that survived the death of its server, and removes a `postmaster.pid` that nobody owns any more.
 * Call it only while holding the lock of the data folder.
 */
export async function clearStalePostmaster(cluster: string, log: (line: string) => void): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Math.abs(Number.parseInt(readFileSync(file, 'utf8'), 10))
  for (const { signal, wait } of STEPS) {
    if (!isPostmasterOf(pid, cluster)) break
    log(`stopping the database process ${pid} that an earlier run left behind (${signal})`)
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
    if (await isGone(pid, cluster, wait)) break
  }
  rmSync(file, { force: true })
}
