import pg from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { migrate } from './migrate.ts'

/** Everything a migration could change: columns, constraints, indexes, policies, and what was noted as done. */
const SHAPE = `
  select 'column', table_schema || '.' || table_name || '.' || column_name, data_type || coalesce(column_default, '')
    from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
  union all select 'constraint', conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
  union all select 'index', schemaname || '.' || indexname, indexdef from pg_indexes where schemaname <> 'pg_catalog'
  union all select 'policy', schemaname || '.' || tablename || '.' || policyname, coalesce(qual, '') from pg_policies
  union all select 'done', name, applied_at::text from public.imperal_migration
  order by 1, 2, 3`

test('[I-PORTAL-REPLAY-1] migrations are replayed at every deploy: what ran before changes nothing, by three starts at once neither', async () => {
  const database = await createTestDatabase()
  const client = new pg.Client(database.ownerConnection)
  await client.connect()
  try {
    await client.query('create table public.kept as select 7 as answer')
    const before = (await client.query(SHAPE)).rows
    expect(before.length).toBeGreaterThan(500)
    const replays = await Promise.all([1, 2, 3].map(() => migrate(database.ownerConnection)))
    expect(replays).toEqual([{ applied: [] }, { applied: [] }, { applied: [] }])
    expect((await client.query(SHAPE)).rows).toEqual(before)
    expect((await client.query('select answer from public.kept')).rows).toEqual([{ answer: 7 }])
  } finally {
    await client.end()
    await database.drop()
  }
})
