import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'
import type { TestServer } from '../server.ts'
import type { SharedPostgres } from '../shared-postgres.ts'

export type Victim = 'node' | 'host' | 'backend' | 'connection' | 'database'

interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly program: string
}

function readProcess(pid: number): ProcessFacts[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    const parent = Number(stat.slice(end + 2).split(' ')[1])
    return [{ pid, parent, program: stat.slice(stat.indexOf('(') + 1, end) }]
  } catch {
    return [] // ended in the meantime
  }
}

/** Processes of extensions below a server, whatever stands between. */
export function hostsOf(serverPid: number): number[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(Number(name)) : []))
  const below = new Set([serverPid])
  for (let size = 0; size !== below.size; ) {
    size = below.size
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid)
  }
  return all
    .filter(({ pid, program }) => below.has(pid) && (program.startsWith('workerd') || program === 'program'))
    .map(({ pid }) => pid)
}

/** A connection of a server to the database, or of nobody when none is open at this moment. */
async function someBackend(database: pg.Client, random: () => number): Promise<number | null> {
  const { rows } = await database.query<{ pid: number }>(
    "select pid from pg_stat_activity where datname = 'installation' and usename <> 'postgres' order by pid",
  )
  return rows[Math.floor(random() * rows.length)]?.pid ?? null
}

/**
 * Kills one process of that kind, of one of the living servers. False: there was none. A killed backend makes
 * PostgreSQL end all its connections and recover from its log; a terminated one ends alone. A killed database is away until it was
 * started again.
 */
export async function kill(
  victim: Victim,
  options: { postgres: SharedPostgres; alive: readonly TestServer[]; random: () => number },
): Promise<boolean> {
  const { postgres, alive, random } = options
  if (victim === 'database') {
    await postgres.crash()
    return true
  }
  const one = alive[Math.floor(random() * alive.length)]
  if (victim === 'node') {
    if (one === undefined) return false
    await one.kill9()
    return true
  }
  if (victim === 'host') {
    const hosts = one === undefined ? [] : hostsOf(one.pid)
    const pid = hosts[Math.floor(random() * hosts.length)]
    if (pid === undefined) return false
    try {
      process.kill(pid, 'SIGKILL')
      return true
    } catch {
      return false // ended by itself in the meantime
    }
  }
  const database = await postgres.superuser('postgres')
  try {
    const pid = await someBackend(database, random)
    if (pid === null) return false
    if (victim === 'backend') process.kill(pid, 'SIGKILL')
    else await database.query('select pg_terminate_backend($1)', [pid])
    return true
  } finally {
    await database.end().catch(() => undefined) // a killed backend takes this connection with it
  }
}
