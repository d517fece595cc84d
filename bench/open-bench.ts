import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PgBoss } from 'pg-boss'
import { systemClock } from '../apps/server/src/foundation/clock.ts'
import { type Database, migrate, openDatabase } from '../apps/server/src/foundation/db/index.ts'
import { type Jobs, openJobs } from '../apps/server/src/foundation/jobs/index.ts'
import { createLog, type Log } from '../apps/server/src/foundation/log.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../apps/server/src/foundation/postgres/index.ts'

export interface Bench {
  readonly postgres: EmbeddedPostgres
  readonly db: Database
  readonly log: Log
  readonly clock: typeof systemClock
  readonly openEngine: () => Promise<Jobs>
}

/** Runs a measurement on a migrated database of its own, with the settings of the platform, and removes it. */
export async function withBench(measure: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: () => {} })
  const log = createLog({ level: 'silent' })
  const db = openDatabase(postgres.connection)
  const engines: Jobs[] = []
  try {
    await migrate(postgres.ownerConnection)
    await measure({
      ...{ postgres, db, log, clock: systemClock },
      openEngine: async () => {
        const jobs = await openJobs({ connection: postgres.connection, log, worker: true })
        engines.push(jobs)
        return jobs
      },
    })
  } finally {
    for (const jobs of engines) await jobs.close()
    await db.close()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The job engine without anything of ours, on the same tables: what its own calls cost. */
export async function bareEngine<T>(bench: Bench, measure: (engine: PgBoss) => Promise<T>): Promise<T> {
  const engine = new PgBoss({
    ...(bench.postgres.connection as object),
    ...{ schema: 'jobs', max: 4, migrate: false, createSchema: false, schedule: false, supervise: false },
  })
  engine.on('error', (error) => process.stderr.write(`${error.message}\n`))
  await engine.start()
  try {
    return await measure(engine)
  } finally {
    await engine.stop({ graceful: false })
  }
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** One line: how many a second, and the middle and the slow end of what each took, in ms. */
export function report(name: string, count: number, seconds: number, each: readonly number[]): void {
  const sorted = [...each].sort((a, b) => a - b)
  const figures = `p50 ${at(sorted, 0.5).toFixed(1)} p99 ${at(sorted, 0.99).toFixed(1)}`
  process.stdout.write(`${name.padEnd(52)} ${String(Math.round(count / seconds)).padStart(7)}/s  ${figures}\n`)
}

/** Seconds that some work took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
