import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assistantOf } from '../support/assistant.ts'
import { buildApp, createApp, deployApp, deploySource } from '../support/extension.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signInAdmin } from '../support/session.ts'

/** What is reserved for the platform's own apps, what extensions cannot reach, and what the platform itself does not do. */

// Counts every connection that the platform opens to anywhere but this machine, and every name that it asks for.
const WATCH = `
import net from 'node:net'; import dns from 'node:dns'
const near = (host) => host === undefined || host === null || host === '' || /^(localhost|127\\.|::1$|0\\.0\\.0\\.0$)/.test(String(host))
const tell = (what, host) => { if (!near(host)) process.stderr.write('OUTBOUND ' + what + ' ' + host + '\\n') }
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) { const [first] = Array.isArray(args[0]) ? args[0] : args
  const to = typeof first === 'object' && first !== null ? first : { host: args[1] }
  if (to.path === undefined) tell('connect', to.host); return connect.apply(this, args) }
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) { const own = dns[name]; dns[name] = function (host, ...rest) { tell(name, host); return own.call(this, host, ...rest) }
  const promised = dns.promises[name]; dns.promises[name] = function (host, ...rest) { tell(name, host); return promised.call(this, host, ...rest) } }
process.stderr.write('WATCHING\\n')
`

const source = (appId: string, more = '') => `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('${appId}', {
  version: '1.0.0', displayName: 'Reach ${appId}', description: 'Tries what an extension must not be able to do, for the tests.', icon: 'icon.svg', capabilities: ['${appId}:read'],
})
const chat = new ChatExtension(ext, { toolName: '${appId}_chat', description: 'Tries things.' })
export const shared = globalThis.__shared ??= { from: '${appId}', seen: 0 }
chat.function('look', { description: 'Tells what the module of this app holds.', params: z.object({}) },
  async () => { shared.seen++; return ActionResult.success({ ...shared, own: '${appId}' }, 'Looked.') })
chat.function('reach', { description: 'Asks an address by every way that there is.', params: z.object({ url: z.string() }) },
  async (ctx, { url }) => {
    const by = {}
    try { by.fetch = (await fetch(url, { method: 'POST' })).status } catch (error) { by.fetch = 'refused' }
    try { by.http = (await ctx.http.post(url, { json: {} })).statusCode } catch (error) { by.http = 'refused' }
    return ActionResult.success(by, 'Tried.')
  })
${more}
`

let server: TestServer
let admin: Session
beforeAll(async () => {
  const watch = `data:text/javascript,${encodeURIComponent(WATCH)}`
  server = await startTestServer({ env: { NODE_OPTIONS: `--import=${watch}` } })
  admin = await signInAdmin(server)
}, 240_000)
afterAll(async () => void (await server?.stop()))

