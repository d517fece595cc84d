import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import type { secrets as routes } from '@imperal/contract'
import pg from 'pg'
import pino from 'pino'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { openBus } from '../../foundation/bus.ts'
import { manualClock } from '../../foundation/clock.ts'
import { type Database, openDatabase, type Writer } from '../../foundation/db/index.ts'
import { PlatformError } from '../../foundation/errors.ts'
import type { MountedRoute, RouteRequest } from '../../foundation/http/index.ts'
import { openDataKeys, openFileKeys } from '../../foundation/keys/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import { openSecrets, type SecretDeclaration } from './index.ts'

const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check)

let logged = ''
const log = pino(
  { level: 'trace' },
  new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk)
      done()
    },
  }),
)
const database = await createTestDatabase()
const db = openDatabase(database.connection)
const bus = await openBus(database.connection, log)
const clock = manualClock()
const folders = [1, 2].map(() => mkdtempSync(path.join(tmpdir(), 'imperal-secrets-')))
const keyring = testKeyring()
const keysOf = (folder: string | undefined) =>
  openDataKeys({ db, bus, clock, provider: openFileKeys(folder ?? ''), cacheMs: 0 })
const dataKeys = keysOf(folders[0])
const audit = openAudit({ db, clock })

const declared: readonly SecretDeclaration[] = [
  { name: 'api_key', description: 'Key of the service', required: true, write_mode: 'user', max_bytes: 200 },
  { name: 'token', description: 'Session', required: false, write_mode: 'extension', max_bytes: 4_096 },
  { name: 'pin', description: 'Either may', required: true, write_mode: 'both', max_bytes: 8, rotation_hint_days: 90 },
]
const owner = { tenantId: 'default', userId: 'imp_u_owner' }
const appOf = async (_user: unknown, appId: string) =>
  appId === 'spotify' ? { declared, owner, isInstalled: true } : null
const environment = () => undefined
const open = (extra: { db?: Database; dataKeys?: typeof dataKeys } = {}) =>
  openSecrets({ db, bus, clock, keyring, dataKeys, audit, appOf, environment, ...extra })
const secrets = open()
afterAll(async () => {
  await secrets.close()
  await bus.close()
  await db.close()
  for (const folder of folders) rmSync(folder, { recursive: true })
})

let users = 0
const someone = (extra: Partial<StoreScope> = {}): StoreScope => ({
  tenantId: 'default',
  appId: 'spotify',
  userId: `imp_u_user${++users}`,
  ...extra,
})
const writer: Writer = { tenantId: 'default', atomic: (statements) => db.atomic('default', statements) }
const auditOf = (scope: StoreScope) =>
  db.everyTenant((tx) =>
    tx
      .selectFrom('audit.entry')
      .select(['action', 'actor_type', 'target_id', 'metadata', 'retention_class', 'source'])
      .where('user_id', '=', scope.userId)
      .orderBy('id')
      .execute(),
  )
const failure = async (promise: Promise<unknown>): Promise<PlatformError> => {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(PlatformError)
  return error as PlatformError
}
const everything = async (): Promise<string> => {
  const owner = new pg.Client({ ...database.superuserConnection })
  await owner.connect()
  const tables = await owner.query(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  )
  let dump = ''
  for (const { name } of tables.rows) {
    const { rows } = await owner.query(`select t::text as line from ${name} t`)
    dump += rows.map((row) => `${name} ${row.line}`).join('\n')
  }
  await owner.end()
  return dump
}

