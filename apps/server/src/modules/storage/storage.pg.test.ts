import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase, type Writer } from '../../foundation/db/index.ts'
import type { MountedRoute, RouteReply, RouteRequest } from '../../foundation/http/index.ts'
import { createLog } from '../../foundation/log.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { normalPath } from './check-path.ts'
import { openStorage } from './index.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection)
const clock = manualClock()
const home = mkdtempSync(path.join(tmpdir(), 'imperal-storage-'))
const folder = path.join(home, 'files')
const storage = openStorage({
  ...{ db, clock, folder, keyring: testKeyring() },
  log: createLog({ level: 'silent' }),
  publicUrl: 'http://127.0.0.1:4780',
})
beforeAll(async () => {
  await storage.upload(writer, someone(), 'first', { content: Buffer.from('x'), type: 'text/plain' })
})
afterAll(async () => {
  await storage.close()
  await db.close()
  rmSync(home, { recursive: true })
})

const writer: Writer = { tenantId: 'default', atomic: (statements) => db.atomic('default', statements) }
let users = 0
const someone = (extra: Partial<StoreScope> = {}): StoreScope => ({
  tenantId: 'default',
  appId: 'notes',
  userId: `imp_u_user${++users}`,
  ...extra,
})
const put = (scope: StoreScope, name: string, text: string, type = 'text/plain') =>
  storage.upload(writer, scope, name, { content: Buffer.from(text), type })
const text = async (scope: StoreScope, name: string) => (await storage.download(scope, name))?.toString() ?? null
const contents = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

describe('files', () => {
  test('[sdk 3.9] upload, download, replace and delete', async () => {
    const scope = someone()
    const before = contents().length
    const info = await put(scope, 'a/report.txt', 'one')
    expect(info).toEqual({
      path: 'a/report.txt',
      size: 3,
      content_type: 'text/plain',
      created_at: clock.iso(),
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4780\/v1\/files\/v2\./),
    })
    expect(await text(scope, 'a/report.txt')).toBe('one')
    await put(scope, 'a/report.txt', 'two, longer')
    expect(await text(scope, 'a/report.txt')).toBe('two, longer')
    expect(contents()).toHaveLength(before + 1)
    expect(await storage.delete(writer, scope, 'a/report.txt')).toBe(true)
    expect(await storage.delete(writer, scope, 'a/report.txt')).toBe(false)
    expect(await text(scope, 'a/report.txt')).toBeNull()
    expect(contents()).toHaveLength(before)
  })

  test('[sdk 3.9] list goes by prefix, in the order of paths and in pages', async () => {
    const scope = someone()
    for (const name of ['b', 'a/2', 'a/1', 'a/10', 'ab', 'a%']) await put(scope, name, name)
    const all = await storage.list(scope, '')
    expect(all.data.map((file) => file.path)).toEqual(['a%', 'a/1', 'a/10', 'a/2', 'ab', 'b'])
    expect(all).toMatchObject({ cursor: null, has_more: false, total: 6 })
    expect((await storage.list(scope, 'a%')).data.map((file) => file.path)).toEqual(['a%'])
    const first = await storage.list(scope, 'a/', { limit: 2 })
    expect(first).toMatchObject({ has_more: true, total: null })
    const second = await storage.list(scope, 'a/', { limit: 2, cursor: first.cursor })
    expect(second.data.map((file) => file.path)).toEqual(['a/2'])
    await expect(storage.list(scope, '', { limit: 0 })).rejects.toMatchObject({ code: 'STORAGE_BAD_CURSOR' })
  })

  test('more than 100 MiB is refused before anything is written', async () => {
    const before = contents().length
    const upload = storage.upload(writer, someone(), 'x', { content: Buffer.alloc(100 * 1024 * 1024 + 1), type: '' })
    await expect(upload).rejects.toMatchObject({ code: 'STORAGE_TOO_LARGE', kind: 'too_large' })
    expect(contents()).toHaveLength(before)
  })

  test('ten uploads to one path at once leave one whole file', async () => {
    const scope = someone()
    await Promise.all(Array.from({ length: 10 }, (_, n) => put(scope, 'same', `version ${n}`.repeat(1_000))))
    expect(await text(scope, 'same')).toMatch(/^(version \d)\1{999}$/)
    expect((await storage.list(scope, '')).total).toBe(1)
  })
})

describe('paths', () => {
  test.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a/./b',
    'a//b',
    'a/',
    '.',
    'a\\b',
    'a\0b',
    'a\nb',
    '\ud800',
    'x'.repeat(513),
  ])('[K8.40] %j is refused', async (name) => {
    const scope = someone()
    for (const attempt of [put(scope, name, 'x'), storage.download(scope, name), storage.delete(writer, scope, name)]) {
      await expect(attempt).rejects.toMatchObject({ code: 'STORAGE_BAD_PATH' })
    }
  })

  test('[K8.40] what a caller sends never becomes a name on the disk', async () => {
    const scope = someone({ userId: '..%2f..', appId: 'notes' })
    await put(scope, 'été/..hidden/CON', 'x')
    for (const file of contents()) {
      expect(path.relative(folder, file)).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{40}\/[0-9a-f]{64}\.[0-9a-f]{12}$/)
      expect(statSync(file).mode & 0o777).toBe(0o600)
    }
    expect(normalPath('e\u0301')).toBe('\u00e9')
  })
})

