import { randomBytes } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, inject, type RunnerTestSuite } from 'vitest'
import { APP_ROLE, type Connection, OWNER_ROLE } from '../../apps/server/src/foundation/postgres/index.ts'

/** What the run-wide setup hands to the test files. */
export interface TestPostgres {
  readonly superuser: Connection
  readonly template: string
}

export interface TestDatabase {
  readonly name: string
  /** As the application: row-level security holds. */
  readonly connection: Connection
  /** As the owner of the schema, who runs migrations. */
  readonly ownerConnection: Connection
  /** As the superuser, to look past row-level security. */
  readonly superuserConnection: Connection
  /** Drops it now. Not needed for tidiness: what is left goes at the end of the file, unless a test of it failed. */
  drop(): Promise<void>
}

const open = new Map<string, () => Promise<void>>()

const failed = (task: RunnerTestSuite['tasks'][number]): boolean =>
  task.result?.state === 'fail' || ('tasks' in task && task.tasks.some(failed))

// Registered at import, hence the last hook of the file: pools that its own hooks close are closed by now.
// biome-ignore lint/correctness/noEmptyPattern: Vitest reads the pattern and wants no fixtures named
afterAll(async ({}, suite) => {
  if (open.size > 0 && suite.tasks.some(failed)) {
    process.stderr.write(`Kept because a test failed: ${[...open.keys()].join(', ')}\n`)
    return
  }
  for (const drop of [...open.values()]) await drop()
})

async function run(superuser: Connection, statement: string): Promise<void> {
  const client = new pg.Client({ ...superuser, database: 'postgres' })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

const nameFor = (testFile: string): string => {
  const slug = path
    .basename(testFile)
    .replace(/\..*$/, '')
    .replaceAll(/[^a-z0-9]+/gi, '_')
  return `test_${slug.toLowerCase().slice(0, 30)}_${randomBytes(4).toString('hex')}`
}

/** A fresh, migrated database of one's own, for `*.pg.test.ts` files: call it in `beforeAll` or at the top level. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const postgres = inject('postgres')
  if (typeof postgres === 'string') throw new Error(postgres)
  const { superuser, template } = postgres
  const name = nameFor(expect.getState().testPath ?? 'database')
  await run(superuser, `create database ${name} template ${template} owner ${OWNER_ROLE}`)
  const drop = async () => {
    if (!open.delete(name)) return
    await run(superuser, `drop database if exists ${name} with (force)`)
  }
  open.set(name, drop)
  const as = (user: string): Connection => ({ host: superuser.host, port: superuser.port, user, database: name })
  return {
    name,
    connection: as(APP_ROLE),
    ownerConnection: as(OWNER_ROLE),
    superuserConnection: as(superuser.user),
    drop,
  }
}