describe('values', () => {
  test('[S000-142] get gives what was set, or null when it is declared but unset', async () => {
    const scope = someone()
    expect(await secrets.get(scope, declared, 'api_key', 'extension')).toBeNull()
    await secrets.set(writer, scope, declared, 'api_key', 'sk-ü-1', 'user')
    expect(await secrets.get(scope, declared, 'api_key', 'extension')).toBe('sk-ü-1')
    await secrets.set(writer, scope, declared, 'api_key', 'sk-2', 'user')
    expect(await secrets.get(scope, declared, 'api_key', 'extension')).toBe('sk-2')
    expect(await secrets.get(someone(), declared, 'api_key', 'extension')).toBeNull()
  })

  test('[S000-144] delete tells whether it was set', async () => {
    const scope = someone()
    await secrets.set(writer, scope, declared, 'pin', '1234', 'extension')
    expect(await secrets.delete(writer, scope, declared, 'pin', 'extension')).toBe(true)
    expect(await secrets.delete(writer, scope, declared, 'pin', 'user')).toBe(false)
    expect(await secrets.get(scope, declared, 'pin', 'extension')).toBeNull()
  })

  test('[K8.12] [S000-147] [I-SECRETS-CONTRACT-DECLARED] an undeclared name is refused by every operation', async () => {
    const scope = someone()
    const attempts = [
      secrets.get(scope, declared, 'other', 'extension'),
      secrets.set(writer, scope, declared, 'other', 'x', 'user'),
      secrets.delete(writer, scope, declared, 'other', 'user'),
      secrets.isSet(scope, declared, 'other'),
    ]
    for (const error of await Promise.all(attempts.map(failure))) {
      expect(error).toMatchObject({
        code: 'SECRETS_NOT_DECLARED',
        wireDetail: { error_code: 'SECRET_NOT_DECLARED' },
      })
    }
  })

  test('[S000-150] [S000-143] the write mode decides who may set and delete', async () => {
    const scope = someone()
    for (const [name, by] of [
      ['api_key', 'extension'],
      ['token', 'user'],
    ] as const) {
      const attempts = [
        secrets.set(writer, scope, declared, name, 'x', by),
        secrets.delete(writer, scope, declared, name, by),
      ]
      for (const error of await Promise.all(attempts.map(failure))) expect(error.code).toBe('SECRETS_WRITE_FORBIDDEN')
    }
    await secrets.set(writer, scope, declared, 'token', 'x', 'extension')
    await secrets.set(writer, scope, declared, 'pin', 'x', 'user')
    await secrets.set(writer, scope, declared, 'pin', 'y', 'extension')
  })

  test('[K7.17] values of an app that was left are removed, each with its audit row; those of others stay', async () => {
    const gone = someone()
    const [otherApp, otherUser] = [someone({ appId: 'crm' }), someone({ userId: 'imp_u_somebody' })]
    const { name } = declared.find((one) => one.write_mode === 'both') ?? { name: '' }
    for (const scope of [gone, otherApp, otherUser]) await secrets.set(writer, scope, declared, name, 'v', 'extension')
    await secrets.forgetApp(gone)
    await secrets.forgetApp(gone)
    expect(await Promise.all([gone, otherApp, otherUser].map((scope) => secrets.isSet(scope, declared, name)))).toEqual(
      [false, true, true],
    )
    expect((await auditOf(gone)).filter(({ action }) => action === 'secret.deleted')).toHaveLength(1)
  })

  test('[K8.13] bytes count, not characters', async () => {
    const scope = someone()
    await secrets.set(writer, scope, declared, 'pin', 'üüüü', 'user')
    const error = await failure(secrets.set(writer, scope, declared, 'pin', 'üüüüü', 'user'))
    expect(error).toMatchObject({ code: 'SECRETS_TOO_LARGE', details: { length: 10, max_bytes: 8 } })
    expect(error.message).not.toContain('ü')
  })

  test('[S000-146] list shows the declared secrets, their state and the time of the last reading', async () => {
    const scope = someone()
    await secrets.set(writer, scope, declared, 'api_key', 'x', 'user')
    await secrets.get(scope, declared, 'api_key', 'extension')
    expect(await secrets.list(scope, declared)).toEqual([
      { name: 'api_key', description: 'Key of the service', is_set: true, last_accessed_at: clock.now() / 1_000 },
      { name: 'token', description: 'Session', is_set: false, last_accessed_at: null },
      { name: 'pin', description: 'Either may', is_set: false, last_accessed_at: null },
    ])
  })
})

