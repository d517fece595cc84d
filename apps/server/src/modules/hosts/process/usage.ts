import { readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process has ended, or this system has no /proc.
    return null
  }
}

/** The innermost process below `pid`: wrappers stay outside as its parents. */
export function innermost(pid: number): number {
  for (let current = pid; ; ) {
    const child = readText(`/proc/${current}/task/${current}/children`)?.trim().split(' ')[0]
    if (child === undefined || child === '') return current
    current = Number(child)
  }
}

/** Processor time of a process so far, in milliseconds; `null` when it cannot be read. */
export function cpuMs(pid: number): number | null {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
}

/** Memory that belongs to this process alone and is not on disk, in KB; `null` when it cannot be read. */
export function privateDirtyKb(pid: number): number | null {
  const found = /^Private_Dirty:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/smaps_rollup`) ?? '')
  return found === null ? null : Number(found[1])
}
