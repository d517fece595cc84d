import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEgress } from './create-egress.ts'
import { fetchThrough } from './fetch-through.ts'

let server: Server
let base: string
const open = createEgress({ allowPrivate: true })
const strict = createEgress()

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method === 'DELETE') return void response.writeHead(204).end()
    const { 'content-length': length = 'none', 'x-key': key = 'none' } = request.headers
    response.writeHead(200, { 'x-seen': `${request.method} ${length} ${key}`, 'set-cookie': ['a=1', 'b=2'] })
    request.pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(async () => {
  server.close()
  await Promise.all([open.close(), strict.close()])
})

test('behaves as fetch: a body with its length, headers, an answer that streams, and one without a body', async () => {
  const answer = await fetchThrough(open)(base, { method: 'POST', body: 'hällo', headers: { 'x-key': 'k' } })
  expect(answer.headers.get('x-seen')).toBe('POST 6 k')
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(await answer.text()).toBe('hällo')
  expect((await fetchThrough(open)(new Request(base, { method: 'DELETE' }))).status).toBe(204)
})

test('an address that is closed is refused', async () => {
  await expect(fetchThrough(strict)(base)).rejects.toMatchObject({ code: 'EGRESS_REFUSED' })
})
