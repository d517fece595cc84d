import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../apps/server/src/foundation/db/migrate.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../apps/server/src/foundation/postgres/index.ts'
import type { TestPostgres } from './database.ts'

const ARTIFACTS = path.resolve(import.meta.dirname, '../../test-artifacts')
const TEMPLATE = 'imperal_template'
const KEPT_FOR_MS = 3_600_000

declare module 'vitest' {
  interface ProvidedContext {
    /** The database server, or why there is none. */
    postgres: TestPostgres | string
  }
}

/** Speed over safety: what these databases hold is worth nothing after a crash. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_connections: '200',
}

async function needsPostgres(project: TestProject): Promise<boolean> {
  // Only the running Vitest knows its command line filter, and keeps it internal; without it every file counts.
  const { filenamePattern } = project.vitest as unknown as { filenamePattern?: string[] }
  const { testFiles } = await project.globTestFiles(filenamePattern ?? [])
  return testFiles.some((file) => file.includes('.pg.test.'))
}

/** Folders of failed runs stay for an hour; a run that was killed leaves one, too. */
function removeOldFolders(): void {
  if (!existsSync(ARTIFACTS)) return
  for (const name of readdirSync(ARTIFACTS).filter((entry) => entry.startsWith('postgres-'))) {
    const folder = path.join(ARTIFACTS, name)
    if (existsSync(path.join(folder, 'postgres/postmaster.pid'))) continue
    if (Date.now() - statSync(folder).mtimeMs > KEPT_FOR_MS) rmSync(folder, { recursive: true, force: true })
  }
}

async function query<Row extends pg.QueryResultRow>(server: EmbeddedPostgres, text: string): Promise<Row[]> {
  const client = new pg.Client({ ...server.superuserConnection, database: 'postgres' })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

async function makeTemplate(server: EmbeddedPostgres): Promise<void> {
  await query(server, `create database ${TEMPLATE} owner imperal_owner`)
  await migrate({ ...server.ownerConnection, database: TEMPLATE })
}

async function finish(server: EmbeddedPostgres, folder: string): Promise<void> {
  const kept = await query<{ datname: string }>(server, "select datname from pg_database where datname like 'test\\_%'")
  await server.stop()
  if (kept.length === 0) return rmSync(folder, { recursive: true, force: true })
  const names = kept.map((row) => row.datname).join(', ')
  process.stderr.write(`\nKept for an hour: ${names}. Open with: node test/support/open-postgres.ts ${folder}\n`)
}

/** Starts one PostgreSQL for the whole run when a `*.pg.test.ts` is among its files, and migrates a template once. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  project.provide('postgres', 'Only files named *.pg.test.ts have a database; rename this one.')
  if (!(await needsPostgres(project))) return undefined
  removeOldFolders()
  const folder = path.join(ARTIFACTS, `postgres-${process.pid}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const server = await startEmbeddedPostgres({ dataDir: folder, settings: SETTINGS, log: () => {} })
  try {
    await makeTemplate(server)
  } catch (error) {
    // The tests that need a database fail with this sentence; all others still run.
    project.provide('postgres', error instanceof Error ? error.message : String(error))
    return () => finish(server, folder)
  }
  project.provide('postgres', { superuser: server.superuserConnection, template: TEMPLATE })
  return () => finish(server, folder)
}
