import { audit as routes } from '@imperal/contract'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import type { MountedRoute, Principal, RouteRequest } from '../../foundation/http/index.ts'
import { type AuditEntry, openAudit } from './index.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection)
const clock = manualClock()
const audit = openAudit({ db, clock })
afterAll(() => db.close())

const entry = (tenantId: string, action: string): AuditEntry => ({
  tenantId,
  actorId: 'imp_u_ada001',
  actorType: 'user',
  action,
  source: 'api',
})

const principal = (tenantId: string): Principal => ({
  kind: 'user',
  userId: 'imp_u_admin1',
  tenantId,
  agencyId: null,
  email: null,
  role: 'admin',
  scopes: ['*'],
  sessionId: null,
  credential: 'jwt',
  tokenUse: null,
  isDeveloper: false,
})

async function list(tenantId: string, query: Record<string, unknown> = {}) {
  const route = audit.routes.find((mounted) => mounted.route.id === 'audit.list') as MountedRoute
  const request = {
    query: routes.list.query?.parse(query),
    principal: principal(tenantId),
    ip: '127.0.0.1',
    requestId: 'req_1',
  }
  return routes.list.response.parse(await route.handle(request as unknown as RouteRequest<unknown>))
}

describe('the audit log', () => {
  test('[K11.3] the application can add and read rows, and neither change nor delete them', async () => {
    await audit.record(entry('t1', 'auth.login'))
    await expect(db.pool.query("update audit.entry set action = 'x'")).rejects.toThrow(/permission denied/)
    await expect(db.pool.query('delete from audit.entry')).rejects.toThrow(/permission denied/)
  })

  test('[api 7.2] a query without any condition shows no row of another tenant', async () => {
    await audit.record(entry('t1', 'auth.logout'))
    const rows = await db.tenant('t2', (tx) => tx.selectFrom('audit.entry').selectAll().execute())
    expect(rows).toEqual([])
    await expect(db.atomic('t2', [audit.recording(entry('t1', 'forged'))])).rejects.toThrow(/row-level security/)
  })

  test('[api 3.18] administrators read their own tenant, newest first and filtered, and the reading is recorded', async () => {
    clock.advance(1_000)
    await audit.record({ ...entry('t3', 'user.updated'), targetType: 'user', targetId: 'imp_u_bob001' })
    clock.advance(1_000)
    await audit.record({ ...entry('t3', 'role.created'), metadata: { name: 'editor' } })
    await audit.record(entry('t4', 'auth.login'))

    const first = await list('t3')
    expect(first.entries.map((row) => row.action)).toEqual(['role.created', 'user.updated'])
    expect(first.entries[0]).toMatchObject({
      user_id: 'imp_u_ada001',
      metadata: { name: 'editor' },
      status: 'success',
      retention_class: 'federal_7y',
    })
    expect((await list('t3', { action: 'audit.read' })).total).toBe(1)
    expect((await list('t3', { target: 'imp_u_bob001' })).entries.map((row) => row.action)).toEqual(['user.updated'])
    expect((await list('t3', { per_page: '1', page: '2', target_type: 'user' })).entries).toEqual([])
  })

  test('[api 7.2] administrators of the default tenant see the whole installation', async () => {
    await audit.record(entry('t5', 'auth.login_failed'))
    const tenants = (await list('default', { action: 'auth.login_failed' })).entries.map((row) => row.tenant_id)
    expect(tenants).toEqual(['t5'])
  })

  test('a NUL character in what a caller sent does not keep the row out of the log', async () => {
    await audit.record({ ...entry('t6', 'auth.login_failed'), targetId: 'a\0b', metadata: { email: 'a\0b' } })
    expect((await list('t6')).entries[0]?.target_id).toBe('a\uFFFDb')
  })
})

describe('[decision 5] requests without a usable credential', () => {
  const knock = (ip: string, code = 'IDENTITY_CREDENTIAL_INVALID') =>
    audit.refused({ code, method: 'GET', route: '/v1/auth/me', ip, requestId: 'req_1' })
  const found = async () => {
    const rows = await db.tenant('default', (tx) =>
      tx.selectFrom('audit.entry').selectAll().where('action', '=', 'auth.refused').orderBy('id').execute(),
    )
    return rows
  }

  test('are noted with their reason, a flood as a sample that says how many it stands for', async () => {
    clock.advance(120_000)
    for (let i = 0; i < 500; i++) knock('203.0.113.9')
    await expect.poll(async () => (await found()).length).toBe(5)
    for (let i = 0; i < 500; i++) knock(`198.18.${i % 2}.${i}`)
    await expect.poll(async () => (await found()).length).toBe(60)
    clock.advance(60_000)
    knock('198.51.100.7', 'HTTP_UNAUTHENTICATED')
    await expect.poll(async () => (await found()).length).toBe(61)
    const rows = await found()
    expect(rows[0]).toMatchObject({
      actor_type: 'anonymous',
      target_id: 'GET /v1/auth/me',
      status: 'denied',
      ip_address: '203.0.113.9',
      metadata: { code: 'IDENTITY_CREDENTIAL_INVALID' },
      retention_class: 'standard_90d',
    })
    const missed = rows.reduce((sum, row) => sum + Number(row.metadata?.suppressed ?? 0), 0)
    expect(missed + rows.length).toBe(1_001)
  })

  test('an expired token is everyday business', async () => {
    const before = (await found()).length
    knock('198.51.100.8', 'IDENTITY_TOKEN_EXPIRED')
    knock('198.51.100.8')
    await expect.poll(async () => (await found()).length).toBe(before + 1)
  })
})
