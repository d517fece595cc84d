import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { DeployIssue, JsonObject } from '@imperal/contract'
import { validateManifest, validateUpload } from '@imperal/validators'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  mountForTest,
  openTestNode,
  principalOf,
  publishApp,
  type TestNode,
  testIcon,
  testManifest,
  userOf,
} from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { type Mail, openPost } from '../../foundation/mail/index.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import type { Billing } from '../billing/index.ts'
import { type Identity, openIdentity } from '../identity/index.ts'
import type { StreamRecord } from '../outbox/index.ts'
import { installFirstParty } from '../registry/index.ts'
import { type AdministratorNotice, type DeployHosts, type Developer, openDeveloper } from './index.ts'
import { openTestBilling, testJobs } from './test-billing.ts'
import type { PublishGate } from './types.ts'

const database = await createTestDatabase()
const folder = mkdtempSync(path.join(os.tmpdir(), 'imperal-developer-'))
const ada = userOf('default', 'ada')
const bob = userOf('default', 'bob')
const streamed: StreamRecord[] = []
const drained: [string, string | null][] = []
/** The code of a test is its own manifest, or the way in which it fails. */
const hosts: DeployHosts = {
  async describe({ bundle }) {
    if (gate) await gate
    if (bundle.startsWith('throw ')) throw new Error(bundle.slice(6))
    return JSON.parse(bundle) as JsonObject
  },
  drain: (appId, hash) => void drained.push([appId, hash]),
}
let gate: Promise<void> | null = null
const findings: DeployIssue[] = []
/** Findings of a test's own, unless it takes the rules of the validators. */
let validate: PublishGate = async () => findings
let node: TestNode
let identity: Identity
/** Mails about reviews. */
const posted: Mail[] = []
const noticed: AdministratorNotice[] = []
let developer: Developer
let billing: Billing
/** No test here looks at use. */
const UNUSED = { total_actions: 0, unique_users: 0, success_rate: 0, avg_duration_ms: 0, by_day: [], by_tool: [] }
let app: FastifyInstance
let caller: Principal | null = null

beforeAll(async () => {
  node = await openTestNode(database)
  const { db, bus, log, clock, outbox, registry } = node
  outbox.listen((record) => streamed.push(record))
  const audit = openAudit({ db, clock })
  identity = await openIdentity({
    ...{ db, bus, log, clock, outbox, audit, keyring: testKeyring(), serviceTokens: [] },
    post: openPost({ send: async () => {}, close: async () => {} }, log),
    policy: {
      publicUrl: 'http://x',
      revealExisting: true,
      passwordMinimum: 0,
      limitFactor: 0,
      allowPrivateNetwork: false,
    },
  })
  await db.everyTenant(async (tx) => {
    for (const { tenantId, userId } of [ada, bob]) {
      const who = { tenant_id: tenantId, user_id: userId, email: `${userId.toLowerCase()}@example.com` }
      const since = { created_at: new Date(clock.now()), updated_at: new Date(clock.now()) }
      await tx
        .insertInto('identity.account')
        .values({ ...who, ...since, status: 'active' })
        .execute()
    }
  })
  writeFileSync(path.join(folder, 'imperal-sdk-0.1.0.tgz'), 'tarball')
  const { jobs } = testJobs()
  billing = await openTestBilling(node, jobs)
  developer = openDeveloper({
    ...{ billing, jobs, analyse: async () => UNUSED },
    ...{
      db,
      log,
      clock,
      audit,
      outbox,
      identity,
      registry,
      hosts,
      appLimitFactor: 100,
      post: { post: (mail) => void posted.push(mail) },
      tellAdministrators: async (notice) => void noticed.push(notice),
      publicUrl: 'http://x',
      packagesFolder: folder,
    },
    validate: (manifest, bundle) => validate(manifest, bundle),
  })
  app = await mountForTest(developer.routes, () => caller)
})
afterAll(async () => {
  await app.close()
  await developer.close()
  await billing.close()
  await identity.close()
  await node.close()
  rmSync(folder, { recursive: true, force: true })
})

const asAda = principalOf(ada, { isDeveloper: true })
const asBob = principalOf(bob, { isDeveloper: true })
const asAdmin = principalOf(userOf('default', 'root'), { role: 'admin' })
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
async function send(method: Method, url: string, options: { as?: Principal | null; body?: object | FormData } = {}) {
  caller = options.as === undefined ? asAda : options.as
  let sent: object = {}
  if (options.body instanceof FormData) {
    const request = new Request('http://x', { method: 'POST', body: options.body })
    sent = {
      payload: Buffer.from(await request.arrayBuffer()),
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
    }
  } else if (options.body) sent = { payload: options.body }
  const answer = await app.inject({ method, url, ...sent })
  const json = String(answer.headers['content-type']).includes('json')
  return { status: answer.statusCode, headers: answer.headers, body: json ? answer.json() : answer.body }
}

const createApp = (appId: string, body: object = {}, as = asAda) =>
  send('POST', '/v1/developer/apps', {
    as,
    body: {
      app_id: appId,
      name: 'My Extension',
      short_description: 'Does something useful.',
      category: 'productivity',
      ...body,
    },
  })

function form(
  appId: string,
  parts: { version?: string; manifest?: JsonObject; bundle?: string; icon?: string | null; changelog?: string } = {},
) {
  const manifest = JSON.stringify(testManifest(appId, { version: parts.version ?? '1.0.0', ...parts.manifest }))
  const data = new FormData()
  data.set('version', parts.version ?? '1.0.0')
  data.set('changelog', parts.changelog ?? 'Initial release.')
  data.set('manifest', new Blob([manifest]), 'imperal.json')
  data.set('bundle', new Blob([parts.bundle ?? manifest]), 'bundle.js')
  data.set('source_map', new Blob(['{"version":3}']), 'bundle.js.map')
  if (parts.icon !== null) data.set('icon', new Blob([parts.icon ?? testIcon]), 'icon.svg')
  return data
}
const deploy = (appId: string, parts: Parameters<typeof form>[1] = {}, as = asAda) =>
  send('POST', `/v1/developer/apps/${appId}/deploys`, { as, body: form(appId, parts) })
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

