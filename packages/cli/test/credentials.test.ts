import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TestPlatform } from './platform.ts'
import { openTerminal, type TestTerminal } from './test-io.ts'

vi.setConfig({ testTimeout: 120_000 })
let platform: TestPlatform
let terminal: TestTerminal
const inHome = (name = 'credentials') => path.join(terminal.home, '.imperal', name)
const write = (file: string, ...lines: string[]) => {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
}
const text = () => readFileSync(inHome(), 'utf8')

beforeEach(async () => {
  platform = await new TestPlatform().open()
  terminal = openTerminal()
})
afterEach(async () => {
  await platform.close()
  rmSync(terminal.folder, { recursive: true, force: true })
})

test('[8.1] login writes an INI file with the platform below [default]; every command then finds it there', async () => {
  expect(await terminal.run('login', '--api', platform.url)).toBe(0)
  expect(text()).toMatch(
    new RegExp(
      [
        String.raw`^\[default\]\ngateway_url = (\S+)\nregistry_url = \1/registry\n`,
        String.raw`\n\[\1\]\naccess_token = access-1\nrefresh_token = refresh-1\nexpires_at = \d+\nemail = ada@example\.com\nuser_id = \S+\n$`,
      ].join(''),
    ),
  )
  expect(statSync(inHome()).mode & 0o777).toBe(0o600)
  expect(await terminal.run('whoami')).toBe(0)
  expect(terminal.output()).toMatch(new RegExp(`ada@example.com .* at ${platform.url}$`))
  expect(await terminal.run('logout')).toBe(0)
  expect(text()).toBe('[default]\n')
})

test('[8.1] what people wrote stays: a second platform, comments, their own keys', async () => {
  write(
    inHome(),
    '# of the company',
    '[default]',
    'gateway_url = https://cloud.example.com',
    'api_key = mine',
    'team = a',
  )
  expect(await terminal.run('login', '--api', platform.url)).toBe(0)
  expect(text()).toMatch(
    /^# of the company\n\[default\]\ngateway_url = https:\/\/cloud\.example\.com\napi_key = mine\nteam = a\n\n\[http/,
  )
  expect(await terminal.run('logout', '--api', platform.url)).toBe(0)
  expect(text()).toBe(
    '# of the company\n[default]\ngateway_url = https://cloud.example.com\napi_key = mine\nteam = a\n',
  )
})

test('[8.1] a key below [default] signs in at its platform and goes nowhere else; the environment wins', async () => {
  write(inHome(), '[default]', `gateway_url = ${platform.url}/`, 'api_key = key-1')
  expect(await terminal.run('whoami')).toBe(0)
  const other = await new TestPlatform().open()
  try {
    expect(await terminal.run('whoami', '--api', other.url)).toBe(1)
    expect(terminal.errors()).toMatch(/not signed in/)
    expect(other.seen).toEqual([])
    terminal.env = { ...terminal.env, IMPERAL_GATEWAY_URL: other.url, IMPERAL_API_KEY: 'key-1' }
    expect(await terminal.run('whoami')).toBe(0)
    expect(other.seen).toEqual(['GET /v1/auth/me'])
  } finally {
    await other.close()
  }
})

test('[8.1] registry_url and IMPERAL_REGISTRY_URL name their platform where no gateway is named', async () => {
  write(inHome(), '[default]', `registry_url = ${platform.url}/registry`, 'api_key = key-1')
  expect(await terminal.run('whoami')).toBe(0)
  expect(platform.seen).toEqual(['GET /v1/auth/me'])
  const other = await new TestPlatform().open()
  try {
    terminal.env = { ...terminal.env, IMPERAL_REGISTRY_URL: `${other.url}/registry/`, IMPERAL_API_KEY: 'key-1' }
    expect(await terminal.run('whoami')).toBe(0)
    expect(other.seen).toEqual(['GET /v1/auth/me'])
    terminal.env = { ...terminal.env, IMPERAL_GATEWAY_URL: platform.url }
    expect(await terminal.run('whoami')).toBe(0)
    expect(other.seen).toEqual(['GET /v1/auth/me'])
  } finally {
    await other.close()
  }
})

test('[8.1] credentials of the folder win over those of the user', async () => {
  write(inHome(), '[default]', 'gateway_url = http://127.0.0.1:1', 'api_key = other')
  write(
    path.join(terminal.folder, 'app/.imperal/credentials'),
    '[default]',
    `gateway_url = ${platform.url}`,
    'api_key = key-1',
  )
  expect(await terminal.runIn('app', 'whoami')).toBe(0)
  expect(await terminal.run('whoami')).toBe(1)
  expect(terminal.errors()).toMatch(/127\.0\.0\.1:1/)
})

test('a JSON file of earlier command lines is taken over once and removed', async () => {
  await terminal.run('login', '--api', platform.url)
  rmSync(inHome())
  const credential = {
    access_token: 'access-1',
    refresh_token: 'refresh-1',
    expires_at: 4e9,
    email: 'a@b.example',
    user_id: 'imp_u_a',
  }
  write(inHome('credentials.json'), JSON.stringify({ version: 1, platforms: { [platform.url]: credential } }))
  expect(await terminal.run('whoami')).toBe(0)
  expect(existsSync(inHome('credentials.json'))).toBe(false)
  expect(text()).toContain(`[${platform.url}]\naccess_token = access-1\n`)
  expect(statSync(inHome()).mode & 0o777).toBe(0o600)
})

test('what cannot be read is named with its line or what is missing, and doctor lives on', async () => {
  terminal.env = { ...terminal.env, IMPERAL_API_URL: platform.url }
  write(inHome(), '[default]', 'what is this')
  expect(await terminal.run('whoami')).toBe(1)
  expect(terminal.errors()).toMatch(/credentials cannot be read as credentials: line 2 is neither/)
  write(inHome(), `[${platform.url}]`, 'access_token = a')
  expect(await terminal.run('whoami')).toBe(1)
  expect(terminal.errors()).toMatch(/lacks refresh_token, expires_at, email, user_id/)
  expect(await terminal.run('doctor')).toBe(1)
  expect(terminal.output()).toMatch(/✗ Sign-in: .*lacks/)
  rmSync(inHome())
  write(inHome('credentials.json'), '{"version": 2}')
  expect(await terminal.run('whoami')).toBe(1)
  expect(terminal.errors()).toMatch(/credentials\.json cannot be read/)
})
