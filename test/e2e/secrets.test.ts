import { afterAll, beforeAll, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { type KeyService, startKeyService } from '../support/key-service.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signInAdmin, until } from '../support/session.ts'

const SOURCE = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('vaulted', {
  version: '1.0.0', displayName: 'Vaulted', description: 'Reads the secret of its user, for the test of keys alone.', icon: 'icon.svg', capabilities: ['vaulted:read'],
})
const chat = new ChatExtension(ext, { toolName: 'vaulted', description: 'Reads a secret.' })
const token = ext.secret({ name: 'api_token', description: 'A token.', required: true, writeMode: 'user' })
chat.function('measure', { description: 'Tells how long the secret of its user is.', params: z.object({}) },
  async (ctx) => {
    const value = await ctx.secrets.get(token)
    return ActionResult.success({ length: value.length }, 'Measured.')
  })
`
const VALUE = 'the value of a secret'

let service: KeyService
let server: TestServer
let admin: Session
beforeAll(async () => {
  service = await startKeyService()
  server = await startTestServer({
    env: {
      IMPERAL_KEY_SERVICE_URL: service.url,
      IMPERAL_KEY_SERVICE_TOKEN: service.token,
      IMPERAL_KEY_CACHE_S: '0',
    },
  })
  admin = await signInAdmin(server)
  await deploySource(server.url, admin, SOURCE)
}, 240_000)
afterAll(async () => {
  await server?.stop()
  await service?.close()
})

const measure = () => admin.call('vaulted', 'measure')
const asService = (method: string, path: string, body?: object) =>
  send(server.url + path, method, body, { 'x-service-token': server.serviceToken })
const put = () => admin.request('PUT', '/v1/secrets/vaulted/api_token', { value: VALUE })

test('[K8.19] [K8.14] scenario 14: without the secret the handler does not run; without the key service nothing opens', async () => {
  expect(await measure()).toMatchObject({
    status: 'error',
    error_code: 'SECRET_MISSING',
    data: { secret_missing_card: { app_id: 'vaulted', secrets: [{ name: 'api_token' }] } },
  })
  expect((await put()).status).toBe(200)
  expect(await measure()).toMatchObject({ status: 'success', data: { length: VALUE.length } })

  service.mood = 'sealed'
  expect(await measure()).toMatchObject({ status: 'error' })
  expect(await put()).toMatchObject({ status: 503, body: { detail: { error_code: 'VAULT_UNAVAILABLE' } } })
  await service.goAway()
  expect(await measure()).toMatchObject({ status: 'error' })
  await service.comeBack()
  service.mood = 'well'
  expect(await measure()).toMatchObject({ status: 'success' })

  const { entries } = (await admin.request('GET', '/v1/audit?action=secret.read')).body as {
    entries: { metadata: object }[]
  }
  expect(entries.length).toBeGreaterThan(0)
  for (const { metadata } of entries)
    expect(metadata).toEqual({
      by: 'extension',
      length: VALUE.length,
      sha256_prefix: expect.stringMatching(/^[0-9a-f]{8}$/),
    })
}, 240_000)

test('[K8.10] the operator rotates the keys of the running platform', async () => {
  const before = (await asService('GET', '/v1/admin/keys')).body as { current_key_id: string }
  const rotated = await asService('POST', '/v1/admin/keys/rotate', { data_keys: true })
  expect(rotated).toMatchObject({ status: 200, body: { tenants: 1 } })
  expect(service.versions).toHaveLength(2)
  expect(await measure()).toMatchObject({ status: 'success' })
  const after = await until(async () => {
    const { body } = await asService('GET', '/v1/admin/keys')
    return (body as { secrets: { older: number } }).secrets.older === 0 && (body as Record<string, unknown>)
  })
  expect(after).toMatchObject({ provider: 'transit', data_keys: { 'transit:imperal:v2': expect.any(Number) } })
  expect(after.current_key_id).not.toBe(before.current_key_id)
  expect(Object.keys(after.data_keys as object)).toEqual(['transit:imperal:v2'])
  expect(await measure()).toMatchObject({ status: 'success', data: { length: VALUE.length } })
})

test('a server whose key service is down says so and does not start', async () => {
  await expect(
    startTestServer({
      env: { IMPERAL_KEY_SERVICE_URL: 'http://127.0.0.1:9/v1/transit', IMPERAL_KEY_SERVICE_TOKEN: 'x' },
    }),
  ).rejects.toThrow(/The key service did not answer as it should: .*Check IMPERAL_KEY_SERVICE_URL/s)
}, 240_000)
