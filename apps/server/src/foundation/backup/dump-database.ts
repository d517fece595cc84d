import type { Readable } from 'node:stream'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { BackupFacts, BackupWriter, TableFacts } from './backup-file.ts'
import { readSequences, readTables, type TableOfDatabase } from './catalog.ts'

/** How modules want their tables in a backup: another query in place of all rows, or nothing of them at all. */
export interface BackupRules {
  /** A query that gives the table's columns, by the table's name; `columns` are all of them in their order. */
  readonly instead: Readonly<Record<string, string>>
  readonly leaveOut: readonly string[]
  /** A query for the names of the contents that files have, as `name`. */
  readonly contents: string
}

const PIECE = 4 * 1024 * 1024

async function copyOut(client: pg.Client, query: string, take: (piece: Buffer) => void): Promise<number> {
  const stream = client.query(copyTo(`copy (${query}) to stdout`)) as Readable & { rowCount: number }
  let waiting: Buffer[] = []
  let bytes = 0
  const flush = () => {
    if (bytes > 0) take(Buffer.concat(waiting))
    waiting = []
    bytes = 0
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes >= PIECE) flush()
  }
  flush()
  return stream.rowCount
}

async function dumpTable(
  client: pg.Client,
  { name, columns }: TableOfDatabase,
  options: { readonly instead: string | undefined; readonly writer: BackupWriter },
): Promise<TableFacts> {
  let n = 0
  const query = options.instead ?? `select ${columns.join(', ')} from ${name}`
  const rows = await copyOut(client, query, (piece) => options.writer.add('table', name, n++, piece))
  return { name, columns, rows }
}

/**
 * Writes all tables as they are at one moment, while everything goes on: one snapshot for all of them, and for the names of
 * the contents that files have then.
 */
export async function dumpDatabase(
  owner: pg.ClientConfig,
  writer: BackupWriter,
  rules: BackupRules,
): Promise<Pick<BackupFacts, 'migrations' | 'tables' | 'sequences'> & { contents: string[] }> {
  const client = new pg.Client(owner)
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    await client.query("select set_config('imperal.tenant', '*', true)")
    const migrations = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from public.imperal_migration order by applied_at, name',
    )
    const tables: TableFacts[] = []
    for (const table of await readTables(client)) {
      if (rules.leaveOut.includes(table.name)) continue
      tables.push(await dumpTable(client, table, { instead: rules.instead[table.name], writer }))
    }
    const sequences = await readSequences(client)
    const contents = await client.query<{ name: string }>(rules.contents)
    await client.query('commit')
    return { migrations: migrations.rows, tables, sequences, contents: contents.rows.map(({ name }) => name) }
  } finally {
    await client.end()
  }
}
