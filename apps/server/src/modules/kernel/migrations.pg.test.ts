import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'

const database = await createTestDatabase()
const owner = new pg.Client(database.ownerConnection)
await owner.connect()
afterAll(() => owner.end())

const file = (name: string) => readFileSync(path.join(import.meta.dirname, 'migrations', name), 'utf8')
const seal = async () => (await owner.query('select ledger.seal_rows(10) as sealed')).rows[0]?.sealed

test('the migrations of the kernel can be taken back and run again', async () => {
  expect(await seal()).toBe(0)
  await owner.query(file('0003-ledger-place.down.sql'))
  await owner.query(file('0002-leaner-writes.down.sql'))
  expect(await seal()).toBe(0)
  await owner.query(file('0001-kernel.down.sql'))
  const { rows } = await owner.query("select nspname from pg_namespace where nspname in ('kernel', 'ledger')")
  expect(rows).toEqual([])
  await owner.query(file('0001-kernel.sql'))
  await owner.query(file('0002-leaner-writes.sql'))
  await owner.query(file('0003-ledger-place.sql'))
  expect(await seal()).toBe(0)
})
