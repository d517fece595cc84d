import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts'
import { OPEN_TABLES } from '../../../../../test/support/open-tables.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly array: boolean
  readonly generated: boolean
}
interface Table {
  readonly name: string
  readonly secured: boolean
  readonly policies: number
  readonly columns: readonly Column[]
}

const isOpen = (name: string): boolean => name.startsWith('jobs.') || name in OPEN_TABLES

const INSERT_ONLY = ['ledger.action', 'ledger.seal', 'audit.entry', 'billing.entry', 'llm.usage']
/** Their figures are moved by triggers; the application may neither set nor remove them. */
const KEPT = ['billing.wallet', 'billing.hold']

const TABLES = `
select n.nspname || '.' || c.relname as name, c.relrowsecurity and c.relforcerowsecurity as secured,
  (select count(*)::int from pg_policy p where p.polrelid = c.oid and p.polqual is not null and p.polwithcheck is not null
     and p.polcmd = '*' and p.polpermissive) as policies,
  (select json_agg(json_build_object('name', a.attname, 'type', coalesce(e.typname, t.typname), 'array', t.typcategory = 'A',
     'generated', a.attidentity <> '' or a.attgenerated <> '') order by a.attnum)
   from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_|^information_schema$' order by 1`

const SAMPLES: Readonly<Record<string, unknown>> = {
  pg_snapshot: '1:1:',
  text: 'mine',
  bool: true,
  bytea: Buffer.from('00', 'hex'),
  timestamptz: new Date(0),
  date: '2026-01-01',
  json: '{}',
  jsonb: '{}',
  uuid: '00000000-0000-7000-8000-000000000000',
}
const sample = ({ type, array }: Column): unknown => (array ? '{}' : (SAMPLES[type] ?? 1))

let database: TestDatabase
let superuser: pg.Client
let app: pg.Client
let tables: Table[]

beforeAll(async () => {
  database = await createTestDatabase()
  superuser = new pg.Client(database.superuserConnection)
  app = new pg.Client(database.connection)
  await Promise.all([superuser.connect(), app.connect()])
  tables = (await superuser.query<Table>(TABLES)).rows
})
afterAll(async () => {
  await Promise.all([superuser.end(), app.end()])
})

const ofTenants = () => tables.filter((table) => !isOpen(table.name))

/** One row of tenant `mine` in every table of tenants, past all constraints. */
async function fill(): Promise<void> {
  await superuser.query("set session_replication_role = 'replica'")
  const { rows } = await superuser.query<{ drop: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop
     from pg_constraint where contype = 'c' and conrelid <> 0 and connamespace::regnamespace::text !~ '^pg_'`,
  )
  for (const { drop } of rows) await superuser.query(drop)
  for (const { name, columns } of ofTenants()) {
    await superuser.query(`delete from ${name}`)
    const given = columns.filter((column) => !column.generated)
    const places = given.map((_column, index) => `$${index + 1}`).join(', ')
    await superuser.query(
      `insert into ${name} (${given.map((column) => column.name).join(', ')}) values (${places})`,
      given.map(sample),
    )
  }
}

async function seenBy(setting: string | null): Promise<Record<string, number>> {
  await app.query('begin')
  if (setting !== null) await app.query("select set_config('imperal.tenant', $1, true)", [setting])
  const counts: Record<string, number> = {}
  for (const { name } of ofTenants())
    counts[name] = Number((await app.query(`select count(*) from ${name}`)).rows[0].count)
  await app.query('rollback')
  return counts
}

const refusalOf = async (statement: string): Promise<string> => {
  await app.query("begin; set local imperal.tenant = '*'")
  try {
    await app.query(statement)
    return 'allowed'
  } catch (error) {
    return (error as Error).message
  } finally {
    await app.query('rollback')
  }
}

describe('[api 7.2] rows of tenants', () => {
  test('every table with a tenant is behind forced row-level security; every other one is here with its reason', () => {
    const open = tables.filter((table) => !table.secured || table.policies === 0).map((table) => table.name)
    expect(open.filter((name) => !name.startsWith('jobs.'))).toEqual(Object.keys(OPEN_TABLES).sort())
    const withoutTenant = ofTenants().filter((table) => !table.columns.some((column) => column.name === 'tenant_id'))
    expect(withoutTenant).toEqual([])
    expect(ofTenants().length).toBeGreaterThan(20)
  })

  test('without a tenant nothing is visible, with one only its own rows, and no other way shows more', async () => {
    await fill()
    const all = (count: number) => Object.fromEntries(ofTenants().map((table) => [table.name, count]))
    expect(await seenBy(null)).toEqual(all(0))
    expect(await seenBy('')).toEqual(all(0))
    expect(await seenBy('other')).toEqual(all(0))
    expect(await seenBy('mine')).toEqual(all(1))
    for (const { name } of ofTenants().filter((table) => ![...INSERT_ONLY, ...KEPT].includes(table.name))) {
      await app.query("begin; set local imperal.tenant = 'other'")
      expect([name, (await app.query(`delete from ${name}`)).rowCount]).toEqual([name, 0])
      await app.query('rollback')
    }
  })
})

describe('[K11.3] the application can only add to what is insert-only', () => {
  test.each(INSERT_ONLY)('%s', async (name) => {
    for (const statement of [
      `update ${name} set tenant_id = tenant_id`,
      `delete from ${name}`,
      `truncate ${name}`,
      `insert into ${name} (tenant_id) values ('mine') on conflict do update set tenant_id = 'x'`,
      `select * from ${name} for update`,
      `alter table ${name} disable row level security`,
      `alter table ${name} disable trigger all`,
      `drop table ${name}`,
      `create policy more on ${name} using (true)`,
      `select foundation.tenant_table('${name}')`,
    ])
      expect([statement, await refusalOf(statement)]).not.toEqual([statement, 'allowed'])
  })

  test('the chain and its place are written by their function alone, and no row can hide from it', async () => {
    for (const statement of [
      "insert into ledger.seal (tenant_id, position, call_id, row_hash) values ('a', 1, 'b', '\\x00')",
      'update ledger.seal_cursor set call_id = call_id',
      'delete from ledger.seal_cursor',
      "insert into ledger.action (call_id, tenant_id, xid) values ('a', 'mine', '1')",
    ])
      expect([statement, await refusalOf(statement)]).toEqual([statement, expect.stringMatching(/permission denied/)])
  })

  test('it owns nothing, becomes nobody else and makes nothing', async () => {
    const { rows } = await superuser.query(
      "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as power from pg_roles where rolname = 'imperal_app'",
    )
    expect(rows).toEqual([{ power: false }])
    const owned = await superuser.query(
      "select relname from pg_class where relowner = 'imperal_app'::regrole and relnamespace::regnamespace::text !~ '^pg_'",
    )
    expect(owned.rows).toEqual([])
    for (const statement of [
      'set role imperal_owner',
      'set session authorization imperal_owner',
      'create table public.t (a int)',
      'create table ledger.t (a int)',
      'create schema mine',
      "set session_replication_role = 'replica'",
      'update public.imperal_migration set name = name',
      'alter function ledger.seal_rows(integer) security invoker',
    ])
      expect([statement, await refusalOf(statement)]).not.toEqual([statement, 'allowed'])
  })
})
