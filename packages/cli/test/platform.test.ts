import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { IniFile } from '../src/platform/ini-file.ts'
import { busyDeploy, liveDeploy, TestPlatform } from './platform.ts'
import { linkPackages, openTerminal, type TestTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 160_000 })
let platform: TestPlatform
let terminal: TestTerminal

beforeEach(async () => {
  platform = await new TestPlatform().open()
  terminal = openTerminal()
  terminal.env.IMPERAL_API_URL = platform.url
})
afterEach(async () => {
  terminal.stop.abort()
  await platform.close()
  rmSync(terminal.folder, { recursive: true, force: true })
})

const credentials = () => path.join(terminal.home, '.imperal/credentials')
const stored = () => new IniFile(readFileSync(credentials(), 'utf8')).sections().get(platform.url)

const LOGGED = {
  ...{ seq: 1, app_id: 'app', version: '1.0.0', function: 'greet', call_id: 'cal_1', trace_id: 'f'.repeat(16) },
  ts: '2026-06-10T10:00:00.000Z',
}

async function newApp(template = 'chat'): Promise<string> {
  await terminal.run('init', 'app', '-t', template)
  const folder = path.join(terminal.folder, 'app')
  linkPackages(folder)
  platform.seen.length = 0
  return folder
}

test('[5.2] login shows address and code, waits for the approval, and stores tokens that only their owner can read', async () => {
  platform.polls = ['authorization_pending', 'slow_down', 'authorization_pending']
  expect(await terminal.run('login')).toBe(0)
  expect(terminal.output()).toContain(`${platform.url}/device?code=WDBK-7Q3M`)
  expect(terminal.output()).toMatch(/approve the code WDBK-7Q3M/)
  expect(terminal.output()).toMatch(/Signed in at .* as ada@example\.com\.$/)
  expect(statSync(credentials()).mode & 0o777).toBe(0o600)
  expect(stored()).toMatchObject({ access_token: 'access-1', refresh_token: 'refresh-1', email: 'ada@example.com' })
  expect(await terminal.run('whoami')).toBe(0)
  expect(terminal.output()).toBe(`ada@example.com (imp_u_ada00001, user) at ${platform.url}`)
})

test('where somebody sits, the browser opens; a denied request says so and exits 1', async () => {
  terminal.answers.push('yes')
  platform.polls = ['access_denied']
  expect(await terminal.run('login')).toBe(1)
  expect(terminal.opened).toEqual([`${platform.url}/device?code=WDBK-7Q3M`])
  expect(terminal.errors()).toMatch(/was denied/)
})

test('Ctrl-C ends the waiting', async () => {
  platform.polls = Array.from({ length: 1000 }, () => 'authorization_pending')
  const running = terminal.run('login')
  await vi.waitFor(() => expect(platform.seen.length).toBeGreaterThan(3))
  terminal.stop.abort()
  expect(await running).toBe(1)
  expect(terminal.errors()).toMatch(/interrupted/)
})

test('an access token that ran out is exchanged and the new pair is stored; an ended sign-in asks for a new one', async () => {
  await terminal.run('login')
  platform.access = 'access-of-somebody-else'
  expect(await terminal.run('whoami')).toBe(0)
  expect(stored()).toMatchObject({ access_token: 'access-2', refresh_token: 'refresh-2' })
  const content = new IniFile(readFileSync(credentials(), 'utf8'))
  content.set(platform.url, { expires_at: '0' })
  writeFileSync(credentials(), String(content))
  expect(await terminal.run('whoami')).toBe(0)
  expect(stored()?.access_token).toBe('access-3')
  Object.assign(platform, { access: 'other', refresh: 'refresh-99' })
  expect(await terminal.run('whoami')).toBe(1)
  expect(terminal.errors()).toMatch(/Your sign-in has ended\.\nRun `imperal login`/)
})

test('logout ends the session and forgets it; without one commands say what to do', async () => {
  await terminal.run('login')
  expect(await terminal.run('logout')).toBe(0)
  expect(platform.seen).toContain('POST /v1/auth/logout')
  expect(stored()).toBeUndefined()
  expect(await terminal.run('logout')).toBe(0)
  expect(await terminal.run('whoami')).toBe(1)
  expect(terminal.errors()).toMatch(/not signed in.*\n.*imperal login.*IMPERAL_API_KEY/)
})

