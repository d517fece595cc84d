import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { runMaintenance, superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'
import { type SharedPostgres, startSharedPostgres } from '../support/shared-postgres.ts'
import { listen } from '../support/stream.ts'

const SECRET = 'a-secret-that-no-backup-may-show-4711'
const KEEPER = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('keeper', {
  version: '1.0.0', displayName: 'Keeper', description: 'Keeps one of everything that a backup has to bring back.',
  icon: 'icon.svg', capabilities: ['keeper:read', 'keeper:write'],
})
const chat = new ChatExtension(ext, { toolName: 'keeper', description: 'Keeps things for the test of backups.' })
const code = ext.secret({ name: 'code', description: 'A secret to keep over a backup.', required: false, writeMode: 'user' })
chat.function('keep', { description: 'Keeps a text as a document and as a file.', params: z.object({ text: z.string() }), actionType: 'write', effects: ['create:kept'], event: 'keeper.kept' },
  async (ctx, { text }) => {
    await ctx.store.create('kept', { text })
    await ctx.storage.upload('kept/' + text + '.txt', new TextEncoder().encode(text))
    return ActionResult.success({ text }, 'Kept.')
  })
chat.function('look', { description: 'Looks for everything that was kept.', params: z.object({}) }, async (ctx) => {
  const kept = await ctx.store.query('kept', { limit: 50 })
  const files = await ctx.storage.list('kept/')
  const file = await ctx.storage.download('kept/first.txt')
  return ActionResult.success({
    kept: kept.data.map((one) => one.data.text).sort(), files: files.data.map((one) => one.path.slice('kept/'.length, -'.txt'.length)).sort(), heard: await ctx.store.count('heard'),
    first: file === null ? null : new TextDecoder().decode(file), secret: await ctx.secrets.get(code),
  }, 'Looked.')
})
ext.onEvent('keeper.kept', async (ctx, event) => { await ctx.store.create('heard', { event: event.eventId }) })
`

let folder: string
let source: TestServer
let admin: Session
const at = (name: string) => path.join(folder, name)

interface Looked {
  readonly kept: string[]
  readonly files: string[]
  readonly heard: number
  readonly first: string | null
  readonly secret: string | null
}
const look = async (session: Session) => (await session.call('keeper', 'look')).data as Looked

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'imperal-backup-'))
  source = await startTestServer({ dataDir: at('source') })
  admin = await signInAdmin(source)
  await deploySource(source.url, admin, KEEPER)
  expect((await admin.request('PUT', '/v1/secrets/keeper/code', { value: SECRET })).status).toBe(200)
  await admin.call('keeper', 'keep', { text: 'first' })
  await until(async () => (await look(admin)).heard >= 1, 60_000)
  // The source has seen more transactions than a fresh cluster will have for a while.
  const database = await superuserOf(source.dataDir)
  for (let n = 0; n < 30; n++)
    await database.query('do $$ begin for n in 1..200 loop perform pg_current_xact_id(); commit; end loop; end $$')
  await database.end()
  await admin.call('keeper', 'keep', { text: 'second' })
  await until(async () => (await look(admin)).heard >= 2, 60_000)
}, 300_000)
afterAll(async () => {
  await source?.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const envOf = (dataDir: string, more: Record<string, string> = {}) => ({ IMPERAL_DATA_DIR: dataDir, ...more })

describe('a backup of a running platform', () => {
  test('[K8.11] is one file of its owner, taken while calls go on, in which no secret can be read', async () => {
    const [{ code, output }] = await Promise.all([
      runMaintenance(envOf(source.dataDir), ['backup', at('one.backup')]),
      ...[1, 2, 3, 4].map((n) => admin.call('keeper', 'keep', { text: `during-${n}` })),
    ])
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/rows of \d+ tables, \d+ files\.\nSecrets in it are locked/),
    ])
    expect(statSync(at('one.backup')).mode & 0o777).toBe(0o600)
    const file = new DatabaseSync(at('one.backup'), { readOnly: true })
    const { zstdDecompressSync } = await import('node:zlib')
    for (const { name, content } of file.prepare('select name, content from piece').iterate())
      expect([name, zstdDecompressSync(content as Uint8Array).includes(SECRET)]).toEqual([name, false])
    file.close()
    await admin.call('keeper', 'keep', { text: 'after' })
  })

  test('becomes a platform with everything of that moment: accounts, documents, files, secrets, events and a whole ledger', async () => {
    cpSync(path.join(source.dataDir, 'keys'), at('restored/keys'), { recursive: true })
    const { code, output } = await runMaintenance(envOf(at('restored')), ['restore', at('one.backup')])
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/is restored: \d+ rows[\s\S]*All \d+ sealed rows of the ledger are what they were\./),
    ])
    const restored = await startTestServer({ dataDir: at('restored') })
    try {
      const same = await signInAdmin(restored)
      expect(same.userId).toBe(admin.userId)
      const there = await look(same)
      expect(there).toMatchObject({ first: 'first', secret: SECRET })
      expect(there.kept).toEqual(expect.arrayContaining(['first', 'second']))
      expect(there.kept).not.toContain('after')
      // A call that was under way had its document by then, and its file perhaps not yet.
      expect(there.files).toEqual(expect.arrayContaining(['first', 'second']))
      expect(there.kept).toEqual(expect.arrayContaining(there.files))

      // What happens now is told at once, although its transaction has a lower number than those of before.
      const stream = await listen(restored.url, same)
      const { heard } = await look(same)
      await same.call('keeper', 'keep', { text: 'anew' })
      await stream.first(({ type, payload }) => type === 'event' && JSON.stringify(payload).includes('anew'), 60_000)
      stream.close()
      await until(async () => (await look(same)).heard > heard, 60_000)

      // Events of before are there to be delivered again.
      const again = await same.request('POST', '/v1/admin/events/replay', {
        app_id: 'keeper',
        from: new Date(Date.now() - 3_600_000).toISOString(),
      })
      expect((again.body as { replayed: number }).replayed).toBeGreaterThan(there.heard)

      const doctor = await same.request('GET', '/v1/admin/doctor')
      expect(JSON.stringify(doctor.body)).not.toContain('"status":"fail"')
    } finally {
      await restored.stop()
    }
  }, 300_000)

  test('is refused over another installation, on a running one, and when it is damaged or from the future', async () => {
    const into = (dataDir: string, file: string, ...more: string[]) =>
      runMaintenance(envOf(dataDir), ['restore', file, ...more])
    expect(await into(source.dataDir, at('one.backup'))).toMatchObject({
      code: 1,
      output: expect.stringContaining('already running'),
    })
    expect(await into(at('restored'), at('one.backup'))).toMatchObject({
      code: 1,
      output: expect.stringContaining('--replace'),
    })
    expect((await runMaintenance(envOf(source.dataDir), ['backup', at('one.backup')])).output).toContain(
      'is there already',
    )

    writeFileSync(at('text.backup'), 'not a backup at all')
    expect((await into(at('fresh'), at('text.backup'))).output).toContain('is no backup of the platform')

    const changed = (name: string, statement: string) => {
      cpSync(at('one.backup'), at(name))
      const file = new DatabaseSync(at(name))
      file.exec(statement)
      file.close()
      return at(name)
    }
    const damaged = changed('damaged.backup', "update piece set sha256 = 'x' where name = 'ledger.action'")
    expect((await into(at('fresh'), damaged)).output).toContain('is damaged at ledger.action')
    const newer = changed(
      'newer.backup',
      `update fact set value = json_set(value, '$.migrations[#]', json('{"name":"kernel/9999-later","checksum":"x"}'))`,
    )
    expect((await into(at('fresh'), newer)).output).toContain('kernel/9999-later')

    // Nothing of all this was left behind: the same folder takes the whole one.
    expect((await into(at('fresh'), at('one.backup'))).code).toBe(0)
    expect((await into(at('restored'), at('one.backup'), '--replace')).code).toBe(0)
  }, 300_000)
})

describe('a backup with keys, of an external database', () => {
  let postgres: SharedPostgres
  beforeAll(async () => {
    postgres = await startSharedPostgres()
  }, 300_000)
  afterAll(() => postgres?.stop())

  test('moves an installation from the embedded database to an external one', async () => {
    await source.stop()
    // Nothing runs: the command starts the database itself.
    const made = await runMaintenance(envOf(source.dataDir), ['backup', at('move.backup'), '--with-keys'])
    expect([made.code, made.output]).toEqual([0, expect.stringContaining('whoever has this file can read them')])
    const env = envOf(at('moved'), { DATABASE_URL: postgres.url })
    const { code, output } = await runMaintenance(env, ['restore', at('move.backup')])
    expect([code, output]).toEqual([0, expect.stringContaining('keys and tokens were written')])
    expect(readFileSync(at('moved/keys/master.key'))).toEqual(
      readFileSync(path.join(source.dataDir, 'keys/master.key')),
    )
    const moved = await startTestServer({ dataDir: at('moved'), env: { DATABASE_URL: postgres.url } })
    const there = await look(await signInAdmin(moved))
    expect(there).toMatchObject({ first: 'first', secret: SECRET })
    expect(there.kept).toContain('after')
    const again = await runMaintenance(env, ['restore', at('move.backup'), '--replace'])
    expect(again).toMatchObject({ code: 1, output: expect.stringMatching(/already running/) })
    await moved.stop()
  }, 300_000)
})