describe('[POST /v1/developer/register]', () => {
  test('[S001-070] [S001-071] [S001-072] [S001-073] [S001-074] a name is enough; repeating is refused in the words that clients look for', async () => {
    const user = principalOf(ada)
    expect(
      (await send('POST', '/v1/developer/apps', { as: user, body: { app_id: 'too-early', name: 'x' } })).body,
    ).toMatchObject({ status: 403, detail: 'not a registered developer' })
    expect((await send('GET', '/v1/developer/profile', { as: user })).status).toBe(403)
    const website = 'https://ada.example.com'
    const description = 'Writes programs for machines that are not there yet.'
    const registered = await send('POST', '/v1/developer/register', {
      as: user,
      body: { display_name: 'Ada Lovelace', website, description },
    })
    expect([registered.status, registered.body]).toEqual([200, {}])
    expect((await send('GET', '/v1/developer/profile')).body).toMatchObject({
      imperal_id: ada.userId,
      tier: 'explorer',
      display_name: 'Ada Lovelace',
      website,
      description,
      apps_count: 0,
      app_limit: 100,
      revenue_split_dev: 70,
    })
    const again = await send('POST', '/v1/developer/register', { as: user, body: {} })
    expect([again.status, String(again.body.detail)]).toEqual([400, expect.stringContaining('already registered')])
    expect(
      (await send('POST', '/v1/developer/register', { as: principalOf(bob), body: { tier: 'partner' } })).status,
    ).toBe(400)
    expect(await developer.publicProfile(ada.userId)).toMatchObject({ displayName: 'Ada Lovelace', tier: 'explorer' })
    expect(await developer.publicProfile('imp_u_default_nobody')).toBeNull()
  })
})

describe('[POST /v1/developer/apps]', () => {
  test('[S001-075] [S001-076] the printed body makes a draft', async () => {
    const { status, body } = await createApp('my-extension')
    expect(status).toBe(201)
    expect(body).toMatchObject({
      app_id: 'my-extension',
      name: 'My Extension',
      status: 'draft',
      created_at: ISO,
      display_name: 'My Extension',
      version: null,
    })
    expect((await send('GET', '/v1/developer/apps')).body.map((each: { app_id: string }) => each.app_id)).toContain(
      'my-extension',
    )
  })

  test('taken, reserved and ill-formed ids are refused', async () => {
    const taken = await createApp('my-extension', {}, asBob)
    expect([taken.status, taken.body.detail]).toEqual([409, expect.stringContaining('already in use')])
    expect((await createApp('marketplace')).status).toBe(400)
    expect((await createApp('Bad_Id')).status).toBe(422)
    expect((await createApp('no-name', { name: undefined })).status).toBe(422)
  })

  test('[GET /v1/developer/apps/{app_id}] somebody else’s app does not exist, unless it is installed: then its tools are shown', async () => {
    await createApp('adas-own')
    expect((await send('GET', '/v1/developer/apps/adas-own', { as: asBob })).status).toBe(404)
    expect((await deploy('adas-own', {}, asBob)).status).toBe(404)
    expect(
      (await send('DELETE', '/v1/developer/apps/adas-own', { as: asBob, body: { confirm_name: 'adas-own' } })).status,
    ).toBe(404)
    await publishApp(node, 'popular', { owner: ada })
    await node.registry.install(bob, 'popular')
    const seen = await send('GET', '/v1/developer/apps/popular', { as: asBob })
    expect(seen.body).toMatchObject({
      app_id: 'popular',
      owner: false,
      tools_json: [{}, { name: 'list_things', action_type: 'read' }, {}],
    })
    expect(seen.body).not.toHaveProperty('manifest_json')
  })

  test('[GET /v1/developer/apps] lists the own apps of every state, and nobody else’s', async () => {
    await createApp('mine-draft')
    await publishApp(node, 'mine-active', { owner: ada })
    await publishApp(node, 'bobs-active', { owner: bob })
    const mine = (await send('GET', '/v1/developer/apps')).body as { app_id: string; status: string }[]
    const states = new Map(mine.map((one) => [one.app_id, one.status]))
    expect([states.get('mine-draft'), states.get('mine-active')]).toEqual(['draft', 'active'])
    expect(states.has('bobs-active')).toBe(false)
    const his = (await send('GET', '/v1/developer/apps', { as: asBob })).body as { app_id: string }[]
    expect(his.map((one) => one.app_id)).toEqual(['bobs-active'])
    expect((await send('GET', '/v1/developer/apps', { as: null })).status).toBe(401)
  })

  test('[PUT /v1/developer/apps/{app_id}] [DELETE /v1/developer/apps/{app_id}] a record is changed and, with its name as confirmation, deleted', async () => {
    await createApp('shortlived')
    const changed = await send('PUT', '/v1/developer/apps/shortlived', {
      body: { display_name: 'Short', tags: ['a'], git_url: 'https://git.example/a' },
    })
    expect(changed.body).toMatchObject({ name: 'Short', tags: ['a'], git_url: 'https://git.example/a' })
    expect((await send('DELETE', '/v1/developer/apps/shortlived', { body: { confirm_name: 'wrong' } })).status).toBe(
      400,
    )
    const gone = await send('DELETE', '/v1/developer/apps/shortlived', { body: { confirm_name: 'Short' } })
    expect(gone.body).toEqual({ app_id: 'shortlived', status: 'deleted', installs_purged: 0 })
    expect((await send('GET', '/v1/developer/apps/shortlived')).status).toBe(404)
  })
})

