import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { EVERY_TENANT, openDatabase } from './database.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection, { pipelines: 1 })
afterAll(() => db.close())

test('a statement that was first used behind a failure is there for those who are queued behind it', async () => {
  const fails = { text: 'select 1 / ($1::int)', values: [0] }
  const shared = { text: 'select $1::text as value, 4242 as marker', values: ['x'] }
  const [first, ...others] = await Promise.allSettled([
    db.atomic('default', [fails, shared]),
    ...Array.from({ length: 5 }, () => db.atomic('default', [shared])),
  ])
  expect(first).toMatchObject({ status: 'rejected', reason: { code: '22012' } })
  for (const other of others) expect(other).toMatchObject({ status: 'fulfilled', value: [{ rows: [{ value: 'x' }] }] })
})

test('[8.1] no text stands for every tenant: what comes from outside as `*` is refused, however it is sent', async () => {
  const seen = { text: "select current_setting('imperal.tenant') as tenant", values: [] }
  for (const attempt of [
    () => db.atomic('*', [seen]),
    () => db.atomic('*', [seen], { shared: true }),
    () => db.tenant('*', async () => 'in'),
    () => db.tenant('a\0b', async () => 'in'),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: '22021' })
  const [all] = await db.atomic(EVERY_TENANT, [seen])
  expect(all?.rows).toEqual([{ tenant: '*' }])
})

const transactionOf = { text: 'select pg_current_xact_id()::text as xid, $1::int as mine', values: [1] }

test('what may share a transaction does, and what fails in it fails alone', async () => {
  const send = (tenantId: string, values: unknown[]) =>
    db.atomic(tenantId, [{ text: 'select pg_current_xact_id()::text as xid, 6 / $1::int as share', values }], {
      shared: true,
    })
  const alike = await Promise.all([send('default', [1]), send('default', [2]), send('other', [3])])
  const [one, two, other] = alike.map(([result]) => result?.rows[0] as { xid: string; share: number })
  expect([one?.share, two?.share, other?.share]).toEqual([6, 3, 2])
  expect(two?.xid).toBe(one?.xid)
  expect(other?.xid).not.toBe(one?.xid)

  const mixed = await Promise.allSettled([send('default', [1]), send('default', [0]), send('default', [3])])
  expect(mixed.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(mixed[1]).toMatchObject({ reason: { code: '22012' } })
})

test('a connection that is lost is no reason to send a shared transaction again', async () => {
  const end = { text: 'select pg_terminate_backend(pg_backend_pid()), $1::int', values: [1] }
  const both = await Promise.allSettled([
    db.atomic('default', [transactionOf], { shared: true }),
    db.atomic('default', [end], { shared: true }),
  ])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const [after] = await db.atomic('default', [transactionOf], { shared: true })
  expect(after?.rows).toHaveLength(1)
})
