import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import { createLog } from '../../foundation/log.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import { openAttachments } from './attachments.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection)
const home = mkdtempSync(path.join(tmpdir(), 'imperal-attachments-'))
const storage = openStorage({
  ...{ db, clock: manualClock(), folder: path.join(home, 'files'), keyring: testKeyring() },
  log: createLog({ level: 'silent' }),
  publicUrl: 'http://127.0.0.1:4780',
})
afterAll(async () => {
  await storage.close()
  await db.close()
  rmSync(home, { recursive: true })
})

const ada = { tenantId: 'default', userId: 'imp_u_ada00001' }
const file = { filename: 'ferry.txt', mime: 'text/plain', content: Buffer.from('it leaves at nine') }

test('ten sends of one upload at once all have it', async () => {
  const attachments = openAttachments({ db, storage })
  const { file_id } = await attachments.upload(ada, file)
  const kept = await Promise.all(Array.from({ length: 10 }, () => attachments.keep(ada, [file_id])))
  expect(new Set(kept.map(([one]) => JSON.stringify(one))).size).toBe(1)
  expect(String(await attachments.read(ada, kept[0]?.[0] as never))).toBe('it leaves at nine')
})

test('an upload that cannot be made lasting is still there for the next try', async () => {
  let isBroken = true
  const flaky: Storage = {
    ...storage,
    move: (...given) => (isBroken ? Promise.reject(new Error('the database was away')) : storage.move(...given)),
  }
  const attachments = openAttachments({ db, storage: flaky })
  const { file_id } = await attachments.upload(ada, file)
  await expect(attachments.keep(ada, [file_id])).rejects.toThrow('away')
  isBroken = false
  const [kept] = await attachments.keep(ada, [file_id])
  expect(String(await attachments.read(ada, kept as never))).toBe('it leaves at nine')
})
