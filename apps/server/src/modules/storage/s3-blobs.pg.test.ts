import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { S3_REGION, startS3Server } from '../../../../../test/support/s3-server.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase, type Writer } from '../../foundation/db/index.ts'
import type { MountedRoute, RouteReply, RouteRequest } from '../../foundation/http/index.ts'
import { createLog } from '../../foundation/log.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openStorage, type StorageOptions } from './index.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection)
const s3 = await startS3Server()
const folder = mkdtempSync(path.join(tmpdir(), 'imperal-s3-'))
const quotas = new Map<string, number>()
const open = (more: Partial<StorageOptions> = {}) =>
  openStorage({
    ...{ db, folder, clock: manualClock(), keyring: testKeyring(), publicUrl: 'http://127.0.0.1:4780' },
    log: createLog({ level: 'silent' }),
    quotaOf: async ({ userId }) => quotas.get(userId) ?? null,
    ...more,
  })
const bucket = { ...s3, region: S3_REGION }
const storage = open({ s3: bucket })
afterAll(async () => {
  await storage.close()
  await db.close()
  await s3.close()
  rmSync(folder, { recursive: true })
})

const writer: Writer = { tenantId: 'default', atomic: (statements) => db.atomic('default', statements) }
let users = 0
const someone = (appId = 'notes'): StoreScope => ({ tenantId: 'default', appId, userId: `imp_u_s3user${++users}` })
const put = (scope: StoreScope, name: string, content: string | Buffer, where = storage) =>
  where.upload(writer, scope, name, { content: Buffer.from(content), type: 'text/plain' })
const wire = async (url: string) => {
  const [route] = storage.routes as MountedRoute[]
  const token = new URL(url).pathname.split('/').at(-1) ?? ''
  const answer = (await route?.handle({ params: { token } } as RouteRequest<never>)) as RouteReply<unknown>
  return buffer(answer.body as Readable)
}

