import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ImperalAuth } from '../../packages/sdk/src/auth/index.ts'
import { type NpmRegistry, startNpmRegistry } from '../support/npm-registry.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'

const workshop = mkdtempSync(path.join(tmpdir(), 'imperal-templates-'))
let server: TestServer
let registry: NpmRegistry
let github: Server
let author: Session

interface Printed {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function start(folder: string, program: string, args: readonly string[]) {
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
      HOME: path.join(workshop, 'home'),
      npm_config_registry: registry.url,
      npm_config_cache: path.join(workshop, 'cache'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { out: '', err: '' }
  for (const [name, stream] of [
    ['out', child.stdout],
    ['err', child.stderr],
  ] as const)
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed[name] += chunk
    })
  return { child: child as ChildProcess, printed }
}

async function run(folder: string, program: string, ...args: string[]): Promise<Printed> {
  const { child, printed } = start(folder, program, args)
  const [code] = await once(child, 'close')
  return { code, ...printed }
}

/** Runs what has to succeed without a complaint, and gives what it said. */
async function said(folder: string, program: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await run(folder, program, ...args)
  expect({ command: [program, ...args].join(' '), code, err, ...(code === 0 ? {} : { out }) }).toEqual({
    command: [program, ...args].join(' '),
    code: 0,
    err: '',
  })
  return out
}

const IMPERAL = 'node_modules/.bin/imperal'

beforeAll(async () => {
  registry = await startNpmRegistry()
  server = await startTestServer({ env: { IMPERAL_ALLOW_PRIVATE_NETWORK: 'true' } })
  author = await signInAdmin(server)
  github = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end('[{"number":7,"title":"Slow","state":"open"}]'),
  ).listen(0, '127.0.0.1')
  await once(github, 'listening')
  mkdirSync(path.join(workshop, 'home'))
  // As the guide says: the command line comes from the platform.
  writeFileSync(path.join(workshop, 'package.json'), '{"private":true,"allowScripts":{"esbuild":false}}')
  await said(workshop, 'npm', 'install', `${server.url}/packages/imperal-cli-0.1.0.tgz`)
  const { child, printed } = start(workshop, IMPERAL, ['login', '--api', server.url])
  const code = await until(async () => /approve the code (\S+?)\./.exec(printed.out)?.[1], 60_000)
  expect((await author.request('POST', `/v1/auth/cli/device/${code}/approve`, {})).status).toBe(200)
  expect(await once(child, 'close')).toEqual([0, null])
}, 180_000)
afterAll(async () => {
  github?.close()
  await registry?.close()
  rmSync(workshop, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** What is called after the deploy, and what comes back. */
const CALLS = {
  chat: ['greet', {}, { message: 'Hello, World!' }],
  tool: ['my_tool', { text: 'one two' }, { words: 2, characters: 7 }],
  panel: ['add_entry', { text: 'Milk' }, { text: 'Milk' }],
  connector: ['list_issues', { repository: 'nodejs/node' }, { issues: [{ number: 7, title: 'Slow' }] }],
  full: ['add_line', { text: 'Sun' }, { text: 'Sun' }],
} as const

test.each(Object.entries(CALLS))(
  '[8.3] [S003-029] %s: init, install, test, validate, build and deploy pass without a warning, and its call is recorded',
  async (template, [name, params, answer]) => {
    const appId = `my-${template}`
    await said(workshop, IMPERAL, 'init', appId, '--template', template, '--api', server.url)
    const folder = path.join(workshop, appId)
    if (template === 'connector') {
      const file = path.join(folder, 'src/github.ts')
      const own = `http://127.0.0.1:${(github.address() as AddressInfo).port}`
      writeFileSync(file, readFileSync(file, 'utf8').replace('https://api.github.com', own))
    }
    await said(folder, 'npm', 'install')
    const tested = await said(folder, 'npm', 'test')
    expect(tested).toMatch(/pass [1-9]/)
    expect(tested).toMatch(/fail 0/)
    expect(await said(folder, IMPERAL, 'validate', '--strict')).toMatch(/\n0 errors, 0 warnings\n$/)
    expect(await said(folder, IMPERAL, 'build')).toContain(`Built: ${appId} v1.0.0`)
    expect(await said(folder, IMPERAL, 'deploy', '--yes')).toContain(`Live: ${appId} v1.0.0`)
    // Of the SDK and of zod only what is used, with the check of trees: all of zod alone is 590 KB.
    expect(statSync(path.join(folder, 'dist/bundle.js')).size).toBeLessThan(480 * 1024)

    const called = await author.call(appId, name, params)
    expect(called).toMatchObject({ status: 'success', data: answer })
    if (template === 'chat') expect(called.summary).toBe('Greeted World')
    const { body } = await author.request('GET', `/v1/actions?app_id=${appId}`)
    const { actions } = body as { actions: { trace_id: string }[] }
    expect(actions.filter(({ trace_id: trace }) => trace === called.trace_id)).toMatchObject([
      { tool_name: name, status: 'success', user_id: author.userId },
    ])
  },
  240_000,
)

test('[3.18] a service of one’s own knows a token of the platform by its published keys', async () => {
  const auth = new ImperalAuth(server.url)
  expect(await auth.verify(author.token)).toMatchObject({ imperalId: author.userId, tenantId: 'default' })
  expect(await auth.getUserInfo(author.token)).toMatchObject({ imperal_id: author.userId })
  await expect(auth.verify(`${author.token.slice(0, -4)}AAAA`)).rejects.toThrow('Invalid token')
})