test('an API key signs in without credentials', async () => {
  terminal.env.IMPERAL_API_KEY = 'key-1'
  expect(await terminal.run('whoami')).toBe(0)
})

test('a platform that does not answer is named, with what to do', async () => {
  await terminal.run('login')
  await platform.close()
  expect(await terminal.run('whoami')).toBe(1)
  expect(terminal.errors()).toMatch(/does not answer\.\n.*npm start/)
  expect(await terminal.run('whoami', '--api', 'not an address')).toBe(1)
  platform = await new TestPlatform().open()
})

test('[2] [21] deploy enrols the author and creates the app after asking, then uploads manifest, bundle, map and icon', async () => {
  const folder = await newApp()
  await terminal.run('login')
  writeFileSync(path.join(folder, 'CHANGELOG.md'), '# Changes\n\n## 1.0.0\n\n- Greets.\n\n## 0.9.0\n\n- Nothing.\n')
  terminal.answers.push('', 'y')
  expect(await terminal.runIn('app', 'deploy')).toBe(0)
  expect([platform.isDeveloper, [...platform.apps]]).toEqual([true, ['app']])
  expect(platform.uploads).toMatchObject([
    { appId: 'app', version: '1.0.0', changelog: '- Greets.', manifest: { app_id: 'app', tools: [{ name: 'greet' }] } },
  ])
  const [upload] = platform.uploads
  expect(upload?.bundle).toContain('greet')
  expect(JSON.parse(upload?.sourceMap ?? '').sources).toContain('main.ts')
  expect(upload?.icon).toMatch(/^<svg/)
  expect(terminal.output()).toMatch(/Live: app v1\.0\.0 \(\d+ KB, [\d.]+ s\) http.*\/ext\/app$/)
})

test('where nobody can answer, deploy asks for --yes and makes nothing', async () => {
  await newApp()
  await terminal.run('login')
  expect(await terminal.runIn('app', 'deploy')).toBe(1)
  expect(terminal.errors()).toMatch(/Enrol now\?\n.*--yes/)
  expect([platform.isDeveloper, platform.uploads.length]).toEqual([false, 0])
  expect(await terminal.runIn('app', 'deploy', '--yes', '--changelog', 'New')).toBe(0)
  expect(platform.uploads).toMatchObject([{ changelog: 'New' }])
})

