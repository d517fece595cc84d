import type pg from 'pg'

export interface TableOfDatabase {
  /** With its schema. */
  readonly name: string
  readonly columns: readonly string[]
  /** Tables that its rows refer to. */
  readonly refersTo: readonly string[]
  readonly isForced: boolean
}

// Partitions are reached through their parents; what is unlogged is not worth keeping.
const TABLES = `
select format('%I.%I', n.nspname, c.relname) as name, c.relforcerowsecurity as "isForced",
  (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  coalesce((select array_agg(distinct format('%I.%I', fn.nspname, fc.relname)) from pg_constraint k
    join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
    where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid), '{}') as "refersTo"
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
  and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
  and not (n.nspname = 'public' and c.relname = 'imperal_migration')
order by 1`

/** Tables of the installation, those that others refer to first. */
export async function readTables(client: pg.Client): Promise<TableOfDatabase[]> {
  const { rows } = await client.query<TableOfDatabase>(TABLES)
  const ordered: TableOfDatabase[] = []
  const placed = new Set<string>()
  const place = (table: TableOfDatabase, below: ReadonlySet<string>): void => {
    if (placed.has(table.name)) return
    if (below.has(table.name)) throw new Error(`the tables ${[...below].join(', ')} refer to one another in a circle`)
    for (const other of rows.filter(({ name }) => table.refersTo.includes(name)))
      place(other, new Set([...below, table.name]))
    placed.add(table.name)
    ordered.push(table)
  }
  for (const table of rows) place(table, new Set())
  return ordered
}

const SEQUENCES = `select format('%I.%I', schemaname, sequencename) as name from pg_sequences
where schemaname not like 'pg\\_%' order by 1`

/** Where each sequence stands. */
export async function readSequences(client: pg.Client) {
  const { rows } = await client.query<{ name: string }>(SEQUENCES)
  const found: { name: string; value: string; isCalled: boolean }[] = []
  for (const { name } of rows) {
    const state = await client.query<{ value: string; isCalled: boolean }>(
      `select last_value::text as value, is_called as "isCalled" from ${name}`,
    )
    found.push({ name, value: state.rows[0]?.value ?? '1', isCalled: state.rows[0]?.isCalled ?? false })
  }
  return found
}
