import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { runMaintenance } from '../support/program.ts'
import { freePort, startTestServer } from '../support/server.ts'
import { send, signInAdmin } from '../support/session.ts'

/** What an operator hears of the model while the platform does not run. */
const KEY = 'sk-canary-of-the-operator'
let provider: ModelProvider
let dataDir: string
let ports: Record<string, string>
beforeAll(async () => {
  provider = await startModelProvider()
  dataDir = mkdtempSync(path.join(tmpdir(), 'imperal-doctor-'))
  ports = { PORT: String(await freePort()), IMPERAL_REGISTRY_PORT: String(await freePort()) }
})
afterAll(async () => {
  await provider?.close()
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const model = (changes: Record<string, string> = {}) => ({
  IMPERAL_LLM_PROVIDER: 'openai_compatible',
  IMPERAL_LLM_MODEL: 'house-model',
  IMPERAL_LLM_BASE_URL: `${provider.url}/v1`,
  IMPERAL_LLM_API_KEY: KEY,
  ...changes,
})
const doctor = async (env: Record<string, string>) => {
  const { code, output } = await runMaintenance({ ...ports, IMPERAL_DATA_DIR: dataDir, ...env }, ['doctor'])
  expect(output).not.toContain(KEY)
  const lines = output.split('\n')
  const at = lines.findIndex((line) => line.includes('language model:'))
  return { code, line: lines[at], fix: lines[at + 1]?.trim() }
}

test('[K9.1] before the first start a key that its provider refuses is told, and how to mend it; a good one as well', async () => {
  provider.script(() => ({ status: 401 }))
  const refused = await doctor(model())
  expect(refused).toMatchObject({
    code: 1,
    line: expect.stringMatching(/^✗ .*gives no answer with house-model: .*key/),
  })
  expect(refused.fix).toContain('IMPERAL_LLM_API_KEY')
  provider.script(() => ({ text: 'ready' }))
  expect((await doctor(model())).line).toMatch(/^✓ .*house-model; it answered within \d+ ms/)
  const nowhere = await doctor(model({ IMPERAL_LLM_BASE_URL: 'http://127.0.0.1:7/v1' }))
  expect(nowhere).toMatchObject({ code: 1, line: expect.stringMatching(/^✗ .*gives no answer/) })
}, 120_000)

test('[K9.1] what was refused while the platform ran is still told when it has stopped', async () => {
  provider.script(() => ({ status: 401 }))
  const server = await startTestServer({ dataDir, env: { ...ports, ...model() } })
  const admin = await signInAdmin(server)
  const asked = await send(
    `${server.url}/v1/internal/ai/complete`,
    'POST',
    { prompt: 'hello', extension_id: 'notes' },
    { 'x-service-token': server.serviceToken, 'x-acting-user': admin.userId },
  )
  expect(asked.status).toBeGreaterThanOrEqual(500)
  await server.stop()
  // The model of another setting answers; the one of before is named all the same.
  provider.script(() => ({ text: 'ready' }))
  const { line, code } = await doctor(model({ IMPERAL_LLM_MODEL: 'spare-model' }))
  expect([code, line]).toEqual([1, expect.stringMatching(/^✗ .*does not accept the key for house-model: 1 requests/)])
  expect((await doctor(model())).line).toMatch(/^✓ .*house-model; it answered/)
}, 240_000)