describe('[POST /v1/developer/apps/{app_id}/deploys]', () => {
  test('[S001-078] [S001-079] the printed body waits for its code; the upload then takes over that deploy', async () => {
    await createApp('waiting')
    const printed = { version: '1.0.0', changelog: 'Beds can be watered.' }
    const first = await send('POST', '/v1/developer/apps/waiting/deploys', { body: printed })
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({
      deploy_id: expect.stringMatching(/^dep_/),
      app_id: 'waiting',
      version: '1.0.0',
      status: 'pending',
      created_at: ISO,
    })
    expect((await send('POST', '/v1/developer/apps/waiting/deploys', { body: printed })).body.deploy_id).toBe(
      first.body.deploy_id,
    )
    // The code comes without words of its own: those of the printed request stay with it.
    const uploaded = await deploy('waiting', { changelog: '' })
    expect(uploaded.body).toMatchObject({
      ...{ deploy_id: first.body.deploy_id, version: '1.0.0' },
      status: 'live',
      report: { errors: 0, issues: [] },
    })
    // Another version is another deploy, and without a version there is none.
    const other = await send('POST', '/v1/developer/apps/waiting/deploys', { body: { ...printed, version: '1.1.0' } })
    expect(other.body).toMatchObject({ version: '1.1.0', status: 'pending' })
    expect(other.body.deploy_id).not.toBe(first.body.deploy_id)
    const unnamed = await send('POST', '/v1/developer/apps/waiting/deploys', { body: { changelog: 'None.' } })
    expect(unnamed.status).toBe(422)
    expect((await send('GET', '/v1/developer/apps/waiting/deploys')).body).toMatchObject([
      { ...printed, version: '1.1.0' },
      printed,
    ])
    expect(await developer.changelogOf('waiting', '1.0.0')).toBe(printed.changelog)
  })

  test('[S001-080] code goes live, its owner has it installed and its panels hear of it', async () => {
    await createApp('golive')
    expect((await deploy('golive')).body).toMatchObject({ status: 'live', version: '1.0.0' })
    const found = await node.registry.resolve(ada, 'golive')
    expect([found?.install?.isDisabled, found?.app.status, found?.version.iconSvg?.startsWith('<svg')]).toEqual([
      false,
      'draft',
      true,
    ])
    expect(await node.registry.resolve(bob, 'golive')).toBeNull()
    await vi.waitFor(() => {
      const mine = streamed.filter((record) => record.payload.app_id === 'golive' && record.userId === ada.userId)
      const states = mine.filter((record) => record.type === 'deploy_update').map((record) => record.payload.status)
      expect(states).toEqual(['validating', 'validating', 'live'])
      expect(mine.map((record) => record.type)).toEqual(expect.arrayContaining(['extensions_changed', 'panel_refresh']))
      expect(drained).toContainEqual(['golive', found?.version.artefactHash])
    })
    expect((await send('GET', '/v1/developer/apps/golive')).body).toMatchObject({
      owner: true,
      tools_json: [{}, { name: 'list_things' }, {}],
      manifest_json: { app_id: 'golive' },
      version: '1.0.0',
    })
    expect(await developer.changelogOf('golive', '1.0.0')).toBe('Initial release.')
  })

  test('an identical deploy is the same deploy; a draft’s version may be replaced by other content', async () => {
    await createApp('hot')
    const first = await deploy('hot')
    const same = await deploy('hot')
    expect(same.body.deploy_id).toBe(first.body.deploy_id)
    const before = (await node.registry.liveVersion('hot'))?.artefactHash
    const changed = await deploy('hot', {
      manifest: { description: 'Other words, long enough for any rule there is.' },
    })
    expect([changed.body.status, changed.body.deploy_id === first.body.deploy_id]).toEqual(['live', false])
    expect((await node.registry.liveVersion('hot'))?.artefactHash).not.toBe(before)
    const history = (await send('GET', '/v1/developer/apps/hot/deploys')).body
    expect(history.map((row: { status: string }) => row.status)).toEqual(['live', 'live'])
  })

  test('the JSON form redeploys what is stored', async () => {
    await createApp('again')
    await deploy('again')
    const asked = await send('POST', '/v1/developer/apps/again/deploys', { body: { version: '1.0.0' } })
    expect(asked.body).toMatchObject({ status: 'pending', stage: 'queued' })
    await vi.waitFor(async () => {
      const [latest] = (await send('GET', '/v1/developer/apps/again/deploys?limit=1')).body
      expect(latest).toMatchObject({ deploy_id: asked.body.deploy_id, status: 'live', deployed_at: ISO })
    })
    expect((await deploy('again')).body.deploy_id).toBe(asked.body.deploy_id)
  })

  test.each<[string, Parameters<typeof form>[1], string, RegExp]>([
    ['another app’s manifest', { manifest: { app_id: 'stranger' } }, 'DEPLOY-APP', /that of stranger/],
    ['a manifest of another version', { manifest: { version: '2.0.0' } }, 'DEPLOY-VERSION', /2\.0\.0/],
    ['a system app', { manifest: { system: true } }, 'V31', /system/],
    ['a bad icon', { icon: '<svg viewBox="0 0 1 1"><g>' }, 'V21', /well-formed/],
    ['code that does not load', { bundle: 'throw boom is not defined' }, 'LOAD', /boom is not defined/],
    [
      'code with another tool',
      { bundle: JSON.stringify(testManifest('refused', { tools: [] })) },
      'MANIFEST-CODE',
      /list_things, which the code does not have/,
    ],
    [
      'code that calls itself something else',
      { bundle: JSON.stringify(testManifest('other')) },
      'MANIFEST-CODE',
      /app_id refused, the code says other/,
    ],
  ])('%s fails with a report and changes nothing', async (_what, parts, rule, message) => {
    if ((await send('GET', '/v1/developer/apps/refused')).status === 404) await createApp('refused')
    const { status, body } = await deploy('refused', parts)
    expect([status, body.status]).toEqual([201, 'failed'])
    expect(body.report.issues).toContainEqual(
      expect.objectContaining({ rule, level: 'ERROR', message: expect.stringMatching(message) }),
    )
    expect(body.error_message).toMatch(message)
    expect(await node.registry.liveVersion('refused')).toBeNull()
  })

  test('[S000-178] an error of the publish gate refuses the version, a warning does not; a failed deploy leaves the live one', async () => {
    await createApp('gated')
    const finding = { rule: 'V16', message: 'Say more.', file: '', line: 0, fix: 'Write.' }
    findings.push({ ...finding, level: 'WARN' })
    expect((await deploy('gated')).body).toMatchObject({ status: 'live', report: { errors: 0, warnings: 1 } })
    findings.push({ ...finding, level: 'ERROR' })
    expect((await deploy('gated', { version: '1.1.0' })).body).toMatchObject({
      status: 'failed',
      error_message: 'V16: Say more.',
    })
    findings.length = 0
    expect((await node.registry.liveVersion('gated'))?.version).toBe('1.0.0')
  })

  describe('[S000-178] the rules of the validators, whatever the command line said', () => {
    const typed = { params_schema: { type: 'object', properties: {} }, return_schema: { type: 'object' } }
    const sound: JsonObject = {
      icon: 'icon.svg',
      sdk_version: '4.3.0',
      tools: [
        {
          name: 'list_things',
          description: 'Lists the things of a user.',
          action_type: 'read',
          owner_chat_tool: 'g',
          ...typed,
        },
      ],
    }
    const tool = (more: JsonObject): JsonObject => ({
      ...sound,
      tools: [{ ...(sound.tools as JsonObject[])[0], ...more }],
    })

    /** The finding of each level; the gate is the one that `main` plugs in. */
    async function gated(manifest: JsonObject, icon: string | null = testIcon) {
      validate = async (value, { iconSvg }) => validateUpload(value, { icon: iconSvg })
      try {
        const { body } = await deploy('gate', { manifest, icon })
        const ids = (level: string) =>
          (body.report.issues as DeployIssue[]).flatMap((issue) => (issue.level === level ? [issue.rule] : []))
        return {
          status: body.status as string,
          message: body.error_message as string | null,
          errors: ids('ERROR'),
          warnings: ids('WARN'),
        }
      } finally {
        validate = async () => findings
      }
    }
    beforeAll(async () => void (await createApp('gate')))

    test('an app that keeps them goes live, with its warnings in the report', async () => {
      const answer = await gated(tool({ action_type: 'write', chain_callable: true }))
      expect(answer).toMatchObject({ status: 'live', errors: [], message: null })
      expect(answer.warnings).toEqual(expect.arrayContaining(['V9', 'V10', 'V20']))
    })

    test.each<[string, JsonObject, string[]]>([
      ['[V14] a description that says nothing', { ...sound, description: 'A garden.' }, ['V14']],
      ['[V15] a name that is the id', { ...sound, name: 'gate' }, ['V15']],
      ['[V16] [I-TOOL-DESC-MINIMUM] a function without a description', tool({ description: 'Lists.' }), ['V16']],
      ['[V17] [I-TOOL-SCHEMA-REQUIRED] a function that takes anything', tool({ params_schema: {} }), ['V17']],
      [
        '[V17] a function with open params',
        tool({ params_schema: { type: 'object', additionalProperties: true } }),
        ['V17'],
      ],
      ['[V19] a change that no chain may call', tool({ action_type: 'write', chain_callable: false }), ['V19']],
      ['[V19] actions that are not explicit', { ...sound, actions_explicit: false }, ['V19']],
      ['[V21] no icon in the manifest', { ...sound, icon: '' }, ['V21']],
      [
        '[K2.1] [V25] [I-MANIFEST-NO-ORCHESTRATOR-TOOL] [I-LOADER-REJECT-ORCHESTRATOR] an umbrella tool',
        tool({ name: 'tool_gate_chat' }),
        ['V25'],
      ],
      ['[V31] a system app', { ...sound, system: true }, ['V31']],
      [
        '[V35] a sink that leads nowhere',
        { ...sound, file_sinks: [{ tool: 'gone', accepts: ['text/csv'], arg: 'text' }] },
        ['V35'],
      ],
      [
        '[K2.1] [SDK-VERSION-1] [I-LOADER-REJECTS-LEGACY-LLM-ROUTER] an SDK that is too old',
        { ...sound, sdk_version: '1.10.0' },
        ['SDK-VERSION-1'],
      ],
      ['[M6.3] a path that is there twice', { ...sound, webhooks: [{ path: '/in' }, { path: '/in' }] }, ['M6.3']],
      ['[M7.3] an event of another app', { ...sound, events: { emits: [{ type: 'mail.sent' }] } }, ['M7.3']],
      ['[M8.2] a method that is there twice', { ...sound, exposed: [{ name: 'get' }, { name: 'get' }] }, ['M8.2']],
    ])(
      '[S003-005] %s is refused with the rule in the answer, and what was live stays live',
      async (_what, manifest, rules) => {
        const before = (await node.registry.liveVersion('gate'))?.artefactHash
        const answer = await gated({ ...manifest })
        expect(answer).toMatchObject({ status: 'failed', errors: rules })
        expect(answer.message).toMatch(new RegExp(`^${rules[0]}: `))
        expect((await node.registry.liveVersion('gate'))?.artefactHash).toBe(before)
      },
    )

    test('[S003-129] [S003-005] [K10.43] a version from before a rule runs on, its developer reads what today’s rules find, and only the next deploy is refused', async () => {
      const old = { ...sound, app_id: 'old-days', description: 'A garden.', actions_explicit: false }
      await publishApp(node, 'old-days', { manifest: old, owner: ada, bundle: JSON.stringify(old) })
      const live = await node.registry.liveVersion('old-days')
      validate = async (value, { iconSvg }) => validateUpload(value, { icon: iconSvg })
      try {
        const read = async () => (await send('GET', '/v1/developer/apps/old-days')).body
        const rules = (report: { issues: DeployIssue[] }) =>
          report.issues.filter((issue) => issue.level === 'ERROR').map((issue) => issue.rule)
        const before = await read()
        expect([before.version, rules(before.report)]).toEqual(['1.0.0', ['V14', 'V19']])
        expect(before.report.issues.every((issue: DeployIssue) => issue.fix !== '')).toBe(true)

        const refused = await deploy('old-days', { version: '1.1.0', manifest: old })
        expect(refused.body).toMatchObject({ status: 'failed', report: { errors: 2 } })
        expect((await node.registry.liveVersion('old-days'))?.artefactHash).toBe(live?.artefactHash)
        const next = await deploy('old-days', { version: '1.1.0', manifest: sound })
        expect(next.body.status).toBe('live')
        expect(rules((await read()).report)).toEqual([])
      } finally {
        validate = async () => findings
      }
    })

    test('[V21] an icon that is missing or embeds a bitmap is refused', async () => {
      expect((await gated(sound, null)).errors).toEqual(['V21'])
      const bitmap = '<svg viewBox="0 0 1 1"><image href="data:image/png;base64,AA"/></svg>'
      expect((await gated(sound, bitmap)).errors).toContain('V21')
      expect((await gated(sound, '<svg><path d="M0 0"/></svg>')).errors).toContain('V21')
    })
  })

  test.each<[string, (manifest: JsonObject) => string, string[]]>([
    ['[M0] no JSON', () => '{"app_id": ', ['M0']],
    ['[M1] a list', () => '[]', ['M1']],
    ['[M0] nesting without end', () => `{"config_defaults":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`, ['M0']],
    ['[M2] a field that is missing', (manifest) => JSON.stringify({ ...manifest, signals: [{}] }), ['M2']],
    ['[M3] an unknown field', (manifest) => JSON.stringify({ ...manifest, colour: 'red' }), ['M3']],
    ['[M4] a wrong value', (manifest) => JSON.stringify({ ...manifest, icon_size_bytes: 'many' }), ['M4']],
    [
      '[M5] a wrong schedule',
      (manifest) => JSON.stringify({ ...manifest, schedules: [{ name: 'a', cron: 'b' }] }),
      ['M5'],
    ],
    [
      '[M5] a schedule that could never run',
      (manifest) => JSON.stringify({ ...manifest, schedules: [{ name: 'a', cron: '61 * * * *' }] }),
      ['M5'],
    ],
  ])('%s in the manifest is refused with the rule in the answer', async (_what, textOf, rules) => {
    if ((await send('GET', '/v1/developer/apps/shape')).status === 404) await createApp('shape')
    validate = async (value) => validateManifest(value)
    try {
      const data = form('shape')
      data.set('manifest', new Blob([textOf(testManifest('shape') as unknown as JsonObject)]), 'imperal.json')
      const { body } = await send('POST', '/v1/developer/apps/shape/deploys', { body: data })
      expect(body).toMatchObject({ status: 'failed', report: { errors: 1 } })
      expect(body.report.issues.map((issue: DeployIssue) => issue.rule)).toEqual(rules)
    } finally {
      validate = async () => findings
    }
  })

  test('a manifest that is wrong in a hundred thousand places gets a report that can be read', async () => {
    if ((await send('GET', '/v1/developer/apps/shape')).status === 404) await createApp('shape')
    validate = async (value) => validateUpload(value)
    try {
      const wrong = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`x${index}`, 1]))
      const data = form('shape')
      data.set('manifest', new Blob([JSON.stringify({ ...testManifest('shape'), ...wrong })]), 'imperal.json')
      const { body } = await send('POST', '/v1/developer/apps/shape/deploys', { body: data })
      expect(body.report.errors).toBeGreaterThan(60_000)
      expect(body.report.issues).toHaveLength(500)
    } finally {
      validate = async () => findings
    }
  })

  test('while one runs, another is refused with 409, from this node or any other', async () => {
    await createApp('busy')
    let open = () => {}
    gate = new Promise((resolve) => (open = resolve))
    const running = deploy('busy')
    await vi.waitFor(async () => {
      const [row] = (await send('GET', '/v1/developer/apps/busy/deploys')).body
      expect(row).toMatchObject({ status: 'validating', stage: 'load' })
    })
    expect((await deploy('busy', { version: '1.0.1' })).status).toBe(409)
    expect((await send('POST', '/v1/developer/apps/busy/deploys', { body: { version: '1.0.1' } })).status).toBe(409)
    open()
    gate = null
    expect((await running).body.status).toBe('live')
  })

  test('a deploy that died with its node is closed after ten minutes, an upload that never came after a day', async () => {
    await createApp('crashed')
    const pending = await send('POST', '/v1/developer/apps/crashed/deploys', { body: { version: '1.0.0' } })
    node.clock.advance(86_400_001)
    const [row] = (await send('GET', '/v1/developer/apps/crashed/deploys')).body
    expect(row).toMatchObject({
      deploy_id: pending.body.deploy_id,
      status: 'failed',
      error_message: expect.stringContaining('24 hours'),
    })
    await node.db.everyTenant((tx) =>
      tx
        .updateTable('developer.deploy')
        .set({ status: 'validating', stage: 'load', updated_at: node.clock.iso() })
        .where('deploy_id', '=', row.deploy_id)
        .execute(),
    )
    expect((await deploy('crashed')).status).toBe(409)
    node.clock.advance(600_001)
    expect((await deploy('crashed')).body.status).toBe('live')
  })

  test('limits: a part that is missing or too large, and a version that is nowhere', async () => {
    await createApp('limits')
    const lone = new FormData()
    lone.set('version', '1.0.0')
    lone.set('bundle', new Blob(['x']), 'bundle.js')
    const path = '/v1/developer/apps/limits/deploys'
    expect((await send('POST', path, { body: lone })).status).toBe(400)
    expect((await deploy('limits', { bundle: 'x'.repeat(10 * 1024 * 1024 + 1) })).status).toBe(413)
    expect((await deploy('limits', { icon: ' '.repeat(110_000) })).status).toBe(413)
    expect((await send('POST', path, { body: {} })).status).toBe(422)
    expect((await send('POST', path, { body: { version: 'one' } })).status).toBe(422)
  })
})

