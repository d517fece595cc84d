import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { defineErrors } from '../errors.ts'

export const migrationErrors = defineErrors('DATABASE', {
  NEWER: {
    kind: 'unavailable',
    message: (details: { names: string }) =>
      `The database was written by a newer version of the platform (it knows ${details.names}); this version will not touch it.`,
    hint: 'Start the newer version, or restore a backup made with this one.',
  },
  CHANGED: {
    kind: 'internal',
    message: (details: { name: string }) => `The migration ${details.name} was changed after it ran on this database.`,
    hint: 'Restore the file and write a new migration instead.',
  },
  ROLE_UNUSABLE: {
    kind: 'unavailable',
    message: (details: { login: string; reason: string }) =>
      `The login ${details.login} may not act as the role imperal_app, under which the platform reads and writes (${details.reason}).`,
    hint: 'As an administrator of that PostgreSQL: create role imperal_app nologin; grant imperal_app to <login>;',
  },
  TOO_OLD: {
    kind: 'unavailable',
    message: (details: { version: string }) =>
      `PostgreSQL ${details.version} is too old; the platform needs version 15 or newer.`,
  },
})

export interface Migration {
  readonly module: string
  readonly name: string
  readonly up: string
  readonly down: string
  /** Of the text of `up`. */
  readonly checksum: string
}

const SOURCE = path.resolve(import.meta.dirname, '../..')
const UP = /^(\d{4})-[a-z0-9-]+\.sql$/

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex')

function migrationsOf(module: string, folder: string): Migration[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => UP.test(file))
    .sort()
    .map((file) => {
      const down = path.join(folder, file.replace(/\.sql$/, '.down.sql'))
      const up = readFileSync(path.join(folder, file), 'utf8')
      return {
        module,
        name: `${module}/${file.replace(/\.sql$/, '')}`,
        up,
        down: existsSync(down) ? readFileSync(down, 'utf8') : '',
        checksum: checksum(up),
      }
    })
}

/** All migrations in the order they run: the foundation first, then by number, then by module name. */
export function findMigrations(): Migration[] {
  const modules = path.join(SOURCE, 'modules')
  const names = existsSync(modules) ? readdirSync(modules).sort() : []
  const found = names.flatMap((name) => migrationsOf(name, path.join(modules, name, 'migrations')))
  const number = (migration: Migration) => migration.name.split('/')[1] ?? ''
  found.sort((a, b) => number(a).slice(0, 4).localeCompare(number(b).slice(0, 4)) || a.module.localeCompare(b.module))
  return [...migrationsOf('foundation', path.join(SOURCE, 'foundation/db/migrations')), ...found]
}

const LOCK = 4_780_000_001

async function refuseUnknown(client: pg.Client, known: readonly Migration[]): Promise<Map<string, string>> {
  await client.query(
    'create table if not exists public.imperal_migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  )
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from public.imperal_migration',
  )
  const applied = new Map(rows.map((row) => [row.name, row.checksum]))
  const names = new Set(known.map((migration) => migration.name))
  const foreign = [...applied.keys()].filter((name) => !names.has(name))
  if (foreign.length > 0) throw migrationErrors.NEWER({ names: foreign.slice(0, 3).join(', ') })
  return applied
}

// Membership that comes with making a role says nothing about acting as it (PostgreSQL 16), so it is simply tried.
async function canActAsApp(client: pg.Client): Promise<boolean> {
  await client.query('begin')
  try {
    await client.query('set local role imperal_app')
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501') throw error
    return false
  } finally {
    await client.query('rollback')
  }
}

async function createAppRole(client: pg.Client): Promise<void> {
  try {
    await client.query('create role imperal_app nologin')
  } catch (error) {
    // Roles belong to the whole server: another database of it may be migrated at the same moment.
    if (!['42710', '23505'].includes(String((error as { code?: unknown }).code))) throw error
  }
}

/** @throws DATABASE_ROLE_UNUSABLE, with what PostgreSQL said, when this login can neither make the role nor act as it */
async function ensureRole(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ login: string; exists: boolean }>(
    "select current_user as login, exists (select from pg_roles where rolname = 'imperal_app')",
  )
  const login = rows[0]?.login ?? ''
  try {
    if (rows[0]?.exists !== true) await createAppRole(client)
    if (await canActAsApp(client)) return
    await client.query(`grant imperal_app to ${pg.escapeIdentifier(login)}`)
    if (!(await canActAsApp(client))) throw new Error('the grant of imperal_app did not take effect')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw migrationErrors.ROLE_UNUSABLE({ login, reason }, error)
  }
}

/**
 * Brings the database to the version of this program. Safe to run by many processes at once (advisory lock);
 * each migration is one transaction. Refuses a database that knows migrations which this program does not.
 * @throws DATABASE_NEWER, DATABASE_CHANGED, DATABASE_ROLE_UNUSABLE, DATABASE_TOO_OLD
 */
export async function migrate(
  owner: pg.ClientConfig,
  options: {
    /** Names of the migrations to run, for the database of an older version; all when absent. */
    readonly only?: ReadonlySet<string>
  } = {},
): Promise<{ applied: string[] }> {
  const client = new pg.Client(owner)
  await client.connect()
  const done: string[] = []
  try {
    const version = await client.query<{ server_version: string; number: number }>(
      "select current_setting('server_version') as server_version, current_setting('server_version_num')::int as number",
    )
    const server = version.rows[0]
    if (server && server.number < 150_000) throw migrationErrors.TOO_OLD({ version: server.server_version })
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await ensureRole(client)
    const migrations = findMigrations()
    const applied = await refuseUnknown(client, migrations)
    for (const migration of migrations) {
      const sum = migration.checksum
      if (options.only?.has(migration.name) === false) continue
      const before = applied.get(migration.name)
      if (before === sum) continue
      if (before !== undefined) throw migrationErrors.CHANGED({ name: migration.name })
      await client.query('begin')
      try {
        await client.query(migration.up)
        await client.query('insert into public.imperal_migration (name, checksum) values ($1, $2)', [
          migration.name,
          sum,
        ])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw new Error(
          `The migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        )
      }
      done.push(migration.name)
    }
    return { applied: done }
  } finally {
    await client.end()
  }
}
