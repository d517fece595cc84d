import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { installPanel } from './panel-files.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'imperal-panel-'))
mkdirSync(path.join(folder, 'assets'))
writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Panel</title>')
writeFileSync(path.join(folder, 'assets', 'main-1a2b.js'), 'export {}')
const app = fastify()
await installPanel(app, folder)
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true })
})

test.each(['/', '/index.html', '/ext/notes', '/assets/../index.html'])(
  'the page may not be framed and runs its own scripts only: %s',
  async (url) => {
    const answer = await app.inject({ method: 'GET', url })
    expect([answer.statusCode, answer.body]).toEqual([200, '<!doctype html><title>Panel</title>'])
    expect(answer.headers['content-security-policy']).toMatch(/script-src 'self';.*frame-ancestors 'none'/)
  },
)

test('hashed files are kept for ever, and addresses of the API are no page', async () => {
  const asset = await app.inject({ method: 'GET', url: '/assets/main-1a2b.js' })
  expect(asset.headers['cache-control']).toContain('immutable')
  expect((await app.inject({ method: 'GET', url: '/v1/nothing' })).statusCode).toBe(404)
})