describe('[POST /v1/developer/apps/{app_id}/submit]', () => {
  const submit = (appId: string) => send('POST', `/v1/developer/apps/${appId}/submit`, { body: {} })

  test('[S001-081] [S001-082] [S001-083] [S001-084] [S001-077] the minimal app passes once it is deployed, and an administrator publishes it', async () => {
    await createApp('minimal')
    expect((await submit('minimal')).body).toMatchObject({ status: 409, error: 'NO_SUCCESSFUL_DEPLOY' })
    await deploy('minimal')
    const submitted = await submit('minimal')
    expect(submitted.body).toMatchObject({ app_id: 'minimal', status: 'pending_review', submitted_at: ISO })
    expect((await submit('minimal')).status).toBe(409)
    const waiting = await send('GET', '/v1/admin/apps/pending', { as: asAdmin })
    expect(waiting.body[0]?.developer_email).toMatch(/@/)
    expect(noticed).toContainEqual(
      expect.objectContaining({ title: 'An app waits for your review', link: '/admin/reviews' }),
    )
    expect(waiting.body).toContainEqual(
      expect.objectContaining({ app_id: 'minimal', last_deploy: expect.objectContaining({ status: 'live' }) }),
    )
    expect((await send('POST', '/v1/admin/apps/minimal/approve', { as: asAda, body: {} })).status).toBe(403)
    const elsewhere = principalOf(userOf('umbrella', 'boss'), { role: 'admin' })
    for (const path of ['approve', 'reject']) {
      const body = path === 'reject' ? { reason: 'no' } : {}
      expect((await send('POST', `/v1/admin/apps/minimal/${path}`, { as: elsewhere, body })).status).toBe(403)
    }
    expect((await send('GET', '/v1/admin/apps/pending', { as: elsewhere })).status).toBe(403)
    expect((await send('GET', '/v1/developer/apps/minimal', { as: elsewhere })).status).toBe(404)
    const approved = await send('POST', '/v1/admin/apps/minimal/approve', { as: asAdmin, body: {} })
    expect(approved.body).toMatchObject({ app_id: 'minimal', status: 'active', approved_at: ISO })
    const found = await node.registry.browse({
      search: 'minimal',
      category: 'productivity',
      sort: 'actions',
      limit: 5,
      offset: 0,
    })
    expect(found.apps.map((each) => each.app.appId)).toEqual(['minimal'])
    expect((await node.registry.install(bob, 'minimal')).created).toBe(true)
  })

  test('failed content checks say what is missing and change nothing', async () => {
    await createApp('bare')
    await deploy('bare', { icon: null, manifest: { description: 'Too short.', category: 'nonsense' } })
    const { status, body } = await submit('bare')
    expect([status, body.status]).toEqual([200, 'failed'])
    const failed = body.checks
      .filter((check: { ok: boolean }) => !check.ok)
      .map((check: { check: string }) => check.check)
    expect(failed).toEqual(['description', 'icon', 'category'])
    expect((await node.registry.app('bare'))?.status).toBe('draft')
  })

  test('[POST /v1/admin/apps/{app_id}/reject] [POST /v1/developer/apps/{app_id}/suspend] rejected with a reason; paused and unchanged it returns without a review, changed it does not', async () => {
    await createApp('cycle')
    await deploy('cycle')
    await submit('cycle')
    const rejected = await send('POST', '/v1/admin/apps/cycle/reject', { as: asAdmin, body: { reason: 'Unclear.' } })
    expect(rejected.body).toEqual({ app_id: 'cycle', status: 'rejected', reject_reason: 'Unclear.' })
    expect((await send('GET', '/v1/developer/apps/cycle')).body.reject_reason).toBe('Unclear.')
    await submit('cycle')
    await developer.approve('cycle', 'imp_u_root01')
    expect((await send('DELETE', '/v1/developer/apps/cycle', { body: { confirm_name: 'cycle' } })).status).toBe(409)
    expect((await send('PUT', '/v1/developer/apps/cycle', { body: { pricing_model: 'per_action' } })).status).toBe(409)
    expect((await send('POST', '/v1/developer/apps/cycle/suspend', { body: {} })).body).toEqual({
      app_id: 'cycle',
      status: 'suspended',
    })
    expect((await submit('cycle')).body.status).toBe('active')
    await send('POST', '/v1/developer/apps/cycle/suspend', { body: {} })
    expect((await deploy('cycle', { version: '1.1.0' })).body.status).toBe('live')
    expect((await submit('cycle')).body.status).toBe('pending_review')
  })

  test('[I13.5] a published app gains no rights over other apps behind the back of its users', async () => {
    const wide = { capabilities: ['greedy:read', 'notes:read', 'extensions:write'] }
    const next = (version: string, manifest: JsonObject) => deploy('greedy', { version, manifest })
    await createApp('greedy')
    await deploy('greedy', { manifest: { capabilities: ['greedy:read', 'notes:read'] } })
    await submit('greedy')
    await developer.approve('greedy', 'imp_u_root01')
    const refused = await next('1.1.0', wide)
    expect(refused.body).toMatchObject({
      status: 'failed',
      error_message: 'DEPLOY-RIGHTS: The users of this app agreed to less. New: the capability extensions:write.',
      report: { errors: 1 },
    })
    expect((await node.registry.liveVersion('greedy'))?.version).toBe('1.0.0')
    const own = { capabilities: ['greedy:read', 'greedy:write', 'notes:read'] }
    expect((await next('1.2.0', own)).body.status).toBe('live')
    // With a review, it may.
    await send('POST', '/v1/developer/apps/greedy/suspend', { body: {} })
    expect((await next('1.3.0', wide)).body.status).toBe('live')
    expect((await submit('greedy')).body.status).toBe('pending_review')
    await developer.approve('greedy', 'imp_u_root01')
    expect((await node.registry.liveVersion('greedy'))?.version).toBe('1.3.0')
    expect((await next('1.4.0', { capabilities: ['greedy:read', '*'] })).body.status).toBe('failed')
  })

  describe('prices', () => {
    const put = (pricing: object) => send('PUT', '/v1/developer/apps/priced', { body: pricing })
    const pause = () => send('POST', '/v1/developer/apps/priced/suspend', { body: {} })
    const prices = (toolPrices: object) => ({ pricing_config: { tool_prices: toolPrices } })
    const cost = (name: string) => billing.basePrice('priced', name, 'read')

    test('[K10.5] [PUT /v1/developer/apps/{app_id}] a change of prices merges: absent keeps, 0 takes away, more sets; all that is wrong is named', async () => {
      await createApp('priced', { pricing_model: 'per_action', ...prices({ list_things: 1, delete_thing: 0 }) })
      await deploy('priced', { manifest: { pricing: { tool_prices: { list_things: 7, delete_thing: 9 } } } })
      await put({ pricing_config: { tool_prices: { list_things: 20 }, monthly_price: 5, note: 'kept' } })
      const merged = await put(prices({ delete_thing: 30 }))
      expect(merged.body.pricing_config).toEqual({
        tool_prices: { list_things: 20, delete_thing: 30 },
        ...{ monthly_price: 5, note: 'kept' },
      })
      // What the record says of one function leaves the manifest's price of another as it is.
      await put({ pricing_config: { tool_prices: { delete_thing: 0 }, monthly_price: 0, note: null } })
      expect((await send('GET', '/v1/developer/apps/priced')).body.pricing_config).toEqual({
        tool_prices: { list_things: 20 },
      })
      const wrong = await put({
        pricing_config: {
          ...{ tool_prices: { list_things: '5', delete_thing: 1.5, ghost: 1 }, monthly_price: -1 },
          free_tools: ['phantom'],
        },
      })
      expect(wrong.status).toBe(422)
      for (const named of ['list_things', 'delete_thing', 'ghost', 'monthly_price', 'phantom'])
        expect(wrong.body.message).toContain(named)
      // A name that the code lost can still be taken away.
      expect((await put(prices({ ghost: 0 }))).body.pricing_config).toEqual({ tool_prices: { list_things: 20 } })
    })

    test('[api 5.3] an app that was rejected for its prices can change them', async () => {
      await submit('priced')
      expect((await put(prices({ list_things: 21 }))).status).toBe(409)
      await send('POST', '/v1/admin/apps/priced/reject', { as: asAdmin, body: { reason: 'Too dear.' } })
      expect((await put(prices({ list_things: 10 }))).status).toBe(200)
      await submit('priced')
      await developer.approve('priced', 'imp_u_root01')
      expect([cost('list_things'), cost('delete_thing')]).toEqual([10, 9])
    })

    test('[api 5.3] a paused app that asks for more waits for a review; one that asks for less returns and costs less', async () => {
      await pause()
      await put(prices({ list_things: 11 }))
      expect((await submit('priced')).body.status).toBe('pending_review')
      expect(cost('list_things')).toBe(10)
      await developer.approve('priced', 'imp_u_root01')
      expect(cost('list_things')).toBe(11)
      await pause()
      await put(prices({ list_things: 3 }))
      expect((await submit('priced')).body.status).toBe('active')
      expect(cost('list_things')).toBe(3)
    })

    test('[api 5.3] a version of a published app that costs more, or destroys something new, is held; one that costs less goes live with its prices', async () => {
      const next = (version: string, deletes: number, more: JsonObject = {}) =>
        deploy('priced', { version, manifest: { pricing: { tool_prices: { delete_thing: deletes } }, ...more } })
      expect((await next('1.1.0', 12)).body.error_message).toContain('a price of 12 for delete_thing (was 9)')
      const { tools } = testManifest('priced')
      const wipe = { ...tools.find(({ name }) => name === 'delete_thing'), name: 'wipe_all' } as unknown as JsonObject
      const held = await next('1.2.0', 9, { tools: [...(tools as unknown as JsonObject[]), wipe] })
      expect(held.body).toMatchObject({
        status: 'failed',
        error_message: 'DEPLOY-RIGHTS: The users of this app agreed to less. New: the destructive function wipe_all.',
      })
      expect((await next('1.3.0', 4)).body.status).toBe('live')
      expect(cost('delete_thing')).toBe(4)
    })
  })

  test('[POST /v1/admin/apps/{app_id}/approve] what was deployed since the reviewer looked is not approved unseen', async () => {
    await createApp('swapped')
    await deploy('swapped')
    await submit('swapped')
    const waiting = (await send('GET', '/v1/admin/apps/pending', { as: asAdmin })).body
    const seen = waiting.find((app: { app_id: string }) => app.app_id === 'swapped').version
    await deploy('swapped', { version: '1.0.1' })
    const approve = (body: object) => send('POST', '/v1/admin/apps/swapped/approve', { as: asAdmin, body })
    const refused = await approve({ version: seen })
    expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining('1.0.1')])
    expect((await approve({ version: '1.0.1' })).body.status).toBe('active')
  })

  test('a published version never changes under its name; the same content may be deployed again', async () => {
    await createApp('frozen')
    await deploy('frozen')
    await submit('frozen')
    await developer.approve('frozen', 'imp_u_root01')
    const other = { manifest: { description: 'Different words under the same version number.' } }
    expect((await deploy('frozen', other)).status).toBe(409)
    expect((await deploy('frozen', { version: '1.1.0' })).body.status).toBe('live')
    expect((await deploy('frozen')).body).toMatchObject({ status: 'live', version: '1.0.0' })
    expect((await node.registry.liveVersion('frozen'))?.version).toBe('1.0.0')
  })
})