describe('what is reserved', () => {
  test('[I-SYSTEM-FLAG-RESERVED-FOR-IMPERAL] a developer’s app does not become a system app, by deploy or by its record', async () => {
    const app = await buildApp(source('grand'))
    await createApp(admin, 'grand')
    const answer = await deployApp(server.url, admin, { ...app, manifest: { ...app.manifest, system: true } })
    expect(answer).toMatchObject({ status: 'failed' })
    expect(answer.report?.issues).toContainEqual(expect.objectContaining({ rule: 'V31', level: 'ERROR' }))
    await admin.request('PATCH', '/v1/developer/apps/grand', { system: true })
    expect((await admin.request('GET', '/v1/developer/apps/grand')).body).not.toMatchObject({ system: true })
  })

  test('[I-EXT-MANIFEST-HIDDEN-SIDEBAR-SYSTEM-ONLY] only a system app hides itself from the sidebar', async () => {
    const app = await buildApp(source('hidden'))
    await createApp(admin, 'hidden')
    const answer = await deployApp(server.url, admin, {
      ...app,
      manifest: { ...app.manifest, hidden_in_sidebar: true },
    })
    expect(answer).toMatchObject({ status: 'failed' })
    expect(JSON.stringify(answer.report)).toContain('hidden_in_sidebar')
  })

  test('[I-SYSTEM-FLAG-MANIFEST-SYNC] [POST /v1/developer/apps/{app_id}/_sync_manifest] a sync by a service puts a wrong flag right', async () => {
    const { manifest } = await deploySource(server.url, admin, source('healed'))
    const sync = (system: boolean) =>
      send(
        `${server.url}/v1/developer/apps/healed/_sync_manifest`,
        'POST',
        { manifest_json: manifest, system },
        { 'x-service-token': server.serviceToken },
      )
    const flag = async () =>
      (
        (
          await send(`${server.registryUrl}/v1/apps/healed`, 'GET', undefined, {
            'x-service-token': server.serviceToken,
          })
        ).body as {
          system: boolean
        }
      ).system
    expect(await sync(true)).toMatchObject({
      status: 200,
      body: { updated: expect.arrayContaining(['manifest_json', 'system']) },
    })
    expect(await flag()).toBe(true)
    expect((await sync(false)).status).toBe(200)
    expect(await flag()).toBe(false)
    const byPerson = await admin.request('POST', '/v1/developer/apps/healed/_sync_manifest', {
      manifest_json: manifest,
      system: true,
    })
    expect([byPerson.status >= 400, await flag()]).toEqual([true, false])
  })

  test('[I-FIRSTPARTY-ADMIN-ONLY-CLAIM] ids of the platform’s apps are claimed by nobody, and it says so for good', async () => {
    for (const app_id of ['notes', 'automations', 'admin', 'system-x', 'imperal-y']) {
      const answer = await admin.request('POST', '/v1/developer/apps', { app_id, name: 'Mine' })
      expect([app_id, [400, 409].includes(answer.status)]).toEqual([app_id, true])
      expect(answer.headers.get('retry-after')).toBeNull()
    }
    const stolen = await buildApp(source('notes'))
    await expect(deployApp(server.url, admin, stolen)).rejects.toThrow(/40[34]/)
  })
})

test('[K8.17] the token of a person says that it is one, and a person who calls oneself an extension reads no value', async () => {
  const claims = JSON.parse(Buffer.from(admin.token.split('.')[1] ?? '', 'base64url').toString()) as object
  expect(claims).toMatchObject({ actor_kind: 'user' })
  expect(claims).not.toHaveProperty('ext_id')
  const read = await admin.request('GET', '/v1/secrets/notes/anything', undefined, { 'x-ext-id': 'notes' })
  expect(read.status).toBe(403)
})

describe('between extensions', () => {
  test('[I-EXT-MODULE-ISOLATION] [K8.3] modules and globals of one app are not those of another', async () => {
    for (const appId of ['left', 'right']) await deploySource(server.url, admin, source(appId))
    for (const appId of ['left', 'right', 'left'])
      expect((await admin.call(appId, 'look')).data).toMatchObject({ from: appId, own: appId })
  })

  test('[I-EXT-TOOL-ISOLATION] the platform’s own addresses are no way to another app', async () => {
    await deploySource(server.url, admin, source('reaching'))
    for (const base of [server.url, server.registryUrl, server.url.replace('127.0.0.1', 'localhost')])
      for (const address of ['/v1/extensions/notes/call', '/v1/apps', '/healthz'])
        expect((await admin.call('reaching', 'reach', { url: base + address })).data).toEqual({
          fetch: 'refused',
          http: 'refused',
        })
  })
})

test('[K8.45] [S003-057] [S003-058] the platform opens no connection of its own: sign-in, calls, chat and deploys stay on the machine', async () => {
  expect(server.logs()).toContain('WATCHING')
  await admin.call('notes', 'create_note', { title: 'Quiet' })
  await assistantOf(admin).ask('what do I have here?')
  await assistantOf(admin).ask('/notes.list_notes {}')
  for (const address of ['/', '/v1/admin/doctor', '/v1/marketplace/apps', '/v1/billing/plans'])
    await admin.request('GET', address)
  expect(
    server
      .logs()
      .split('\n')
      .filter((line) => line.startsWith('OUTBOUND')),
  ).toEqual([])
})