describe('isolation', () => {
  test('[K8.40] [api 7.2] another user, app or tenant finds nothing', async () => {
    const scope = someone()
    await put(scope, 'private', 'x')
    for (const other of [someone(), { ...scope, appId: 'spy' }, { ...scope, tenantId: 'imp_t_other' }]) {
      expect(await text(other, 'private')).toBeNull()
      expect((await storage.list(other, '')).data).toEqual([])
    }
    expect(await db.tenant('imp_t_other', (tx) => tx.selectFrom('storage.file').selectAll().execute())).toEqual([])
  })
})

describe('consistency', () => {
  test('a refused transaction leaves no content; a content that is not what was stored is not handed out', async () => {
    const scope = someone()
    const before = contents()
    const refused: Writer = { tenantId: 'default', atomic: (list) => db.atomic('imp_t_other', list) }
    const upload = storage.upload(refused, scope, 'x', { content: Buffer.from('x'), type: '' })
    await expect(upload).rejects.toThrow(/row-level security/)
    expect(contents()).toEqual(before)

    await put(scope, 'x', 'right')
    const [file = ''] = contents().filter((name) => !before.includes(name))
    writeFileSync(file, 'wrong')
    await expect(storage.download(scope, 'x')).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    rmSync(file)
    await expect(storage.download(scope, 'x')).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    expect(await storage.delete(writer, scope, 'x')).toBe(true)
  })

  test('the sweep removes old contents without a file, and nothing else', async () => {
    const scope = someone()
    await put(scope, 'kept', 'kept')
    const [some = ''] = contents()
    const orphans = ['a', 'b'].map((letter) =>
      path.join(path.dirname(some), `${letter.repeat(64)}.${letter.repeat(12)}`),
    )
    const others = [path.join(path.dirname(some), 'notes.txt'), path.join(folder, 'somebody.txt')]
    for (const file of [...orphans, ...others]) writeFileSync(file, 'x')
    const past = Date.now() / 1_000 - 7_200
    for (const file of contents()) if (file !== orphans[1]) utimesSync(file, past, past)
    // The first one marks the folder.
    expect([await storage.sweep(), await storage.sweep()]).toEqual([0, 1])
    expect(contents()).toEqual(expect.arrayContaining([...orphans.slice(1), ...others]))
    expect(contents()).not.toContain(orphans[0])
    expect(await text(scope, 'kept')).toBe('kept')
    for (const file of [...orphans.slice(1), ...others]) rmSync(file)
  })
})

describe('GET /v1/files/{token}', () => {
  const fetchFile = async (url: string) => {
    const [mounted] = storage.routes as [MountedRoute]
    const token = url.split('/').at(-1)
    return (await mounted.handle({ params: { token } } as unknown as RouteRequest<unknown>)) as RouteReply<Readable>
  }

  test('[sdk 3.9] gives the content for 24 hours, as a download that runs nowhere', async () => {
    const scope = someone()
    const { url } = await put(scope, 'a/page é.html', '<script>alert(1)</script>', 'text/html\r\nx-evil: 1')
    const answer = await fetchFile(url)
    expect((await buffer(answer.body)).toString()).toBe('<script>alert(1)</script>')
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '25',
      'content-disposition': "attachment; filename*=UTF-8''page%20%C3%A9.html",
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    clock.advance(24 * 3_600_000 - 1)
    ;(await fetchFile(url)).body.destroy()
    clock.advance(1)
    await expect(fetchFile(url)).rejects.toMatchObject({ code: 'STORAGE_LINK_EXPIRED', kind: 'gone' })
  })

  test('a forged address, and one of a replaced or deleted file, find nothing; no address is too long for a router', async () => {
    const scope = someone()
    const { url } = await put(scope, 'x', 'x')
    const longest = await put(scope, 'é'.repeat(512), 'x')
    expect(longest.url.split('/').at(-1)?.length).toBeLessThan(512)
    const forged = `${url.slice(0, -3)}${url.at(-3) === 'A' ? 'B' : 'A'}${url.slice(-2)}`
    await expect(fetchFile(forged)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
    const renewed = await put(scope, 'x', 'y')
    await expect(fetchFile(url)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
    expect((await buffer((await fetchFile(renewed.url)).body)).toString()).toBe('y')
    await storage.delete(writer, scope, 'x')
    await expect(fetchFile(renewed.url)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
  })
})

test('a file gets another path once, keeps its content, and takes no place of another file', async () => {
  const scope = someone()
  await storage.upload(writer, scope, 'a.txt', { content: Buffer.from('one'), type: 'text/plain' })
  const moves = await Promise.all(Array.from({ length: 10 }, () => storage.move(writer, scope, 'a.txt', 'b/a.txt')))
  expect(moves.filter((moved) => moved !== null)).toMatchObject([{ path: 'b/a.txt', size: 3 }])
  expect(await storage.download(scope, 'a.txt')).toBeNull()
  expect(String(await storage.download(scope, 'b/a.txt'))).toBe('one')
  await storage.upload(writer, scope, 'c.txt', { content: Buffer.from('other'), type: 'text/plain' })
  expect(await storage.move(writer, scope, 'c.txt', 'b/a.txt')).toBeNull()
  expect(String(await storage.download(scope, 'c.txt'))).toBe('other')
  expect(String(await storage.download(scope, 'b/a.txt'))).toBe('one')
})