test('[POST /v1/developer/apps/{app_id}/_sync_manifest] [S001-012] only a service may sync a manifest; every view shows it, code and version stay', async () => {
  await createApp('synced')
  await deploy('synced')
  const path = '/v1/developer/apps/synced/_sync_manifest'
  const manifest_json = testManifest('synced', { description: 'Pushed by a service of the platform, not by hand.' })
  for (const as of [asAda, asAdmin])
    expect((await send('POST', path, { as, body: { manifest_json } })).status).toBe(403)
  const service = principalOf(null)
  const pushed = await send('POST', path, { as: service, body: { manifest_json } })
  expect([pushed.status, pushed.body]).toEqual([200, { updated: ['tools_json', 'manifest_json'] }])
  expect((await send('GET', '/v1/developer/apps/synced')).body.manifest_json.description).toMatch(/^Pushed/)
  expect((await node.registry.liveVersion('synced'))?.manifest.description).toMatch(/^Pushed/)
  expect((await send('POST', path, { as: service, body: { icon_svg: testIcon } })).body).toEqual({
    updated: ['icon_svg'],
  })
  for (const body of [
    {},
    { icon_svg: testIcon, manifest_json },
    { icon_svg: '<html/>' },
    { manifest_json: { app_id: 'synced' } },
  ]) {
    expect((await send('POST', path, { as: service, body })).status).toBe(422)
  }
})