test('[8.4] an error of the validator blocks the deploy before anything is sent', async () => {
  const folder = await newApp()
  const main = path.join(folder, 'main.ts')
  writeFileSync(main, readFileSync(main, 'utf8').replace(/description: 'Greet someone[^']*'/, "description: ''"))
  expect(await terminal.runIn('app', 'deploy', '--yes')).toBe(1)
  expect(terminal.errors()).toMatch(/ERROR main\.ts:\d+ {2}\[V16\]/)
  expect(terminal.errors()).toMatch(/Deploy blocked/)
  expect(platform.seen).toEqual([])
})

test('what the platform refuses is shown with its report, in the lines of the author; a busy app is waited for', async () => {
  const folder = await newApp()
  await terminal.run('login')
  await terminal.runIn('app', 'build')
  const code = readFileSync(path.join(folder, 'dist/bundle.js'), 'utf8').split('\n')
  const line = code.findIndex((text) => text.includes('onInstall((ctx)')) + 1
  const issue = {
    rule: 'LOAD',
    level: 'ERROR',
    message: 'The code does not load',
    file: 'extension.js',
    line,
    fix: 'Mend it.',
  }
  platform.deploys = [
    busyDeploy,
    liveDeploy('app', {
      status: 'failed',
      error_message: 'LOAD: The code does not load',
      report: { errors: 1, warnings: 0, issues: [issue] },
    }),
  ]
  expect(await terminal.runIn('app', 'deploy', '--yes')).toBe(1)
  expect(platform.uploads).toHaveLength(2)
  expect(terminal.errors()).toMatch(/ERROR main\.ts:\d+ {2}\[LOAD\] The code does not load\n {9}Fix: Mend it\./)
  expect(terminal.errors()).toMatch(/refused app v1\.0\.0: LOAD/)
})

test('submit asks for the marketplace, with what was checked', async () => {
  await newApp()
  await terminal.run('login')
  expect(await terminal.runIn('app', 'submit')).toBe(0)
  expect(platform.seen).toContain('POST /v1/developer/apps/app/submit')
  expect(terminal.output()).toBe('ok     has icon\nok     category: productivity\napp is now: pending review.')
})

test("somebody else's app is not deployed to", async () => {
  await terminal.run('init', 'taken')
  linkPackages(path.join(terminal.folder, 'taken'))
  await terminal.run('login')
  expect(await terminal.runIn('taken', 'deploy', '--yes')).toBe(1)
  expect(terminal.errors()).toMatch(/belongs to somebody else/)
})

test('[24] dev deploys at once and at every save, survives mistakes, and shows the log in the lines of the author', async () => {
  const folder = await newApp()
  const main = path.join(folder, 'main.ts')
  const scaffold = readFileSync(main, 'utf8')
  await terminal.run('login')
  const running = terminal.runIn('app', 'dev', '--yes')
  await vi.waitFor(() => expect(terminal.output()).toMatch(/Live: app/), 60_000)
  expect(terminal.output()).toMatch(/Extension: app v1\.0\.0\nTools: greet\nSignals: none\nSchedules: none/)
  await vi.waitFor(() => expect(platform.streams.size).toBe(1))

  appendFileSync(main, '\nexport const broken: string = ;\n')
  await vi.waitFor(() => expect(terminal.errors()).toMatch(/main\.ts:\d+:\d+ Unexpected ";"/), 60_000)
  writeFileSync(main, `${scaffold}\nexport function later(): never {\n  throw new Error('later')\n}\n`)
  await vi.waitFor(() => expect(platform.uploads).toHaveLength(2), 60_000)
  await vi.waitFor(() => expect(terminal.output().match(/Live: app/g)).toHaveLength(2), 60_000)

  const code = platform.uploads[1]?.bundle.split('\n') ?? []
  const line = code.findIndex((text) => text.includes('throw new Error("later")')) + 1
  const log = { ...LOGGED, level: 'error' }
  platform.send('dev_log', { app_id: 'another', lines: [{ ...log, app_id: 'another', text: 'not ours' }], skipped: 0 })
  const text = `Error: later\n    at later (extension.js:${line}:9)`
  platform.send('dev_log', { app_id: 'app', lines: [{ ...log, text }], skipped: 3 })
  await vi.waitFor(() =>
    expect(terminal.output()).toMatch(/10:00:00 error greet: Error: later\n +at later \(main\.ts:\d+:9\)/),
  )
  expect(terminal.output()).toContain('3 more lines came too fast')
  expect(terminal.output()).not.toContain('not ours')
  const call = { function: 'greet', source: 'panel', action_type: 'read', version: '1.0.0', completed_at: log.ts }
  const own = { ...call, ...{ call_id: 'cal_1', trace_id: 'f'.repeat(16), error_code: null, duration_ms: 12 } }
  const calls = [
    { ...own, status: 'success', args: { name: 'Ada', token: '[redacted]' }, result_preview: 'Greeted Ada' },
    { ...own, status: 'failed', error_code: 'INTERNAL', args: null, result_preview: null },
  ]
  platform.send('dev_call', { app_id: 'another', calls, skipped: 0 })
  platform.send('dev_call', { app_id: 'app', calls, skipped: 2 })
  await vi.waitFor(() => expect(terminal.output()).toContain('2 more calls came too fast'))
  expect(terminal.printed.filter((line) => line.includes(' call '))).toEqual([
    [
      '10:00:00 call  greet {"name":"Ada","token":"[redacted]"} by panel → success in 12 ms: Greeted Ada',
      '10:00:00 call  greet (another user) by panel → failed INTERNAL in 12 ms',
      '      (2 more calls came too fast to show)',
    ].join('\n'),
  ])
  terminal.stop.abort()
  expect(await running).toBe(0)
})

/** What a browser, or something that only looks like one, sends to the page of `imperal dev`. */
function visit(
  base: string,
  to: string,
  options: { headers?: Record<string, string>; method?: string; body?: string },
) {
  const { port } = new URL(base)
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: to, ...options }, async (answer) => {
      const chunks: Buffer[] = []
      for await (const chunk of answer) chunks.push(chunk as Buffer)
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() })
    })
    sent.on('error', reject).end(options.body)
  })
}