describe('[K8.40] files in a bucket', () => {
  test('are written, read whole and in pieces, listed, replaced and deleted, each request signed', async () => {
    const scope = someone()
    const info = await put(scope, 'a/report.txt', 'one two three')
    expect([...s3.objects.keys()]).toHaveLength(1)
    expect((await storage.download(scope, 'a/report.txt'))?.toString()).toBe('one two three')
    const piece = await storage.read(scope, 'a/report.txt', { offset: 4, length: 3, etag: null })
    expect(piece?.content.toString()).toBe('two')
    expect((await wire(info.url)).toString()).toBe('one two three')
    await put(scope, 'a/report.txt', 'four')
    expect((await storage.download(scope, 'a/report.txt'))?.toString()).toBe('four')
    expect((await storage.list(scope, 'a/')).data).toHaveLength(1)
    expect(await storage.delete(writer, scope, 'a/report.txt')).toBe(true)
    expect(await storage.download(scope, 'a/report.txt')).toBeNull()
    expect(s3.objects.size).toBe(0)
    expect(s3.refused).toEqual([])
  })

  test('that come in parts are gathered, sent in several requests when they are large, and leave nothing behind', async () => {
    const scope = someone()
    const part = Buffer.alloc(4 * 1024 * 1024, 'x')
    const file = await storage.begin(scope, 'large.bin', 'application/octet-stream')
    for (let n = 0; n < 5; n++) await file.append(part)
    const { size } = await file.finish(writer)
    expect(size).toBe(5 * part.length)
    expect((await storage.download(scope, 'large.bin'))?.length).toBe(size)
    const left = await storage.begin(scope, 'other.bin', 'application/octet-stream')
    await left.append(part)
    await left.discard()
    expect(readdirSync(path.join(folder, 'drafts'))).toEqual([])
    expect(s3.refused).toEqual([])
  })

  test('nobody refers to any more go with the sweep, and only those', async () => {
    const scope = someone()
    await put(scope, 'kept.txt', 'kept')
    const [kept = ''] = [...s3.objects.keys()].filter((key) => s3.objects.get(key)?.content.toString() === 'kept')
    await put(scope, 'lost.txt', 'lost')
    const [lost = ''] = [...s3.objects.keys()].filter((key) => s3.objects.get(key)?.content.toString() === 'lost')
    await db.everyTenant((tx) => tx.deleteFrom('storage.file').where('blob', '=', lost).execute())
    for (const key of [kept, lost]) s3.age(key, 7_200_000)
    // The first one marks the bucket.
    expect([await storage.sweep(), await storage.sweep()]).toEqual([0, 1])
    expect([s3.objects.has(kept), s3.objects.has(lost)]).toEqual([true, false])
  })

  test('a sweep leaves alone what others keep in the bucket', async () => {
    const content = Buffer.from('not ours')
    const keys = [
      'photos/2026/cat.jpg',
      'backup.tar',
      'ab/cd/0123.4567',
      `ab/${'c'.repeat(40)}/${'0'.repeat(64)}.${'1'.repeat(12)}`,
    ]
    for (const key of keys) (s3.objects as Map<string, unknown>).set(key, { content, at: new Date(0) })
    expect(await storage.sweep()).toBe(0)
    expect([...s3.objects.keys()]).toEqual(expect.arrayContaining(keys))
    for (const key of keys) (s3.objects as Map<string, unknown>).delete(key)
  })

  test('that stopped coming with their node are no burden: drafts of an hour ago go with the sweep, younger ones stay', async () => {
    const scope = someone()
    for (const name of ['left.bin', 'coming.bin'])
      await (await storage.begin(scope, name, 'application/octet-stream')).append(Buffer.from(name))
    const drafts = () => readdirSync(path.join(folder, 'drafts'))
    const held = (name: string) =>
      drafts().filter((draft) => readFileSync(path.join(folder, 'drafts', draft), 'utf8') === name)
    const long = new Date(Date.now() - 7_200_000)
    utimesSync(path.join(folder, 'drafts', String(held('left.bin')[0])), long, long)
    writeFileSync(path.join(folder, 'drafts', 'notes.txt'), 'of somebody else')
    utimesSync(path.join(folder, 'drafts', 'notes.txt'), long, long)
    await storage.sweep()
    expect([held('left.bin'), held('coming.bin'), drafts()]).toEqual([
      ...[[], [expect.any(String)]],
      expect.arrayContaining(['notes.txt']),
    ])
    rmSync(path.join(folder, 'drafts'), { recursive: true })
  })

  test('another installation on the same bucket, as one from a backup, removes nothing and says so once', async () => {
    const [its, lines] = [await createTestDatabase(), [] as string[]]
    const itsDb = openDatabase(its.connection)
    const log = createLog({ level: 'warn', destination: { write: (line) => void lines.push(line) } })
    const [copy, second] = [open({ s3: bucket, db: itsDb, log }), open({ s3: bucket, log })]
    await put(someone(), 'theirs.txt', 'of the first one')
    await storage.sweep()
    for (const key of s3.objects.keys()) s3.age(key, 7_200_000)
    const before = [...s3.objects.keys()]
    expect([await copy.sweep(), await copy.sweep()]).toEqual([0, 0])
    expect([...s3.objects.keys()]).toEqual(before)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('remove .imperal-installation there')
    // A second process of the first one is no other installation.
    const [lost = ''] = before.filter((key) => s3.objects.get(key)?.content.toString() === 'of the first one')
    await db.everyTenant((tx) => tx.deleteFrom('storage.file').where('blob', '=', lost).execute())
    expect([await second.sweep(), lines.length]).toEqual([1, 1])
    await copy.close()
    await second.close()
    await itsDb.close()
  })

  test('that were on disk before are still there, and new ones go to the bucket', async () => {
    const scope = someone()
    const before = open()
    await put(scope, 'old.txt', 'from before', before)
    expect((await storage.download(scope, 'old.txt'))?.toString()).toBe('from before')
    expect((await storage.read(scope, 'old.txt', { offset: 5, length: 6, etag: null }))?.content.toString()).toBe(
      'before',
    )
    expect(await storage.delete(writer, scope, 'old.txt')).toBe(true)
    expect(await before.download(scope, 'old.txt')).toBeNull()
    await before.close()
  })

  test('a service that is down, or that does not take our key, is an outage and no lost file', async () => {
    const scope = someone()
    await put(scope, 'there.txt', 'there')
    s3.isDown = true
    await expect(put(scope, 'new.txt', 'new')).rejects.toMatchObject({
      code: 'STORAGE_UNREACHABLE',
      kind: 'unavailable',
    })
    await expect(storage.download(scope, 'there.txt')).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' })
    s3.isDown = false
    expect((await storage.download(scope, 'there.txt'))?.toString()).toBe('there')
    const stranger = open({ s3: { ...bucket, secretAccessKey: 'another one' } })
    await expect(stranger.download(scope, 'there.txt')).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' })
    expect(s3.refused.at(-1)).toContain('a wrong signature')
    await stranger.close()
  })
})

describe('[K8.40] the quota of a user', () => {
  test('counts the files of all apps, lets a file be replaced, and gives room back', async () => {
    const scope = someone()
    quotas.set(scope.userId, 100)
    await put(scope, 'a', 'x'.repeat(60))
    await expect(put({ ...scope, appId: 'tasks' }, 'b', 'x'.repeat(41))).rejects.toMatchObject({
      code: 'STORAGE_QUOTA_EXCEEDED',
      kind: 'too_large',
    })
    await put({ ...scope, appId: 'tasks' }, 'b', 'x'.repeat(40))
    await put(scope, 'a', 'y'.repeat(60))
    await expect(put(scope, 'a', 'y'.repeat(61))).rejects.toMatchObject({ code: 'STORAGE_QUOTA_EXCEEDED' })
    expect((await storage.download(scope, 'a'))?.toString()).toBe('y'.repeat(60))
    await storage.delete(writer, { ...scope, appId: 'tasks' }, 'b')
    await put(scope, 'c', 'x'.repeat(40))
    // What was refused left no content behind.
    const mine = await storage.list(scope, '')
    expect(mine.data.map(({ path: name }) => name)).toEqual(['a', 'c'])
  })

  test('holds when ten uploads come at once', async () => {
    const scope = someone()
    quotas.set(scope.userId, 100)
    const all = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => put(scope, `f${n}`, 'x'.repeat(30))))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  })
})
