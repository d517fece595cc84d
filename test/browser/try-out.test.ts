import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInAdmin, until } from '../support/session.ts'
import { PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { useStage } from './support/stage.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const CLI = path.join(CHECKOUT, 'packages/cli/bin/imperal.mjs')
const stage = useStage()
const workshop = mkdtempSync(path.join(tmpdir(), 'imperal-try-out-'))
const folder = path.join(workshop, 'my-list')
let dev: ChildProcess | undefined
let printed = ''

function imperal(cwd: string, ...args: string[]): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: workshop, IMPERAL_API_URL: stage.server.url }
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk
    })
  return child
}

beforeAll(async () => {
  const { token, refreshToken, userId } = await signInAdmin(stage.server)
  mkdirSync(path.join(workshop, '.imperal'))
  const credential = { access_token: token, refresh_token: refreshToken, expires_at: Date.now() / 1000 + 600 }
  const platforms = { [stage.server.url]: { ...credential, email: stage.server.adminEmail, user_id: userId } }
  writeFileSync(path.join(workshop, '.imperal/credentials.json'), JSON.stringify({ version: 1, platforms }))
  symlinkSync(path.join(CHECKOUT, 'node_modules'), path.join(workshop, 'node_modules'))
  expect(await once(imperal(workshop, 'init', 'my-list', '--template', 'panel'), 'close')).toEqual([0, null])
  dev = imperal(folder, 'dev', '--yes')
}, PATIENCE)
afterAll(async () => {
  if (dev !== undefined && dev.exitCode === null) {
    const ended = once(dev, 'close')
    dev.kill('SIGINT')
    await ended
  }
  rmSync(workshop, { recursive: true, force: true })
}, PATIENCE)

test(
  '[8.2] an author tries functions and panels on the page of imperal dev, and sees every call in its log',
  async () => {
    const url = await until(async () => /Try it: (\S+)/.exec(printed)?.[1], PATIENCE)
    const visitor = await stage.open()
    const { page } = visitor
    await visitor.go(url)
    await shown(page.getByRole('heading', { name: 'My List Extension' }))
    expect(page.url()).not.toContain('key=')

    await page.getByRole('button', { name: 'add_entry', exact: true }).click()
    await page.getByRole('textbox').first().fill('Milk')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    const result = page.getByRole('region', { name: 'Result' })
    await shown(result.getByText('Added “Milk”'))
    const log = page.getByRole('log')
    await shown(log.getByText(/call {2}add_entry \{"text":"Milk"\} by panel → success in \d+ ms: Added “Milk”/))

    await page.getByRole('button', { name: 'My List', exact: true }).click()
    const panel = page.getByRole('main')
    await shown(panel.getByText('Milk'))
    await panel.getByRole('textbox', { name: 'New entry' }).fill('Bread')
    await panel.getByRole('button', { name: 'Add' }).click()
    await shown(panel.getByText('Bread'))

    await page.getByRole('button', { name: 'list_entries', exact: true }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    const id = await until(async () => /"entry_id": "([^"]+)"/.exec((await result.textContent()) ?? '')?.[1], PATIENCE)
    await page.getByRole('button', { name: 'remove_entry', exact: true }).click()
    await page.getByRole('textbox').first().fill(id)
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await shown(result.getByText('CONFIRMATION_REQUIRED'))
    await result.getByRole('button', { name: 'Confirm' }).click()
    await shown(result.getByText('Removed the entry'))

    expect(await page.evaluate('document.cookie')).toBe('')
    await visitor.picture('try-out')
  },
  STORY_TIMEOUT,
)