describe('secrecy', () => {
  test('[S000-071] [K8.11] [I-SECRETS-NEVER-LOGGED] a marker in a value is in no table, log or error', async () => {
    const scope = someone()
    const marker = `canary-${crypto.randomUUID()}`
    await secrets.set(writer, scope, declared, 'api_key', marker, 'user')
    expect(await secrets.get(scope, declared, 'api_key', 'extension')).toBe(marker)
    const errors = [
      await failure(secrets.set(writer, scope, declared, 'pin', marker, 'user')),
      await failure(secrets.set(writer, scope, declared, 'token', marker, 'user')),
      await failure(secrets.set(writer, scope, [], 'api_key', marker, 'user')),
    ]
    const broken: Writer = { tenantId: 'default', atomic: (list) => db.atomic('imp_t_wrong', list) }
    errors.push(await failure(secrets.set(broken, scope, declared, 'api_key', marker, 'user')))
    for (const error of errors) log.error({ err: error }, error.message)
    expect(logged).toContain('SECRETS_VAULT_UNAVAILABLE')
    for (const form of [marker, Buffer.from(marker).toString('base64'), Buffer.from(marker).toString('hex')]) {
      expect(logged).not.toContain(form)
      expect(await everything()).not.toContain(form)
    }
  })

  test('[S000-151] [K8.16] [I-SECRETS-AUDIT-FOREVER] each read, write and delete is an audit row with length and digest', async () => {
    const scope = someone()
    await secrets.set(writer, scope, declared, 'pin', '1234', 'user')
    await secrets.get(scope, declared, 'pin', 'extension')
    await secrets.get(scope, declared, 'pin', 'platform')
    await secrets.get(scope, declared, 'token', 'extension')
    await secrets.delete(writer, scope, declared, 'pin', 'extension')
    const rows = await auditOf(scope)
    expect(rows.map((row) => [row.action, row.actor_type, row.source])).toEqual([
      ['secret.written', 'user', 'panel'],
      ['secret.read', 'user', 'extension'],
      ['secret.read', 'system', 'platform'],
      ['secret.read', 'user', 'extension'],
      ['secret.deleted', 'user', 'extension'],
    ])
    expect(rows[0]?.metadata).toEqual({ by: 'user', length: 4, sha256_prefix: '03ac6742' })
    expect(rows[3]?.metadata).toEqual({ by: 'extension', length: 0, sha256_prefix: '' })
    expect(rows[4]?.metadata).toEqual({ by: 'extension', length: 4, sha256_prefix: '03ac6742' })
    expect(new Set(rows.map((row) => row.retention_class))).toEqual(new Set(['security_forever']))
    expect(rows[0]?.target_id).toBe('spotify/pin')
  })

  test('[K8.15] [S000-145] isSet, list and missing leave no audit row', async () => {
    const scope = someone()
    await secrets.isSet(scope, declared, 'pin')
    await secrets.list(scope, declared)
    await secrets.missing(scope, declared)
    expect(await auditOf(scope)).toEqual([])
  })

  test('[K8.10] a row that was copied to another user or name does not open', async () => {
    const [ada, eve] = [someone(), someone()]
    await secrets.set(writer, ada, declared, 'pin', 'ada', 'user')
    await secrets.set(writer, eve, declared, 'pin', 'eve', 'user')
    await db.everyTenant(async (tx) => {
      const row = await tx
        .selectFrom('secrets.secret')
        .select('sealed')
        .where('user_id', '=', ada.userId)
        .executeTakeFirst()
      await tx
        .updateTable('secrets.secret')
        .set({ sealed: row?.sealed ?? '' })
        .where('user_id', '=', eve.userId)
        .execute()
    })
    expect((await failure(secrets.get(eve, declared, 'pin', 'extension'))).code).toBe('SECRETS_VAULT_UNAVAILABLE')
  })

  test('[S000-149] [I-SECRETS-VAULT-DEPENDENCY] without the key or the database everything fails closed', async () => {
    const scope = someone()
    await secrets.set(writer, scope, declared, 'pin', 'x', 'user')
    const otherKey = open({ dataKeys: keysOf(folders[1]) })
    const error = await failure(otherKey.get(scope, declared, 'pin', 'extension'))
    expect(error).toMatchObject({ code: 'SECRETS_VAULT_UNAVAILABLE', wireDetail: { error_code: 'VAULT_UNAVAILABLE' } })
    await otherKey.close()

    const away = openDatabase({ ...database.connection, database: 'nowhere' })
    const cut = open({ db: away })
    const attempts = [
      cut.get(scope, declared, 'pin', 'extension'),
      cut.isSet(scope, declared, 'pin'),
      cut.list(scope, declared),
      cut.missing(scope, declared),
      cut.delete(writer, scope, declared, 'pin', 'user'),
    ]
    for (const error of await Promise.all(attempts.map(failure))) expect(error.code).toBe('SECRETS_VAULT_UNAVAILABLE')
    await cut.close()
    await away.close()
  })

  test('a read that cannot be recorded gives no value', async () => {
    const scope = someone()
    await secrets.set(writer, scope, declared, 'pin', 'x', 'user')
    const recording = () => ({ text: 'select 1 / 0', values: [] })
    const unrecorded = openSecrets({ db, bus, clock, keyring, dataKeys, appOf, environment, audit: { recording } })
    expect((await failure(unrecorded.get(scope, declared, 'pin', 'extension'))).code).toBe('SECRETS_VAULT_UNAVAILABLE')
    await unrecorded.close()
  })

  test('[api 7.2] a query without any condition shows no secret of another tenant', async () => {
    await secrets.set(writer, someone(), declared, 'pin', 'x', 'user')
    expect(await db.tenant('imp_t_other', (tx) => tx.selectFrom('secrets.secret').selectAll().execute())).toEqual([])
  })
})

