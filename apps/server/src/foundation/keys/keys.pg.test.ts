import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { type KeyService, startKeyService } from '../../../../../test/support/key-service.ts'
import { type Bus, openBus } from '../bus.ts'
import { manualClock } from '../clock.ts'
import { type Database, EVERY_TENANT, openDatabase } from '../db/index.ts'
import { createKeyring, openKeyring } from '../keyring.ts'
import { createLog } from '../log.ts'
import {
  type DataKeys,
  decrypt,
  encrypt,
  firstFileKey,
  INSTALLATION,
  joinProviders,
  openDataKeys,
  openFileKeys,
  openTransitKeys,
} from './index.ts'

const log = createLog({ level: 'silent' })
const home = mkdtempSync(path.join(tmpdir(), 'imperal-keys-'))
const clock = manualClock()
let db: Database
let bus: Bus
let service: KeyService
let folders = 0
const folder = () => path.join(home, `keys-${++folders}`)
const transit = () =>
  openTransitKeys({ url: service.url, key: 'imperal', token: () => service.token, timeoutMs: 2_000 })

beforeAll(async () => {
  const database = await createTestDatabase()
  db = openDatabase(database.connection)
  bus = await openBus(database.connection, log)
  service = await startKeyService()
})
afterAll(async () => {
  await bus.close()
  await db.close()
  await service.close()
  rmSync(home, { recursive: true })
})

const open = (provider = openFileKeys(folder()), cacheMs = 300_000): DataKeys =>
  openDataKeys({ db, bus, clock, provider, cacheMs })
let tenants = 0
const tenant = () => `imp_t_${++tenants}`

describe('key files', () => {
  test('the first process makes a key that only its user reads; ten at once come to the same one', async () => {
    const place = folder()
    const ids = await Promise.all(Array.from({ length: 10 }, () => openFileKeys(place).currentKeyId()))
    expect(new Set(ids).size).toBe(1)
    expect(readdirSync(place)).toEqual(['master.key'])
    expect(statSync(path.join(place, 'master.key')).mode & 0o777).toBe(0o600)
  })

  test('[K8.10] a rotation adds a file; what the first one locked opens as before', async () => {
    const place = folder()
    const keys = openFileKeys(place)
    const key = randomBytes(32)
    const before = await keys.wrap(key, 'a')
    const id = await keys.rotate()
    expect(readdirSync(place).sort()).toEqual(['master-2.key', 'master.key'])
    expect([before.wrappedBy, (await keys.wrap(key, 'a')).wrappedBy]).toEqual([expect.stringMatching(/^file:1:/), id])
    expect(await keys.unwrap(before, 'a')).toEqual(key)
    await expect(keys.unwrap(before, 'b')).rejects.toMatchObject({ code: 'KEYS_FOREIGN' })
  })

  test('a key that is damaged, gone, or of another installation is told as such and opens nothing', async () => {
    const [place, other] = [folder(), folder()]
    const keys = openFileKeys(place)
    const wrapped = await keys.wrap(randomBytes(32), 'a')
    await openFileKeys(other).currentKeyId()
    copyFileSync(path.join(other, 'master.key'), path.join(place, 'master.key'))
    await expect(keys.unwrap(wrapped, 'a')).rejects.toMatchObject({ code: 'KEYS_FOREIGN' })
    writeFileSync(path.join(place, 'master.key'), 'half a key')
    await expect(keys.unwrap(wrapped, 'a')).rejects.toMatchObject({ code: 'KEYS_FILE_UNUSABLE' })
    rmSync(path.join(place, 'master.key'))
    await expect(keys.unwrap(wrapped, 'a')).rejects.toMatchObject({ code: 'KEYS_FOREIGN' })
  })
})

