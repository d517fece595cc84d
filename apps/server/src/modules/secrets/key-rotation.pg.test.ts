import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { admin } from '@imperal/contract'
import { afterAll, describe, expect, test } from 'vitest'
import { principalOf } from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { until } from '../../../../../test/support/session.ts'
import { openBus } from '../../foundation/bus.ts'
import { manualClock } from '../../foundation/clock.ts'
import { EVERY_TENANT, openDatabase, type Writer } from '../../foundation/db/index.ts'
import type { MountedRoute, RouteRequest } from '../../foundation/http/index.ts'
import { openJobs } from '../../foundation/jobs/index.ts'
import { createKeyring } from '../../foundation/keyring.ts'
import { openDataKeys, openFileKeys } from '../../foundation/keys/index.ts'
import { createLog } from '../../foundation/log.ts'
import { openAudit } from '../audit/index.ts'
import { openKeyRotation, openSecrets, type SecretDeclaration } from './index.ts'
import { resealValues } from './reseal-values.ts'

const log = createLog({ level: 'silent' })
const folder = mkdtempSync(path.join(tmpdir(), 'imperal-rotation-'))
const database = await createTestDatabase()
const db = openDatabase(database.connection)
const bus = await openBus(database.connection, log)
const jobs = await openJobs({ connection: database.connection, log, worker: true })
const clock = manualClock()
const audit = openAudit({ db, clock })
const OLD_KEY = Buffer.from('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8', 'base64url')
const OLD_VALUE =
  'v1.aqf8hZZiHqrZU-RaxKZ09rWwEIFthvu7j2dI0OYCi1lPNAd4ED0Y-cU8yVOEb39UKOoUh_NLLsJt5BORVNoqfOjHVS_93i32zy8azsz7LInK-mkOQR7WmUpS-196lYmRj3KbJHs'
const keyring = createKeyring({
  current: () => ({ id: 'unused', key: OLD_KEY }),
  find: () => undefined,
  legacy: () => OLD_KEY,
})
const declared: readonly SecretDeclaration[] = [
  { name: 'api_key', description: 'Key', required: false, write_mode: 'both', max_bytes: 200 },
]
const provider = openFileKeys(path.join(folder, 'keys'))
const parts = { db, bus, clock, log, keyring, audit, jobs, provider }
const dataKeys = openDataKeys({ ...parts, cacheMs: 0 })
const appOf = async () => ({ declared, owner: { tenantId: 'default', userId: null }, isInstalled: true })
const environment = () => undefined
const secrets = openSecrets({ ...parts, dataKeys, appOf, environment })
const rotation = await openKeyRotation({ ...parts, dataKeys })
afterAll(async () => {
  await jobs.close()
  await secrets.close()
  await bus.close()
  await db.close()
  rmSync(folder, { recursive: true })
})

const writerOf = (tenantId: string): Writer => ({ tenantId, atomic: (statements) => db.atomic(tenantId, statements) })
const scopeOf = (n: number) => ({ tenantId: `imp_t_${n % 3}`, appId: 'spotify', userId: `imp_u_${n}` })
const USERS = 250
const readAll = (from = secrets) =>
  Promise.all(Array.from({ length: USERS }, (_, n) => from.get(scopeOf(n), declared, 'api_key', 'extension')))
const expected = Array.from({ length: USERS }, (_, n) => `value-${n}`)

const rows = async <T>(text: string) => ((await db.atomic(EVERY_TENANT, [{ text, values: [] }]))[0]?.rows ?? []) as T[]

