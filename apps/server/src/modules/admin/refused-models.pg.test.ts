import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts'
import { type ModelProvider, startModelProvider } from '../../../../../test/support/model-provider.ts'
import { systemClock } from '../../foundation/clock.ts'
import { type Database, openDatabase } from '../../foundation/db/index.ts'
import { createLog } from '../../foundation/log.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { type ModelSource, openLlm } from '../llm/index.ts'
import { modelCheck, readRefusedModels, runDoctor } from './index.ts'

let database: TestDatabase
let db: Database
let provider: ModelProvider
beforeAll(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.connection)
  provider = await startModelProvider()
})
afterAll(async () => {
  await provider?.close()
  await db?.close()
  await database?.drop()
})

const source = (model: string, owner: ModelSource['owner'] = 'installation'): ModelSource => ({
  ...{
    provider: 'openai',
    model,
    routingModel: null,
    executionModel: null,
    baseUrl: provider.url,
    apiKey: 'key',
    owner,
  },
})
/** One request of somebody; whether it was answered. */
async function ask(model: string, own?: ModelSource): Promise<boolean> {
  const llm = openLlm({
    ...{ db, keyring: testKeyring(), log: createLog({ level: 'silent' }), clock: systemClock },
    installation: source(model),
    ownModel: async () => (own ? { ...own, fallback: 'error' } : null),
    fetchFor: () => fetch,
  })
  const content = [{ role: 'user' as const, content: 'hello' }]
  return llm
    .complete({ purpose: 'navigate', tenantId: 'default', userId: 'imp_u_asking', appId: null, messages: content })
    .then(
      () => true,
      () => false,
    )
}
const doctor = async () => {
  const configured = { provider: 'openai', model: 'm-main' }
  const report = await runDoctor([modelCheck(configured, () => readRefusedModels(db))], systemClock.iso)
  return report.checks[0]
}

test('[K9.1] the doctor notices a key of the installation that its provider refuses, until a request is answered', async () => {
  expect(await doctor()).toMatchObject({ status: 'ok' })
  // The key of a person is theirs to mend, and a request that is wrong says nothing of the key.
  provider.script(() => ({ status: 401 }))
  expect(await ask('m-main', source('m-own', 'user'))).toBe(false)
  provider.script(() => ({ status: 404 }))
  expect(await ask('m-main')).toBe(false)
  expect(await doctor()).toMatchObject({ status: 'ok' })

  provider.script(() => ({ status: 401 }))
  for (let request = 0; request < 2; request++) expect(await ask('m-main')).toBe(false)
  const failing = await doctor()
  expect(failing).toMatchObject({ status: 'fail', summary: expect.stringContaining('m-main: 2 requests') })
  expect(failing?.fix).toContain('IMPERAL_LLM_API_KEY')
  expect(JSON.stringify(failing)).not.toContain('"key"')

  provider.script(() => ({ text: 'fine' }))
  expect(await ask('m-spare')).toBe(true)
  expect(await doctor()).toMatchObject({ status: 'warn' })
  expect(await ask('m-main')).toBe(true)
  expect(await doctor()).toMatchObject({ status: 'ok' })
})