test('[8.2] the page of dev answers its own browser only, and calls with the sign-in of the command line', async () => {
  await newApp()
  await terminal.run('login')
  const running = terminal.runIn('app', 'dev', '--yes')
  await vi.waitFor(() => expect(terminal.output()).toMatch(/Try it: http/), 60_000)
  const [, url = ''] = /Try it: (\S+)/.exec(terminal.output()) ?? []
  const { host, search } = new URL(url)
  const opened = await visit(url, `/${search}`, {})
  expect([opened.status, opened.headers.location]).toEqual([303, '/'])
  const [setCookie = ''] = opened.headers['set-cookie'] ?? []
  expect(setCookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
  const cookie = setCookie.split(';')[0] ?? ''

  expect((await visit(url, '/', {})).status).toBe(403)
  expect((await visit(url, '/?key=wrong', {})).status).toBe(403)
  expect((await visit(url, '/', { headers: { cookie, host: 'evil.example' } })).status).toBe(421)
  expect((await visit(url, `/${search}`, { headers: { host: 'evil.example' } })).status).toBe(421)
  const post = (headers: object) =>
    visit(url, '/call', { method: 'POST', headers: { cookie, ...headers }, body: '{"function":"greet","params":{}}' })
  expect((await post({})).status).toBe(403)
  expect((await post({ origin: 'http://evil.example' })).status).toBe(403)
  expect((await post({ origin: `http://${host}`, cookie: '' })).status).toBe(403)
  expect(platform.called).toEqual([])

  const called = await post({ origin: `http://${host}` })
  expect(JSON.parse(called.body)).toMatchObject({ response: { status: 'success', summary: 'Greeted World' } })
  expect(platform.called).toMatchObject([{ user_id: 'imp_u_ada00001', function: 'greet', params: {} }])
  const page = await visit(url, '/', { headers: { cookie } })
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/)
  for (const { body, headers } of [page, called, opened])
    expect(JSON.stringify([body, headers])).not.toMatch(/access-1|refresh-1/)
  for (const path of ['/..%2f..%2fpackage.json', '/../package.json', '/nothing.js'])
    expect((await visit(url, path, { headers: { cookie } })).status).toBe(404)
  const nonsense = { method: 'POST', headers: { cookie, origin: `http://${host}` }, body: 'x' }
  expect(await visit(url, '/call', nonsense)).toMatchObject({
    status: 502,
    body: expect.stringMatching(/cannot be read/),
  })

  const second = openTerminal(terminal)
  expect(await second.runIn('app', 'dev', '--port', new URL(url).port)).toBe(1)
  expect(second.errors()).toMatch(/Port \d+ is taken\.\nChoose another one with --port/)
  expect(await second.runIn('app', 'dev', '--port', 'many')).toBe(1)
  expect(second.errors()).toBe('--port takes a whole number from 1 to 65535.')
  terminal.stop.abort()
  expect(await running).toBe(0)
})

test('[8.2] dev does not deploy what deploy would refuse for its types', async () => {
  const folder = await newApp()
  const main = path.join(folder, 'main.ts')
  const scaffold = readFileSync(main, 'utf8')
  await terminal.run('login')
  const mistaken = scaffold.replace('params: z.object', "actionTyp: 'write',\n    params: z.object")
  expect(mistaken).not.toBe(scaffold)
  writeFileSync(main, mistaken)
  const running = terminal.runIn('app', 'dev', '--yes')
  await vi.waitFor(() => expect(terminal.errors()).toMatch(/main\.ts[\s\S]*actionTyp[\s\S]*Deploy blocked/), 60_000)
  expect(platform.uploads).toHaveLength(0)
  await vi.waitFor(() => expect(terminal.output()).toContain('Waiting for changes'), 60_000)
  writeFileSync(main, scaffold)
  await vi.waitFor(() => expect(terminal.output()).toMatch(/Live: app/), 60_000)
  expect(platform.uploads).toHaveLength(1)
  terminal.stop.abort()
  expect(await running).toBe(0)
})