describe('data keys', () => {
  test('ten that need the first key of a tenant at once come to the same one, on two nodes', async () => {
    const place = folder()
    const nodes = [open(openFileKeys(place)), open(openFileKeys(place))]
    const owner = tenant()
    const found = await Promise.all(Array.from({ length: 10 }, (_, n) => nodes[n % 2]?.current(owner)))
    expect(new Set(found.map((key) => key?.id)).size).toBe(1)
    expect(found[0]?.key).toEqual(found[9]?.key)
  })

  test('[S000-070] [K8.10] [E19] neither the key nor anything that opens it lies in the database', async () => {
    const keys = open()
    const { key } = await keys.current(tenant())
    const [rows] = await db.atomic(EVERY_TENANT, [
      { text: 'select d::text as line from foundation.data_key d', values: [] },
    ])
    const dump = JSON.stringify(rows?.rows)
    for (const form of ['hex', 'base64', 'base64url'] as const) expect(dump).not.toContain(key.toString(form))
  })

  test('[api 7.2] keys of a tenant are no row for another tenant', async () => {
    const keys = open()
    const [a, b] = [tenant(), tenant()]
    await keys.current(a)
    const [seen] = await db.atomic(b, [{ text: 'select * from foundation.data_key', values: [] }])
    expect(seen?.rows).toEqual([])
  })

  test('[K8.10] [K8.14] an opened key is kept for five minutes at the most; then the service must answer', async () => {
    const keys = open(transit())
    const owner = tenant()
    const { id } = await keys.current(owner)
    const asked = service.asked.length
    await keys.find(owner, id)
    expect(service.asked).toHaveLength(asked)
    service.mood = 'sealed'
    clock.advance(299_000)
    await keys.find(owner, id)
    clock.advance(2_000)
    await expect(keys.find(owner, id)).rejects.toMatchObject({ code: 'KEYS_SERVICE_UNAVAILABLE' })
    service.mood = 'well'
    expect(await keys.find(owner, id)).toMatchObject({ id })
  })

  test('without a cache each access asks the service', async () => {
    const keys = open(transit(), 0)
    const owner = tenant()
    const { id } = await keys.current(owner)
    service.mood = 'sealed'
    await expect(keys.find(owner, id)).rejects.toMatchObject({ code: 'KEYS_SERVICE_UNAVAILABLE' })
    service.mood = 'well'
  })

  test('a rotation of the provider wraps every data key anew, and what they sealed opens during and after', async () => {
    const place = folder()
    const provider = openFileKeys(place)
    const [keys, other] = [open(provider, 0), open(openFileKeys(place), 0)]
    const owner = tenant()
    const before = await keys.current(owner)
    const sealed = encrypt(before.key, Buffer.from('kept'), 'x')
    const id = await provider.rotate()
    expect(decrypt((await other.find(owner, before.id)).key, sealed, 'x').toString()).toBe('kept')
    // Keys of other tests are wrapped by folders of theirs, which this provider does not have.
    await db.atomic(EVERY_TENANT, [{ text: 'delete from foundation.data_key where tenant_id <> $1', values: [owner] }])
    expect(await keys.rewrap()).toBe(1)
    expect(await keys.facts()).toEqual({ provider: 'file', currentKeyId: id, wrappedBy: { [id]: 1 } })
    rmSync(path.join(place, 'master.key'))
    expect(decrypt((await other.find(owner, before.id)).key, sealed, 'x').toString()).toBe('kept')
    expect(await keys.rewrap()).toBe(0)
  })

  test('an installation moves from key files to a service, and back', async () => {
    const files = openFileKeys(folder())
    const owner = tenant()
    const first = await open(files, 0).current(owner)
    await db.atomic(EVERY_TENANT, [{ text: 'delete from foundation.data_key where tenant_id <> $1', values: [owner] }])
    const joined = open(joinProviders(transit(), files), 0)
    expect((await joined.find(owner, first.id)).key).toEqual(first.key)
    expect(await joined.rewrap()).toBe(1)
    expect(Object.keys((await joined.facts()).wrappedBy)).toEqual([expect.stringMatching(/^transit:imperal:v\d+$/)])
    const back = open(joinProviders(files, transit()), 0)
    expect(await back.rewrap()).toBe(1)
    expect((await open(files, 0).find(owner, first.id)).key).toEqual(first.key)
  })

  test('a new data key seals from its time on, older ones open, and another node takes it up', async () => {
    const place = folder()
    const [keys, other] = [open(openFileKeys(place)), open(openFileKeys(place))]
    const owner = tenant()
    const before = await keys.current(owner)
    await other.current(owner)
    const later = await keys.renew(owner, clock.now() + 60_000)
    await vi.waitFor(async () => expect((await other.all(owner)).map((key) => key.id)).toEqual([later, before.id]))
    expect((await other.current(owner)).id).toBe(before.id)
    clock.advance(60_000)
    expect((await other.current(owner)).id).toBe(later)
    expect(await other.find(owner, before.id)).toMatchObject({ id: before.id })
  })
})

describe('the keyring', () => {
  test('what one node seals the other opens, in its own place only', async () => {
    const place = folder()
    await db.atomic(EVERY_TENANT, [
      { text: 'delete from foundation.data_key where tenant_id = $1', values: [INSTALLATION] },
    ])
    const node = () =>
      openKeyring({ dataKeys: open(openFileKeys(place)), log, now: clock.now, legacy: () => firstFileKey(place) })
    const [one, two] = [await node(), await node()]
    const sealed = one.seal('text', 'here')
    expect(two.open(sealed, 'here')).toBe('text')
    expect(() => two.open(sealed, 'there')).toThrow(expect.objectContaining({ code: 'KEYRING_UNUSABLE' }))
    expect(() => two.open(`${sealed.slice(0, -2)}AA`, 'here')).toThrow(
      expect.objectContaining({ code: 'KEYRING_UNUSABLE' }),
    )
    one.close()
    two.close()
  })

  test('a node whose keys folder is not that of the installation does not start', async () => {
    const stranger = openDataKeys({ db, bus, clock, provider: openFileKeys(folder()) })
    await expect(openKeyring({ dataKeys: stranger, log, now: clock.now, legacy: () => null })).rejects.toMatchObject({
      code: 'KEYS_FOREIGN',
    })
  })

  test('values of the first form open with the first key file, and only there', () => {
    const sealed =
      'v1.qr-omLcLZS8DmdKmNYhlldukOASvCgfGC47VTXQ9RvDbKRN55a1BrISxM6LuulYvQX8CpbtWz5GF4MPliI85ZOq2PAgJXoqmTolq9kU3U388o-ukPtkgLC2MaF6W3XnDx3uXUw'
    const place = folder()
    openFileKeys(place)
    writeFileSync(path.join(place, 'master.key'), 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8')
    const keys = { current: () => ({ id: 'x', key: randomBytes(32) }), find: () => undefined }
    const keyring = createKeyring({ ...keys, legacy: () => firstFileKey(place) })
    expect(keyring.open(sealed, 'the place')).toBe('an old value')
    expect(() => keyring.open(sealed, 'another place')).toThrow()
    expect(() => createKeyring(keys).open(sealed, 'the place')).toThrow()
  })
})
