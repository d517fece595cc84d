import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Hosts, HostTarget } from '../index.ts'
import { artefactOf, bundleOf, callOf, openTestHosts, recorder } from '../testing.ts'
import { LOOPBACK_SPELLINGS } from './loopback-spellings.ts'

const bundle = bundleOf({
  get: `async ({ url, init }) => {
    const response = await fetch(url, init)
    return { status: response.status, text: await response.text(), headers: Object.fromEntries(response.headers) }
  }`,
  attempt: `async ({ url }) => fetch(url).then((r) => 'status ' + r.status, (error) => 'refused: ' + error.message)`,
  forge: `async ({ url }) => {
    const native = Object.getPrototypeOf(globalThis).fetch
    const response = await native.call(globalThis, url, { headers: { 'x-imperal-call': 'AAAAAAAAAAAAAAAAAAAAAAAA' } })
    return response.status
  }`,
  leave: `({ url }) => { globalThis.later = () => fetch(url); return null }`,
  later: `async () => globalThis.later().then((r) => r.status, (error) => error.message)`,
  stream: `async ({ url }) => {
    let bytes = 0
    for await (const chunk of (await fetch(url)).body) bytes += chunk.length
    return bytes
  }`,
  upload: `async ({ url }) => {
    const response = await fetch(url, { method: 'POST', body: new Uint8Array(3 << 20) })
    return response.text()
  }`,
})

let server: Server
let port: number
let hits: IncomingMessage[] = []
let handler: RequestListener
let strict: Hosts
let open: Hosts
const target: HostTarget = { artefact: artefactOf(bundle), shareKey: 'all' }

beforeAll(async () => {
  server = createServer((request, response) => {
    hits.push(request)
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '::', resolve))
  port = (server.address() as AddressInfo).port
  strict = await openTestHosts()
  open = await openTestHosts({ allowPrivateNetwork: true })
})
beforeEach(() => {
  hits = []
  handler = (_, response) => response.end('reached')
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await Promise.all([strict.close(), open.close()])
})

const url = (path = '/') => `http://127.0.0.1:${port}${path}`
const run = (hosts: Hosts, name: string, params: object, calls = recorder()) =>
  hosts.call(target, callOf(name, { ...params }), calls)

describe('a plain fetch of author code', () => {
  test.each(LOOPBACK_SPELLINGS)('to %s is refused with a reason', async (host) => {
    const answer = await run(strict, 'attempt', { url: `http://${host}:${port}/` })
    expect(answer).toMatch(/^refused: /)
    expect(hits).toEqual([])
  })

  test('goes out through the same checks, without the header that ties it to its call', async () => {
    handler = (request, response) =>
      response.writeHead(202, { 'x-imperal-refused': 'faked' }).end(request.headers['x-own'])
    const asked: unknown[] = []
    const calls = recorder(() => null, { onEgress: (request) => asked.push(request) > 0 })
    const answer = await run(open, 'get', { url: url('/a?b=1'), init: { headers: { 'x-own': 'kept' } } }, calls)
    expect(answer).toMatchObject({ status: 202, text: 'kept' })
    expect(asked).toEqual([{ method: 'GET', host: `127.0.0.1:${port}` }])
    expect(hits[0]?.url).toBe('/a?b=1')
    expect(hits[0]?.headers['x-imperal-call']).toBeUndefined()
  })

  test('is refused when its call says no, when it shows no living call, and after its call', async () => {
    const refusing = recorder(() => null, { onEgress: () => false })
    expect(await run(open, 'attempt', { url: url() }, refusing)).toContain('may not reach')
    expect(await run(open, 'forge', { url: url() })).toBe(502)
    await run(open, 'leave', { url: url() })
    expect(await run(open, 'later', {})).toBe(200)
    expect(hits).toHaveLength(1)
  })

  test('follows a redirect only through the check', async () => {
    handler = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
    expect(await run(open, 'attempt', { url: url() })).toMatch(/^refused: .*metadata/)
  })

  test('streams, uploads, and is cut beyond 10 MiB', async () => {
    handler = (request, response) => {
      if (request.method === 'GET') return void response.end(Buffer.alloc(3 << 20))
      let bytes = 0
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      request.on('end', () => response.end(`${bytes} of ${request.headers['content-length']}`))
    }
    expect(await run(open, 'stream', { url: url() })).toBe(3 << 20)
    expect(await run(open, 'upload', { url: url() })).toBe(`${3 << 20} of ${3 << 20}`)
    handler = (_, response) => response.end(Buffer.alloc(11 << 20))
    await expect(run(open, 'stream', { url: url() })).rejects.toMatchObject({ code: 'EXT_THREW' })
  })

  test('ends with its call', async () => {
    const left = Promise.withResolvers<void>()
    handler = (request) => request.socket.once('close', () => left.resolve())
    const call = callOf('attempt', { url: url() }, { deadline: Date.now() + 1_500 })
    await expect(open.call(target, call, recorder())).rejects.toMatchObject({ code: 'EXT_TIMEOUT' })
    await left.promise
  })
})
