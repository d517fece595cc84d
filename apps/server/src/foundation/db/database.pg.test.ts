import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { openDatabase } from './database.ts'

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