describe('missing', () => {
  test('[K8.19] names the required secrets without a value, from memory, and follows every change on every node', async () => {
    const scope = someone()
    let reads = 0
    const counted: Database = {
      ...db,
      atomic: (tenantId, statements) => {
        reads += 1
        return db.atomic(tenantId, statements)
      },
    }
    const otherBus = await openBus(database.connection, log)
    const otherNode = openSecrets({ db: counted, bus: otherBus, clock, keyring, dataKeys, audit, appOf, environment })
    expect(await otherNode.missing(scope, declared)).toEqual(['api_key', 'pin'])
    expect(await otherNode.missing(scope, declared)).toEqual(['api_key', 'pin'])
    // Listening begins in the background and drops what was read before it.
    await eventually(async () => {
      const before = reads
      expect(await otherNode.missing(scope, declared)).toEqual(['api_key', 'pin'])
      expect(await otherNode.isSet(scope, declared, 'pin')).toBe(false)
      expect(reads).toBe(before)
    })
    const before = reads
    expect(await otherNode.missing(someone(), [])).toEqual([])
    expect(reads).toBe(before)
    await secrets.set(writer, scope, declared, 'pin', 'x', 'user')
    expect(await secrets.missing(scope, declared)).toEqual(['api_key'])
    await eventually(async () => expect(await otherNode.missing(scope, declared)).toEqual(['api_key']))
    await secrets.delete(writer, scope, declared, 'pin', 'user')
    await eventually(async () => expect(await otherNode.missing(scope, declared)).toEqual(['api_key', 'pin']))
    await otherNode.close()
    await otherBus.close()
  })
})

describe('routes of the secrets page', () => {
  const call = async (id: keyof typeof routes, scope: StoreScope, params: Record<string, string>, body?: unknown) => {
    const mounted = secrets.routes.find(({ route }) => route.id === `secrets.${id}`) as MountedRoute
    expect(mounted.route.auth).toBe('panel-or-svc')
    const principal = { kind: 'user', tenantId: scope.tenantId, userId: scope.userId }
    const request = { params, body, principal, headers: {} }
    return mounted.route.response.parse(await mounted.handle(request as unknown as RouteRequest<unknown>))
  }

  test('[PUT /v1/secrets/{ext_id}/{name}] [GET /v1/secrets/{ext_id}] [GET /v1/secrets/{ext_id}/{name}/meta] [DELETE /v1/secrets/{ext_id}/{name}] set, list, meta and delete work for the signed-in user and never show the value', async () => {
    const [scope, other] = [someone(), someone()]
    const place = { ext_id: 'spotify', name: 'api_key' }
    const value = `sk-${crypto.randomUUID()}`
    const set = await call('set', scope, place, { value })
    expect(set).toEqual({ name: 'api_key', is_set: true, updated_at: clock.iso() })
    const list = await call('list', scope, { ext_id: 'spotify' })
    expect(list[0]).toEqual({
      name: 'api_key',
      description: 'Key of the service',
      is_set: true,
      last_accessed_at: null,
      scope: 'user',
      write_mode: 'user',
      required: true,
      max_bytes: 200,
      rotation_hint_days: null,
    })
    const meta = await call('meta', scope, place)
    expect(meta).toMatchObject({ is_set: true, length: value.length, updated_at: clock.iso() })
    expect(JSON.stringify([set, list, meta])).not.toContain(value)
    expect(await call('meta', other, place)).toMatchObject({ is_set: false, length: 0, updated_at: null })
    expect(await call('delete', other, place)).toEqual({ was_set: false })
    expect(await call('delete', scope, place)).toEqual({ was_set: true })
  })

  test('[api 3.14] an unknown app is 404, an undeclared name 403', async () => {
    const scope = someone()
    expect(await failure(call('list', scope, { ext_id: 'nothing' }))).toMatchObject({ kind: 'not_found' })
    const undeclared = call('set', scope, { ext_id: 'spotify', name: 'other' }, { value: 'x' })
    expect(await failure(undeclared)).toMatchObject({ kind: 'forbidden', code: 'SECRETS_NOT_DECLARED' })
  })
})
