import { readdirSync, readFileSync } from 'node:fs'

interface Entry {
  readonly parent: number
  /** User and system time in ms, ended children that were waited for included. */
  readonly ms: number
}

// The kernel tells times in hundredths of a second on every system that we know.
const MS_PER_TICK = 10

function readProcesses(): Map<number, Entry> {
  const found = new Map<number, Entry>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // The name of a program stands in brackets and may hold anything.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
      found.set(Number(name), { parent: Number(fields[1]), ms: ticks * MS_PER_TICK })
    } catch {
      // It ended while we looked.
    }
  }
  return found
}

/**
 * Processor time in ms that a process and everything below it has used so far; null where the system does not tell.
 * On a machine that is shared this says what a call costs when its throughput only says who else was there.
 */
export function processorTime(pid: number): number | null {
  if (process.platform !== 'linux') return null
  const processes = readProcesses()
  const below = new Set([pid])
  for (let grown = true; grown; ) {
    grown = false
    for (const [id, { parent }] of processes)
      if (below.has(parent) && !below.has(id)) {
        below.add(id)
        grown = true
      }
  }
  return [...below].reduce((sum, id) => sum + (processes.get(id)?.ms ?? 0), 0)
}