describe('[K8.10] rotation', () => {
  test('keys and data keys are made anew while everything stays readable; afterwards the first key file is not needed', async () => {
    for (let n = 0; n < USERS; n++)
      await secrets.set(writerOf(scopeOf(n).tenantId), scopeOf(n), declared, 'api_key', `value-${n}`, 'user')
    const before = await rotation.status()
    expect(before.secrets).toEqual({ current: USERS, older: 0 })

    const otherNode = openSecrets({
      ...parts,
      dataKeys: openDataKeys({ ...parts, provider: openFileKeys(path.join(folder, 'keys')) }),
      appOf,
      environment,
    })
    const rotated = rotation.rotate({ dataKeys: true })
    expect(await readAll()).toEqual(expected)
    expect(await readAll(otherNode)).toEqual(expected)
    expect(await rotated).toMatchObject({ tenants: 3, rewrapped: expect.any(Number) })
    await until(async () => (await rotation.status()).secrets.older === 0)
    const after = await rotation.status()
    expect(after).toMatchObject({ provider: 'file', secrets: { current: USERS, older: 0 } })
    expect(after.current_key_id).not.toBe(before.current_key_id)
    expect(Object.keys(after.data_keys)).toEqual([after.current_key_id])

    rmSync(path.join(folder, 'keys/master.key'))
    expect(await readAll()).toEqual(expected)
    expect(await readAll(otherNode)).toEqual(expected)
    await otherNode.close()
  })

  test('a node that has not heard of the newest key seals with it all the same, and says nothing else', async () => {
    const { tenantId } = scopeOf(0)
    const deaf = openDataKeys({ ...parts, bus: { subscribe: () => () => {}, close: async () => {} } })
    const known = await deaf.current(tenantId)
    const newest = await dataKeys.renew(tenantId, clock.now())
    expect((await deaf.current(tenantId)).id).toBe(known.id)
    expect(await resealValues({ ...parts, dataKeys: deaf }, tenantId)).toEqual({
      ...{ resealed: Math.ceil(USERS / 3), unreadable: 0 },
    })
    expect((await rotation.status()).secrets).toEqual({ current: USERS, older: 0 })
    expect((await deaf.current(tenantId)).id).toBe(newest)
    // Later than any node can keep what it knew, all is looked through once more.
    const later =
      'select count(*)::int as n from jobs.job where name = $1 and start_after > now() + make_interval(mins => 4)'
    expect((await db.atomic(EVERY_TENANT, [{ text: later, values: ['secrets.reseal'] }]))[0]?.rows).toEqual([{ n: 3 }])
    deaf.close()
  })

  test('a value that was written while it is sealed anew stays as it was written', async () => {
    const scope = scopeOf(0)
    await dataKeys.renew(scope.tenantId, clock.now())
    const racing: typeof dataKeys = {
      ...dataKeys,
      async find(owner, id) {
        const key = await dataKeys.find(owner, id)
        await secrets.set(writerOf(scope.tenantId), scope, declared, 'api_key', 'newer', 'user')
        return key
      },
    }
    await resealValues({ ...parts, dataKeys: racing }, scope.tenantId)
    expect(await secrets.get(scope, declared, 'api_key', 'extension')).toBe('newer')
  })

  test('a damaged value is counted and left, the others go on; a provider that is down stops the work', async () => {
    const scope = scopeOf(1)
    await db.atomic(EVERY_TENANT, [
      { text: "update secrets.secret set sealed = 'AAAA' where user_id = $1", values: [scope.userId] },
    ])
    await dataKeys.renew(scope.tenantId, clock.now())
    const done = await resealValues({ ...parts, dataKeys }, scope.tenantId)
    expect(done).toEqual({ resealed: Math.ceil((USERS - 1) / 3) - 1, unreadable: 1 })
    const down = { ...dataKeys, find: () => Promise.reject(Object.assign(new Error('down'))) }
    await dataKeys.renew(scope.tenantId, clock.now())
    expect(await resealValues({ ...parts, dataKeys: down }, scope.tenantId)).toMatchObject({ resealed: 0 })
  })

  test('values of the first form are read as before and sealed anew with the rest', async () => {
    const scope = { tenantId: 'default', appId: 'spotify', userId: 'imp_u_old' }
    const insert = `insert into secrets.secret (tenant_id, user_id, app_id, name, sealed, length, sha256_prefix, created_at, updated_at)
      values ('default', 'imp_u_old', 'spotify', 'api_key', $1, 13, '00000000', now(), now())`
    await db.atomic('default', [{ text: insert, values: [OLD_VALUE] }])
    expect(await secrets.get(scope, declared, 'api_key', 'extension')).toBe('an old secret')
    await resealValues({ ...parts, dataKeys }, 'default')
    const [row] = await rows<{ sealed: string }>("select sealed from secrets.secret where user_id = 'imp_u_old'")
    expect(row?.sealed).not.toContain('v1.')
    expect(await secrets.get(scope, declared, 'api_key', 'extension')).toBe('an old secret')
  })

  test('[K8.10] an older value of the same row does not open in the place of a newer one', async () => {
    const scope = scopeOf(5)
    const [before] = await rows<{ sealed: string }>(
      `select sealed from secrets.secret where user_id = '${scope.userId}'`,
    )
    clock.advance(1)
    await secrets.set(writerOf(scope.tenantId), scope, declared, 'api_key', 'newer', 'user')
    await db.atomic(EVERY_TENANT, [
      { text: 'update secrets.secret set sealed = $1 where user_id = $2', values: [before?.sealed, scope.userId] },
    ])
    await expect(secrets.get(scope, declared, 'api_key', 'extension')).rejects.toMatchObject({
      code: 'SECRETS_VAULT_UNAVAILABLE',
    })
  })
})

describe('routes', () => {
  const send = (id: keyof typeof admin, principal: ReturnType<typeof principalOf>, body: object = {}) => {
    const mounted = rotation.routes.find(
      ({ route }) => route.id === `admin.${id === 'rotateKeys' ? 'rotate_keys' : id}`,
    )
    const { handle, route } = mounted as MountedRoute
    expect(route.auth).toBe('svc-or-admin')
    return handle({ principal, body } as unknown as RouteRequest<unknown>)
  }
  const ada = (tenantId: string) => principalOf({ tenantId, userId: 'imp_u_ada' }, { role: 'admin' })

  test('administrators of the platform and services look and rotate, each rotation is audited; those of a tenant do not', async () => {
    const rotated = (await send('rotateKeys', ada('default'), { data_keys: false })) as { key_id: string }
    expect(await send('keys', principalOf(null))).toMatchObject({ current_key_id: rotated.key_id })
    for (const id of ['keys', 'rotateKeys'] as const)
      await expect(send(id, ada('umbrella'))).rejects.toMatchObject({ kind: 'forbidden' })
    const entries = await rows("select * from audit.entry where action = 'secrets.keys_rotated'")
    expect(entries).toMatchObject([
      { actor_id: 'imp_u_ada', retention_class: 'security_forever', metadata: { key_id: rotated.key_id } },
    ])
  })
})
