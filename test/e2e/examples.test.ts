import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp, deployApp } from '../support/extension.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin } from '../support/session.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const CLI = path.join(CHECKOUT, 'packages/cli/bin/imperal.mjs')
const EXAMPLES = readdirSync(path.join(CHECKOUT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

let server: TestServer
let author: Session
const workshop = mkdtempSync(path.join(tmpdir(), 'imperal-examples-'))
beforeAll(async () => {
  server = await startTestServer({ env: { IMPERAL_ALLOW_PRIVATE_NETWORK: 'true' } })
  author = await signInAdmin(server)
  symlinkSync(path.join(CHECKOUT, 'node_modules'), path.join(workshop, 'node_modules'))
}, 240_000)
afterAll(() => rmSync(workshop, { recursive: true }))

/** Copies an example as an author would, and runs the command line in it. */
async function built(name: string): Promise<string> {
  const folder = path.join(workshop, name)
  cpSync(path.join(CHECKOUT, 'examples', name), folder, {
    recursive: true,
    filter: (file) => !/\/(node_modules|dist)$/.test(file),
  })
  for (const args of [['validate', '--strict'], ['build']])
    await promisify(execFile)(process.execPath, [CLI, ...args], {
      cwd: folder,
      env: { ...process.env, HOME: workshop },
    })
  return folder
}

async function deployed(name: string): Promise<void> {
  const dist = path.join(await built(name), 'dist')
  const read = (file: string) => readFileSync(path.join(dist, file), 'utf8')
  await createApp(author, name)
  const app = {
    appId: name,
    bundle: read('bundle.js'),
    sourceMap: read('bundle.js.map'),
    manifest: JSON.parse(read('imperal.json')),
  }
  expect(await deployApp(server.url, author, app)).toMatchObject({ status: 'live' })
}

test.each(EXAMPLES)('the example %s has no finding, builds and goes live', deployed, 120_000)

describe('on the platform', () => {
  test('watchtower sees that a site is up, and that it went down', async () => {
    let status = 200
    const site = createServer((_request, response) => response.writeHead(status).end()).listen(0, '127.0.0.1')
    await once(site, 'listening')
    try {
      const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`
      const added = await author.call('watchtower', 'watch_site', { url })
      expect(added).toMatchObject({ status: 'success', data: { url, up: true } })
      status = 503
      const { site_id } = added.data as { site_id: string }
      expect(await author.call('watchtower', 'check_site', { site_id })).toMatchObject({ data: { up: false } })
      const panel = await author.call('watchtower', '__panel__sites')
      expect(JSON.stringify(panel.ui)).toContain('"label":"down"')
      expect(await author.call('watchtower', 'forget_site', { site_id })).toMatchObject({
        error_code: 'CONFIRMATION_REQUIRED',
      })
    } finally {
      site.close()
    }
  })

  test('expenses adds up a month, warns at the budget and writes a report that can be downloaded', async () => {
    await author.call('expenses', 'set_budget', { category: 'food', amount: 10 })
    for (const amount of [7.1, 7.2])
      await author.call('expenses', 'add_expense', { amount, what: 'Lunch', category: 'food' })
    expect(await author.call('expenses', 'list_expenses')).toMatchObject({ data: { total: 14.3 } })
    const { body } = await author.request('GET', '/v1/notifications')
    expect(JSON.stringify(body)).toContain('You have spent 14.30 EUR of 10.00 EUR on food.')
    const report = (await author.call('expenses', 'write_report')).data as { url: string; expenses: number }
    expect(report.expenses).toBe(2)
    expect(await (await fetch(report.url)).text()).toMatch(/^day,category,amount,what\r\n.*,food,7\.20,"Lunch"/)
  })
})
