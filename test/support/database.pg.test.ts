import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from './database.ts'

const first = await createTestDatabase()
const second = await createTestDatabase()

async function query(connection: pg.ClientConfig, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ ...connection })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

describe('test databases', () => {
  test('are migrated, and each is a database of its own', async () => {
    expect((await query(first.ownerConnection, 'select name from public.imperal_migration')).length).toBeGreaterThan(0)
    await query(first.ownerConnection, 'create table public.only_here (id int)')
    const [row] = await query(second.ownerConnection, "select to_regclass('public.only_here') as found")
    expect(row).toEqual({ found: null })
  })

  test('connect as the application, who may not bypass row-level security or migrate', async () => {
    const [row] = await query(
      first.connection,
      'select current_user as name, rolsuper, rolbypassrls from pg_roles where rolname = current_user',
    )
    expect(row).toEqual({ name: 'imperal_app', rolsuper: false, rolbypassrls: false })
    await expect(query(first.connection, 'create table public.forbidden (id int)')).rejects.toThrow(/permission denied/)
  })

  test('drop is idempotent and final', async () => {
    const third = await createTestDatabase()
    await third.drop()
    await third.drop()
    await expect(query(third.connection, 'select 1')).rejects.toThrow(/does not exist/)
  })
})
