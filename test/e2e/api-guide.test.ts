import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mailedToken } from '../support/mailbox.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const page = readFileSync(path.join(import.meta.dirname, '../../docs/guide/api.md'), 'utf8')
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block as string)
const folder = mkdtempSync(path.join(tmpdir(), 'imperal-api-guide-'))
const kept = path.join(folder, 'variables')
const TIMED_OUT = 28
let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
  writeFileSync(kept, '')
}, 180_000)
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a block as it is printed, with what the blocks before it set; gives what it printed. */
async function shell(block: string): Promise<string> {
  const script = `set -a; . ${kept}\n${block}\ncode=$?; declare -p | grep -v '^declare -[a-z]*r' > ${kept}; exit $code`
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk
  })
  const [code] = await once(child, 'close')
  expect([0, TIMED_OUT], `${block}\n${printed}`).toContain(code)
  return printed
}

/** What each request has to answer, by its address; seed shapes, without what changes. */
const ANSWERS: readonly [RegExp, object][] = [
  [/auth\/signup/, { message: expect.any(String), user_id: expect.stringMatching(/^imp_u_/) }],
  [/auth\/verify-email/, { access_token: expect.any(String), token_type: 'bearer' }],
  [/auth\/login/, { access_token: expect.any(String), refresh_token: expect.any(String), expires_in: 3600 }],
  [/auth\/refresh/, { access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer' }],
  [/auth\/me/, { imperal_id: expect.stringMatching(/^imp_u_/), role: 'user', tenant_id: 'default', is_active: true }],
  [/apps\?search=notes/, [expect.objectContaining({ app_id: 'notes', pricing_model: 'free' })]],
  [/apps\/notes\/install/, { app_id: 'notes', status: 'installed', installed_at: expect.any(String) }],
  [/me\/extensions/, expect.arrayContaining([expect.objectContaining({ app_id: 'notes', is_installed: true })])],
  [/notes\/call/, { status: 'success', data: { note_id: expect.any(String) }, error: null }],
  [/notes\/batch/, [{ status: 'success' }, { status: 'success', data: { total: 2 } }]],
  [/billing\/balance/, { balance: expect.any(Number), currency: 'token', updated_at: expect.any(String) }],
  [/developer\/register/, {}],
  [/developer\/apps -H/, { app_id: 'my-extension', status: 'draft', created_at: expect.any(String) }],
  [/my-extension\/deploys/, { deploy_id: expect.stringMatching(/^dep_/), version: '1.0.0', status: 'pending' }],
  [/deploy_ir/, { status: 'success', data: { app_id: 'my-extension', steps_registered: 1, ir_version: '1.0.0' } }],
  [/my-extension\/submit/, { app_id: 'my-extension', status: 'pending_review', submitted_at: expect.any(String) }],
]

test('[S001-093] every request of the page runs as it is printed, in its order, and answers what it should', async () => {
  expect([...page.matchAll(/^\*\*(\d+)\. /gm)].map(([, number]) => Number(number))).toEqual(
    Array.from({ length: 15 }, (_, index) => index + 1),
  )
  const seen = new Set<RegExp>()
  for (const printed of blocks) {
    let block = printed.replace('API=http://127.0.0.1:4780', `API=${server.url}`)
    if (block.includes('$MAIL_TOKEN')) block = `MAIL_TOKEN=${await mailedToken(server, 'grace@example.com')}\n${block}`
    const answer = await shell(block)
    for (const [address, shape] of ANSWERS) {
      if (!address.test(block)) continue
      seen.add(address)
      // Where a block sends two requests the last one is meant.
      const json = JSON.parse(
        answer
          .trim()
          .split('\n')
          .at(-1)
          ?.replace(/^.*\}(?=\{"status")/, '') ?? '',
      )
      expect(json, `${block}\n${answer}`).toMatchObject(shape)
    }
    if (block.includes('events/stream')) expect(answer).toMatch(/^(?::|data:|id:|retry:)/m)
  }
  expect(seen.size).toBe(ANSWERS.length)
}, 240_000)