test('[8.2] dev of what does not load says where it is wrong and ends with 1', async () => {
  const folder = await newApp()
  await terminal.run('login')
  appendFileSync(path.join(folder, 'main.ts'), '\nexport const broken: string = ;\n')
  expect(await terminal.runIn('app', 'dev', '--yes')).toBe(1)
  expect(terminal.errors()).toMatch(/main\.ts:\d+:\d+ Unexpected ";"/)
  expect(platform.uploads).toHaveLength(0)
})

test('dev without a sign-in says so', async () => {
  await newApp()
  expect(await terminal.runIn('app', 'dev')).toBe(1)
  expect(terminal.errors()).toMatch(/imperal login/)
})

test('logs shows the deploys, and --follow goes on with the log', async () => {
  await newApp()
  await terminal.run('login')
  expect(await terminal.runIn('app', 'logs')).toBe(0)
  expect(terminal.printed.slice(0, 2)).toEqual([
    '2026-06-10T10:00:00.000Z 1.0.1 live 01234567',
    '2026-06-10T10:00:00.000Z 1.0.0 failed V16: say more',
  ])
  expect(await terminal.runIn('app', 'logs', '--limit', '50')).toBe(1)
  expect(terminal.errors()).toBe('--limit takes a whole number from 1 to 20.')
  const running = terminal.runIn('app', 'logs', '--follow')
  await vi.waitFor(() => expect(platform.streams.size).toBe(1), 60_000)
  const line = { ...LOGGED, level: 'info', text: 'hello' }
  platform.send('dev_log', { app_id: 'app', lines: [line], skipped: 0 })
  await vi.waitFor(() => expect(terminal.output()).toContain('10:00:00 info  greet: hello'))
  terminal.stop.abort()
  expect(await running).toBe(0)
})

test('doctor tells about machine, project, sign-in and platform, and for administrators what the platform finds', async () => {
  await newApp()
  expect(await terminal.runIn('app', 'doctor')).toBe(0)
  expect(terminal.output()).toMatch(/✓ This machine: Node [\d.]+/)
  expect(terminal.output()).toMatch(/✓ Extension: app v1\.0\.0 builds/)
  expect(terminal.output()).toMatch(/! Sign-in: not signed in/)
  expect(terminal.output()).toMatch(/✓ Platform: http.* is ready/)
  await terminal.run('login')
  await terminal.runIn('app', 'doctor')
  expect(terminal.output()).not.toMatch(/isolation/)
  platform.isAdmin = true
  await terminal.runIn('app', 'doctor')
  expect(terminal.output()).toMatch(/! Platform: isolation: level namespaced\n {4}Run as root\./)
  platform.isReady = false
  expect(await terminal.runIn('app', 'doctor')).toBe(1)
  expect(terminal.output()).toMatch(/✗ Platform: http.* answers 503[\s\S]*! Platform: isolation: level namespaced/)
  platform.isReady = true
})

test('doctor asks the installation of this machine where no platform answers', async () => {
  await newApp()
  const dataDir = path.join(terminal.folder, 'data')
  mkdirSync(dataDir)
  const env = { ...process.env, IMPERAL_DATA_DIR: dataDir, IMPERAL_ISOLATION: 'strongest' }
  Object.assign(env, {
    ...{ IMPERAL_LLM_PROVIDER: 'openai_compatible', IMPERAL_LLM_MODEL: 'local', IMPERAL_LLM_API_KEY: 'key-canary' },
    IMPERAL_LLM_BASE_URL: 'http://127.0.0.1:7/v1',
  })
  const beside = openTerminal({ folder: terminal.folder, env })
  // Nobody listens on the port of the system that asks who is there.
  expect(await beside.runIn('app', 'doctor', '--api', 'http://127.0.0.1:7')).toBe(1)
  expect(beside.output()).toMatch(/✗ Platform: .* does not answer/)
  expect(beside.output()).toMatch(/✗ Installation: settings: .*IMPERAL_ISOLATION/)
  expect(beside.output()).toMatch(/✓ Installation: disk: /)
  expect(beside.output()).toMatch(/[✓!] Installation: isolation: Extensions run at level/)
  expect(beside.output()).toMatch(/✗ Installation: language model: The provider openai_compatible gives no answer/)
  expect(beside.output()).not.toContain('key-canary')
})