describe('apps that come with the platform', () => {
  const built = path.join(folder, 'extensions')
  const write = (appId: string, manifest: JsonObject = {}) => {
    const target = path.join(built, appId)
    mkdirSync(target, { recursive: true })
    writeFileSync(path.join(target, 'imperal.json'), JSON.stringify(testManifest(appId, manifest)))
    writeFileSync(path.join(target, 'bundle.js'), `export default '${appId}'`)
    writeFileSync(path.join(target, 'icon.svg'), testIcon)
  }

  test('are published once by two nodes that start together, and updated when their content changes', async () => {
    write('notes')
    write('developer', { system: true })
    const other = await openTestNode(database)
    const both = await Promise.all([installFirstParty(node, built), installFirstParty(other, built)])
    expect(both.map((each) => each.apps)).toEqual([
      ['developer', 'notes'],
      ['developer', 'notes'],
    ])
    expect(both.flatMap((each) => each.changed).toSorted()).toEqual(['developer', 'notes'])
    expect(await node.registry.app('notes')).toMatchObject({
      status: 'active',
      firstParty: true,
      ownerId: null,
      system: false,
    })
    expect((await node.registry.app('developer'))?.system).toBe(true)
    write('notes', { version: '1.1.0' })
    expect((await installFirstParty(node, built)).changed).toEqual(['notes'])
    await vi.waitFor(async () => expect((await other.registry.liveVersion('notes'))?.version).toBe('1.1.0'))
    await other.close()
  })

  test('never take an id that a developer holds, nor undo an operator’s suspension', async () => {
    await createApp('gardening')
    write('gardening')
    expect((await installFirstParty(node, built)).apps).toEqual(['developer', 'notes'])
    expect((await node.registry.app('gardening'))?.ownerId).toBe(ada.userId)
    await node.db.everyTenant((tx) => node.registry.updateApp(tx, 'notes', { status: 'suspended' }))
    write('notes', { version: '1.2.0' })
    await installFirstParty(node, built)
    expect(await node.registry.app('notes')).toMatchObject({ status: 'suspended', liveVersion: '1.2.0' })
  })
})

describe('[GET /packages/{file}]', () => {
  test('serves tarballs for ever and nothing outside its folder', async () => {
    const served = await send('GET', '/packages/imperal-sdk-0.1.0.tgz', { as: null })
    expect([served.status, served.body, served.headers['cache-control']]).toEqual([
      200,
      'tarball',
      'public, max-age=31536000, immutable',
    ])
    for (const file of [
      'keys',
      '..%2Fkeys%2Fmaster.key',
      '%2e%2e%2fimperal-sdk-0.1.0.tgz',
      '.tgz',
      'other-1.0.0.tgz',
    ]) {
      expect((await send('GET', `/packages/${file}`, { as: null })).status).toBe(404)
    }
  })
})
