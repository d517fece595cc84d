import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deploySource } from '../../support/extension.ts'
import { type OtlpCollector, startOtlpCollector } from '../../support/otlp-collector.ts'
import { superuserOf } from '../../support/program.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../../support/session.ts'
import { type Listening, listen } from '../../support/stream.ts'

const canary = (what: string) => `${what}-${randomBytes(12).toString('hex')}`
const planted = {
  password: canary('password'),
  newPassword: canary('changed'),
  secret: canary('secret'),
  argument: canary('argument'),
  serviceToken: canary('service-token'),
  modelKey: canary('model-key'),
}

const SOURCE = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('vaulted', {
  version: '1.0.0', displayName: 'Vaulted', description: 'Uses a secret of its user, for the canary test alone.', icon: 'icon.svg', capabilities: ['vaulted:read', 'vaulted:write'],
})
const chat = new ChatExtension(ext, { toolName: 'vaulted', description: 'Uses a secret.' })
const token = ext.secret({ name: 'api_token', description: 'A token.', writeMode: 'both' })
chat.function('use', { description: 'Reads the secret and takes a password as argument.', actionType: 'write', effects: ['update:x'], params: z.object({ password: z.string(), fail: z.boolean().default(false) }) },
  async (ctx, { fail }) => {
    const value = await ctx.secrets.get(token)
    if (fail) {
      ctx.log('the service refused ' + value, 'error')
      throw new Error('the service refused the token ' + value)
    }
    return ActionResult.success({ length: value.length }, 'Used.')
  })
chat.function('later', { description: 'Reads the secret in the background, from the queue.', background: true, params: z.object({}) },
  async (ctx) => {
    const value = await ctx.secrets.get(token)
    await ctx.store.create('lengths', { length: value.length })
    return ActionResult.success({ length: value.length }, 'Used later.')
  })
`

let server: TestServer
let admin: Session
let stream: Listening
let apiKey: string
let collector: OtlpCollector
beforeAll(async () => {
  collector = await startOtlpCollector()
  server = await startTestServer({
    env: {
      IMPERAL_OTLP_URL: collector.url,
      IMPERAL_ADMIN_PASSWORD: planted.password,
      IMPERAL_SERVICE_TOKEN: planted.serviceToken,
      IMPERAL_LLM_PROVIDER: 'openai_compatible',
      IMPERAL_LLM_MODEL: 'nowhere',
      IMPERAL_LLM_BASE_URL: 'http://127.0.0.1:9/v1',
      IMPERAL_LLM_API_KEY: planted.modelKey,
      IMPERAL_LOG_LEVEL: 'trace',
    },
  })
  admin = await signInAdmin(server)
  stream = await listen(server.url, admin)
  await deploySource(server.url, admin, SOURCE)
}, 240_000)
afterAll(async () => {
  stream?.close()
  await server?.stop()
  await collector?.close()
})

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const database = await superuserOf(server.dataDir)
  const tables = await database.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  )
  const parts: string[] = []
  for (const { name } of tables.rows) {
    const { rows } = await database.query<{ row: string }>(`select t::text as row from ${name} t`)
    parts.push(...rows.map(({ row }) => `${name} ${row}`))
  }
  await database.query('checkpoint')
  await database.end()
  return parts.join('\n')
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(place) : entry.isFile() ? [place] : []
  })

test('[S000-072] [K8.11] [K8.21] [lessons 15] what is secret is found nowhere afterwards: database, queue, files, log, stream, traces, answers', async () => {
  const answers: unknown[] = []
  const note = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await answer
    answers.push(value)
    return value
  }
  apiKey = ((await admin.request('POST', '/v1/keys', { name: 'robot' })).body as { key: string }).key
  expect((await note(admin.request('PUT', '/v1/secrets/vaulted/api_token', { value: planted.secret }))).status).toBe(
    200,
  )
  const use = (params: object) => note(admin.call('vaulted', 'use', { password: planted.argument, ...params }))
  expect(await use({})).toMatchObject({ status: 'success', data: { length: planted.secret.length } })
  expect(await use({ fail: true })).toMatchObject({ status: 'error', error_code: 'INTERNAL' })
  // Work that lay in the queue and is kept as a task, with everything that came of it.
  const later = (await note(admin.call('vaulted', 'later'))).data as { task_id: string }
  await until(async () => {
    const { status } = (await note(admin.request('GET', `/v1/tasks/${later.task_id}`))).body as { status: string }
    return status === 'completed' || status === 'done'
  }, 180_000)
  const withKey = { 'x-api-key': apiKey }
  expect((await note(send(`${server.url}/v1/auth/me`, 'GET', undefined, withKey))).status).toBe(200)
  expect(
    (
      await note(
        send(`${server.url}/v1/extensions/access`, 'GET', undefined, { 'x-service-token': planted.serviceToken }),
      )
    ).status,
  ).toBeLessThan(500)
  // A chat turn through a model that cannot be reached, and requests that fail with the secrets inside.
  await note(admin.request('POST', '/v1/chat/messages', { text: 'what do you know' }))
  await note(send(`${server.url}/v1/auth/login`, 'POST', { email: 'nobody@example.com', password: planted.password }))
  await note(admin.request('PUT', '/v1/secrets/vaulted/no_such', { value: planted.secret }))
  expect(
    (
      await note(
        admin.request('POST', '/v1/auth/change-password', {
          current_password: planted.password,
          new_password: planted.newPassword,
        }),
      )
    ).status,
  ).toBeLessThan(500)
  for (const address of [
    '/v1/secrets/vaulted',
    '/v1/secrets/vaulted/api_token/meta',
    '/v1/keys',
    '/v1/admin/doctor',
    '/v1/actions',
    '/v1/audit',
    '/v1/me/settings',
  ])
    await note(admin.request('GET', address))
  await stream.first(
    ({ type, payload }) => type === 'chat_message' && payload.role === 'assistant' && payload.status !== 'processing',
    30_000,
  )

  await until(async () => collector.spans.some(({ name }) => name === 'call') && collector.metrics.size > 0, 60_000)
  const needles = { ...planted, apiKey, accessToken: admin.token, refreshToken: admin.refreshToken }
  const places: Record<string, string> = {
    'the database': await dump(),
    'the log': server.logs(),
    'the event stream': stream.text(),
    'an answer': JSON.stringify(answers),
    'traces and figures': collector.text(),
  }
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(needles)
      .filter(([, value]) => text.includes(value))
      .map(
        ([name]) =>
          `${name} in ${place}: …${text.slice(Math.max(0, text.indexOf(needles[name as never]) - 120), text.indexOf(needles[name as never]))}`,
      ),
  )
  expect(found).toEqual([])
  const inFiles = filesBelow(server.dataDir).flatMap((file) => {
    const bytes = readFileSync(file)
    return Object.entries(needles)
      .filter(([, value]) => bytes.includes(value))
      .map(([name]) => `${name} in ${path.relative(server.dataDir, file)}`)
  })
  expect(inFiles).toEqual([])
}, 240_000)

test('the log of a server at its most talkative names no credential of a failed sign-in', async () => {
  const wrong = canary('wrong')
  await expect(signIn(server, server.adminEmail, wrong)).rejects.toThrow('401')
  expect(server.logs()).not.toContain(wrong)
})
