import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { installPanel } from './panel-files.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'imperal-panel-'))
mkdirSync(path.join(folder, 'assets'))
writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Panel</title>')
writeFileSync(path.join(folder, 'assets', 'main-1a2b.js'), 'export {}')
writeFileSync(path.join(folder, 'assets', 'main-1a2b.js.br'), brotliCompressSync('export {}'))
const app = fastify()
await installPanel(app, folder, () => [])
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

test('[I7-4] what the build compressed travels so to whoever takes it', async () => {
  const get = (coding: string) =>
    app.inject({ method: 'GET', url: '/assets/main-1a2b.js', headers: { 'accept-encoding': coding } })
  const small = await get('gzip, deflate, br')
  expect([small.headers['content-encoding'], small.headers['content-type']]).toEqual([
    'br',
    'application/javascript; charset=utf-8',
  ])
  expect(small.headers.vary).toMatch(/accept-encoding/i)
  expect(small.headers['cache-control']).toContain('immutable')
  expect(brotliDecompressSync(small.rawPayload).toString()).toBe('export {}')
  const plain = await get('identity')
  expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, 'export {}'])
})

test('a file of an older build is not there, and is not the page', async () => {
  const answer = await app.inject({ method: 'GET', url: '/assets/main-0000.js' })
  expect([answer.statusCode, answer.json().error]).toEqual([404, 'not_found'])
  expect(answer.headers['cache-control'] ?? '').not.toContain('immutable')
  expect((await app.inject({ method: 'GET', url: '/assets/' })).statusCode).toBe(404)
})

test('what the build says about itself is not served', async () => {
  mkdirSync(path.join(folder, '.vite'), { recursive: true })
  writeFileSync(path.join(folder, '.vite', 'manifest.json'), '{"secret":"map"}')
  const { body } = await app.inject({ method: 'GET', url: '/.vite/manifest.json' })
  expect(body).not.toContain('secret')
})

test('a panel that is built anew, or for the first time, is served without a start of the server', async () => {
  const late = mkdtempSync(path.join(tmpdir(), 'imperal-panel-'))
  const other = fastify()
  await installPanel(other, late, () => [])
  const get = (url: string) => other.inject({ method: 'GET', url })
  expect((await get('/')).statusCode).toBe(503)
  mkdirSync(path.join(late, 'assets'))
  writeFileSync(path.join(late, 'index.html'), '<title>New</title>')
  writeFileSync(path.join(late, 'assets', 'main-3c4d.js'), 'export const fresh = 1')
  expect([(await get('/ext/notes')).body, (await get('/assets/main-3c4d.js')).body]).toEqual([
    '<title>New</title>',
    'export const fresh = 1',
  ])
  rmSync(path.join(late, 'assets', 'main-3c4d.js'))
  expect((await get('/assets/main-3c4d.js')).statusCode).toBe(404)
  await other.close()
  rmSync(late, { recursive: true })
})