test('doctor does not die of what it finds: broken code, unreadable credentials, no platform', async () => {
  const folder = await newApp()
  writeFileSync(path.join(folder, 'main.ts'), 'export const = 1')
  await terminal.run('login')
  writeFileSync(credentials(), 'nonsense')
  await platform.close()
  expect(await terminal.runIn('app', 'doctor', '--json')).toBe(1)
  const found = JSON.parse(terminal.output()) as { name: string; status: string }[]
  const failed = found.filter(({ status }) => status === 'fail').map(({ name }) => name)
  expect(failed).toEqual(['Extension', 'Sign-in', 'Platform'])
  platform = await new TestPlatform().open()
})

test('[E10] events that were given up are shown with their reason, and replayed by app or by time', async () => {
  await terminal.run('login')
  platform.dead = [
    {
      delivery_id: '019ab3c0-0000-7001-8000-000000000000',
      tenant_id: 'default',
      user_id: 'imp_u_ada00001',
      app_id: 'reports',
      handler: 'onDeal',
      event_type: 'crm.deal.created',
      event_id: '019ab3c0-0000-7001-8000-000000000001',
      error: 'the report is broken',
      failed_at: '2026-06-21T10:00:00Z',
    },
  ]
  expect(await terminal.run('events')).toBe(0)
  expect(terminal.output()).toMatch(/reports onDeal {2}crm\.deal\.created of imp_u_ada00001: the report is broken/)
  expect(await terminal.run('events', 'replay')).toBe(1)
  expect(terminal.errors()).toMatch(/Events of which app\?/)
  expect(await terminal.run('events', 'replay', '--app', 'reports', '--handler', 'onDeal')).toBe(0)
  expect(terminal.output()).toMatch(/1 event is being delivered again/)
  expect(await terminal.run('events', 'replay', '--app', 'reports', '--from', '2026-06-21T10:00:00Z')).toBe(0)
  expect(platform.replays).toEqual([
    { app_id: 'reports', handler: 'onDeal' },
    { app_id: 'reports', from: '2026-06-21T10:00:00.000Z' },
  ])
  expect(await terminal.run('events', 'replay', '--app', 'reports', '--from', 'yesterday')).toBe(1)
  expect(await terminal.run('events')).toBe(0)
  expect(terminal.output()).toMatch(/Every event was taken/)
})

test('document checks every file, makes the apps that are missing, and deploys; one bad document stops all', async () => {
  await terminal.run('login')
  const file = (name: string, content: object) =>
    writeFileSync(path.join(terminal.folder, name), JSON.stringify(content, null, 2))
  file('good.json', { ir_version: '1.0', app: { id: 'good', version: '1.0.0', title: 'Good' } })
  const step = { id: 'add', action: 'store.create', params: { collection: '1', data: {} } }
  file('bad.json', { app_id: 'bad', version: '1.0.0', steps: [step], broken: true })
  expect(await terminal.run('document', 'good.json', 'bad.json')).toBe(1)
  // Line 9 of the file is the one of the collection.
  expect(terminal.errors()).toBe(
    [
      '',
      "  ERROR bad.json:9  [IR46] steps.0.params.collection: collection '1' is not a valid name",
      '         Fix: Begin with a letter.',
    ].join('\n'),
  )
  expect(terminal.output()).toContain('bad.json: not valid.')
  expect(platform.deployedDocuments).toEqual([])
  expect(await terminal.run('document', 'good.json', '--check')).toBe(0)
  expect(platform.deployedDocuments).toEqual([])
  expect(await terminal.run('document', 'good.json', '-y')).toBe(0)
  expect(terminal.output()).toContain('good 1.0.0: deployed as revision 1 (add).')
  expect(terminal.output()).toContain(
    ["  WARN  good.json:3  [IR70] app.functions: function 'old' removed", '         Fix: Keep it.'].join('\n'),
  )
  expect(platform.seen).toContain('POST /v1/developer/apps')
  expect(platform.deployedDocuments).toEqual([expect.objectContaining({ dev_mode: true })])
  file('nobody.json', {})
  expect(await terminal.run('document', 'nobody.json')).toBe(1)
  expect(terminal.errors()).toContain('names no app')
})
