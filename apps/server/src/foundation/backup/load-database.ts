import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { findMigrations, migrate } from '../db/index.ts'
import type { BackupReader } from './backup-file.ts'
import { readTables } from './catalog.ts'
import { backupErrors } from './errors.ts'

/** @throws BACKUP_NEWER, BACKUP_CHANGED when this program cannot make the database that the backup was taken from */
export function checkOrigin({ facts }: BackupReader): void {
  const known = new Map(findMigrations().map(({ name, checksum }) => [name, checksum]))
  const foreign = facts.migrations.filter(({ name }) => !known.has(name))
  if (foreign.length > 0)
    throw backupErrors.NEWER({
      names: foreign
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', '),
    })
  const changed = facts.migrations.find(({ name, checksum }) => known.get(name) !== checksum)
  if (changed !== undefined) throw backupErrors.CHANGED({ name: changed.name })
}

const SCHEMAS = `select quote_ident(nspname) as name from pg_namespace
where nspname not like 'pg\\_%' and nspname not in ('information_schema', 'public')`

async function removeAll(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(SCHEMAS)
  for (const { name } of rows) await client.query(`drop schema ${name} cascade`)
  await client.query('drop table if exists public.imperal_migration')
}

const NODES = `select name from kernel.node where heartbeat_at > now() - interval '30 seconds'`

/** @throws BACKUP_RUNNING, BACKUP_NOT_EMPTY */
async function makeRoom(client: pg.Client, replace: boolean): Promise<void> {
  const { rows } = await client.query("select to_regclass('kernel.node') is not null as there")
  if (rows[0]?.there !== true) return
  const nodes = await client.query<{ name: string }>(NODES)
  if (nodes.rows.length > 0) throw backupErrors.RUNNING({ nodes: nodes.rows.map(({ name }) => name).join(', ') })
  if (!replace) throw backupErrors.NOT_EMPTY()
  await removeAll(client)
}

async function loadTables(client: pg.Client, backup: BackupReader): Promise<void> {
  const tables = await readTables(client)
  const there = new Map(backup.facts.tables.map((table) => [table.name, table]))
  // Row-level security binds the owner as well, triggers would count again what is counted already.
  for (const { name, isForced } of tables) {
    if (isForced) await client.query(`alter table ${name} no force row level security`)
    await client.query(`alter table ${name} disable trigger user`)
  }
  await client.query(`truncate ${tables.map(({ name }) => name).join(', ')}`)
  for (const { name } of tables) {
    const table = there.get(name)
    if (table === undefined || table.rows === 0) continue
    const stream = client.query(copyFrom(`copy ${name} (${table.columns.join(', ')}) from stdin`))
    await pipeline(Readable.from(backup.pieces('table', name)), stream)
    if (stream.rowCount !== table.rows) throw new Error(`${name} has ${stream.rowCount} rows instead of ${table.rows}`)
  }
  for (const { name, isForced } of tables) {
    await client.query(`alter table ${name} enable trigger user`)
    if (isForced) await client.query(`alter table ${name} force row level security`)
  }
  for (const { name, value, isCalled } of backup.facts.sequences)
    await client.query('select setval($1::regclass, $2, $3)', [name, value, isCalled])
}

/**
 * Makes the database of the backup: the tables of its version, its rows in one transaction, then what this program's version
 * adds. A database that holds an installation is refused, or with `replace` emptied first.
 * @throws BACKUP_RUNNING, BACKUP_NOT_EMPTY, BACKUP_DAMAGED
 */
export async function loadDatabase(
  owner: pg.ClientConfig,
  backup: BackupReader,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const client = new pg.Client(owner)
  await client.connect()
  try {
    await makeRoom(client, replace)
    try {
      await migrate(owner, { only: new Set(backup.facts.migrations.map(({ name }) => name)) })
      await client.query('begin')
      await client.query("select set_config('imperal.tenant', '*', true)")
      await loadTables(client, backup)
      await client.query('commit')
    } catch (error) {
      // Half of an installation must not look like one.
      await client.query('rollback')
      await removeAll(client)
      throw error
    }
    await client.query('analyze')
  } finally {
    await client.end()
  }
  await migrate(owner)
}
