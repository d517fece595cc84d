import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { migrate } from '../../foundation/db/index.ts'

const database = await createTestDatabase()
const owner = new pg.Client(database.ownerConnection)
await owner.connect()
afterAll(() => owner.end())

const folder = path.join(import.meta.dirname, 'migrations')
const ups = readdirSync(folder)
  .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
  .sort()
const file = (name: string) => readFileSync(path.join(folder, name), 'utf8')
const seal = async () => (await owner.query('select ledger.seal_rows(10) as sealed')).rows[0]?.sealed

/** Every column, index and function of the kernel. */
const shape = async () =>
  (
    await owner.query(`
    select table_schema || '.' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as what
      from information_schema.columns where table_schema in ('kernel', 'ledger')
    union all select indexdef from pg_indexes where schemaname in ('kernel', 'ledger')
    union all select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('kernel', 'ledger')
    order by 1`)
  ).rows.map((row: { what: string }) => row.what)

test('[I-PORTAL-REPLAY-1] migrations are gone through at every start: five at once change nothing', async () => {
  const ran = async () => (await owner.query('select name, checksum from public.imperal_migration order by 1')).rows
  const before = [await shape(), await ran()]
  await Promise.all(Array.from({ length: 5 }, () => migrate(database.ownerConnection)))
  expect([await shape(), await ran()]).toEqual(before)
})

test('the migrations of the kernel can be taken back and run again', async () => {
  const before = await shape()
  for (const up of ups.slice(1).reverse()) await owner.query(file(up.replace(/\.sql$/, '.down.sql')))
  expect(await seal()).toBe(0)
  await owner.query(file('0001-kernel.down.sql'))
  expect(await shape()).toEqual([])
  for (const up of ups) await owner.query(file(up))
  expect(await shape()).toEqual(before)
  expect(await seal()).toBe(0)
})
