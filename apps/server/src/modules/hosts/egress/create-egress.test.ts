import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEgress, type Egress, type EgressOptions } from './create-egress.ts'
import type { EgressError } from './errors.ts'
import { LOOPBACK_SPELLINGS } from './loopback-spellings.ts'

let server: Server
let other: Server
let port: number
let otherPort: number
let hits: IncomingMessage[] = []
let handler: RequestListener
const egresses: Egress[] = []

const listen = (made: Server, host: string): Promise<number> =>
  new Promise((resolve) => made.listen(0, host, () => resolve((made.address() as AddressInfo).port)))

beforeAll(async () => {
  const answer: RequestListener = (request, response) => {
    hits.push(request)
    handler(request, response)
  }
  server = createServer(answer)
  other = createServer(answer)
  port = await listen(server, '::')
  otherPort = await listen(other, '::')
})
beforeEach(() => {
  hits = []
  handler = (_, response) => response.end('reached')
})
afterAll(async () => {
  server.close()
  other.close()
  await Promise.all(egresses.map((egress) => egress.close()))
})

function open(options: EgressOptions = {}): Egress {
  const egress = createEgress(options)
  egresses.push(egress)
  return egress
}
const failure = (promise: Promise<unknown>): Promise<EgressError> =>
  promise.then(
    () => expect.fail('it must fail'),
    (error) => error,
  )
const get = (egress: Egress, url: string, more = {}) => egress.request({ method: 'GET', url, ...more })

test('a redirect leads only where the caller may go', async () => {
  const egress = open({ allowPrivate: true })
  handler = (request, response) => {
    if (request.url === '/') response.writeHead(302, { location: `http://localhost:${otherPort}/there` })
    response.end('reached')
  }
  const asked: string[] = []
  const mayReach = (verdict: boolean) => (host: string) => asked.push(host) > 0 && verdict
  const from = `http://127.0.0.1:${port}/`
  expect((await failure(get(egress, from, { mayReach: mayReach(false) }))).code).toBe('EGRESS_REFUSED')
  expect(hits.map((hit) => hit.url)).toEqual(['/'])
  expect((await get(egress, from, { mayReach: mayReach(true) })).url).toContain('/there')
  expect(asked).toEqual(['localhost', 'localhost'])
})

describe('closed addresses', () => {
  const strict = open()
  const spellings = LOOPBACK_SPELLINGS.flatMap((host) => [`http://${host}:PORT/`])
  test.each([...spellings, 'http:\\\\127.0.0.1:PORT\\', 'http:127.0.0.1:PORT', 'http:/127.0.0.1:PORT'])(
    '%s is not reached',
    async (url) => {
      expect((await failure(get(strict, url.replace('PORT', `${port}`)))).code).toMatch(/EGRESS_(REFUSED|INVALID)/)
      expect(hits).toEqual([])
    },
  )

  test.each([
    'file:///etc/passwd',
    'ftp://example.com/',
    'data:text/plain,x',
    'javascript:1',
    'ws://example.com',
    '',
    'x',
  ])('the address %j is refused', async (url) =>
    expect((await failure(get(strict, url))).code).toMatch(/EGRESS_(REFUSED|INVALID)/),
  )

  test('a public name that resolves to a closed address, alone or among others, is refused', async () => {
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:7f00:1'], ['2606:4700::1', 'fd00::1']]) {
      const resolve = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      const error = await failure(get(open({ resolve }), `http://rebound.example:${port}/`))
      expect(error).toMatchObject({ code: 'EGRESS_REFUSED', message: expect.not.stringContaining('127.0.0.1') })
    }
    expect(hits).toEqual([])
  })

  test('an answer of DNS that changes between check and connection changes nothing', async () => {
    let asked = 0
    const resolve = async () => [{ address: asked++ === 0 ? '127.0.0.2' : '127.0.0.1', family: 4 }]
    const egress = open({ resolve, allow: ['127.0.0.2'] })
    expect((await get(egress, `http://rebound.example:${port}/`)).body.toString()).toBe('reached')
    expect(asked).toBe(1)
    expect(hits[0]?.socket.localAddress).toMatch(/127\.0\.0\.2$/)
  })

  test('a proxy of the environment is ignored', async () => {
    const before = { ...process.env }
    process.env.HTTP_PROXY = `http://127.0.0.1:${port}`
    process.env.http_proxy = process.env.HTTP_PROXY
    try {
      const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
      expect((await failure(get(open({ resolve }), 'http://public.example/'))).code).toBe('EGRESS_REFUSED')
      expect(hits).toEqual([])
    } finally {
      process.env = before
    }
  })

  test('every URL is judged by the very host that would be connected to', async () => {
    const part = fc.oneof(
      fc.integer({ min: 0, max: 255 }).map(String),
      fc.integer({ min: 0, max: 255 }).map((n) => `0x${n.toString(16)}`),
    )
    const hosts = fc.oneof(
      fc.integer({ min: 0x7f000000, max: 0x7fffffff }).map(String),
      fc.tuple(fc.constantFrom('127', '0x7f', '0177'), part, part).map(([a, b, c]) => `${a}.${b}.${c}`),
      fc.tuple(fc.constantFrom('10', '0xa', '012'), part).map(([a, b]) => `${a}.${b}`),
    )
    await fc.assert(
      fc.asyncProperty(hosts, async (host) => {
        expect((await failure(get(strict, `http://${host}:${port}/`))).code).toBe('EGRESS_REFUSED')
      }),
      { numRuns: 50 },
    )
    expect(hits).toEqual([])
  })
})

describe('redirects', () => {
  const egress = open({ allow: ['127.0.0.2'] })
  const start = () => `http://127.0.0.2:${port}/start`

  test.each(LOOPBACK_SPELLINGS)('one to %s is refused', async (host) => {
    handler = (_, response) => response.writeHead(302, { location: encodeURI(`http://${host}:${otherPort}/`) }).end()
    expect((await failure(get(egress, start()))).code).toMatch(/EGRESS_(REFUSED|INVALID)/)
    expect(hits).toHaveLength(1)
  })

  test('five are followed and a sixth is not; none when the caller wants none', async () => {
    let left = 5
    handler = (_, response) => {
      if (left-- > 0) response.writeHead(302, { location: '/next' }).end()
      else response.end('end')
    }
    expect((await get(egress, start())).body.toString()).toBe('end')
    left = 6
    expect((await failure(get(egress, start()))).code).toBe('EGRESS_TOO_MANY_REDIRECTS')
    left = 1
    expect((await get(egress, start(), { maxRedirects: 0 })).statusCode).toBe(302)
  })

  test('credentials stay with their origin, and a POST becomes a GET where it must', async () => {
    handler = (request, response) => {
      if (request.url === '/start') response.writeHead(303, { location: `http://127.0.0.2:${otherPort}/end` }).end()
      else response.end()
    }
    const headers = {
      authorization: 'Bearer x',
      cookie: 'a=1',
      'x-api-key': 'k',
      'content-type': 'text/plain',
      accept: 'a/b',
    }
    await egress.request({ method: 'POST', url: start(), headers, body: 'secret' })
    const [first, second] = hits
    expect(first?.headers).toMatchObject(headers)
    expect(second?.method).toBe('GET')
    expect(second?.headers).toMatchObject({ accept: 'a/b' })
    for (const name of ['authorization', 'cookie', 'x-api-key', 'content-type'])
      expect(second?.headers[name]).toBeUndefined()
  })
})

describe('an exchange', () => {
  const egress = open({ allowPrivate: true })
  const url = () => `http://127.0.0.1:${port}/`

  test('sends method, headers and body, and gives back status, headers and bytes', async () => {
    handler = (request, response) => {
      response.writeHead(201, { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] })
      request.pipe(response)
    }
    const headers = { 'x-ask': 'please', host: 'elsewhere.example', 'x-imperal-call': 'token', connection: 'upgrade' }
    const answer = await egress.request({ method: 'put', url: url(), headers, body: Buffer.from([0, 255]) })
    expect(answer).toMatchObject({ statusCode: 201, headers: { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] } })
    expect([...answer.body]).toEqual([0, 255])
    expect(hits[0]?.method).toBe('PUT')
    expect(hits[0]?.headers).toMatchObject({ 'x-ask': 'please', host: `127.0.0.1:${port}` })
    expect(hits[0]?.headers['x-imperal-call']).toBeUndefined()
  })

  test('a body above the limit ends it, however it is packed', async () => {
    handler = (_, response) => response.end(Buffer.alloc(2000))
    expect((await failure(get(egress, url(), { maxBytes: 1000 }))).code).toBe('EGRESS_TOO_LARGE')
    handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20 << 20)))
    expect((await failure(get(egress, url()))).code).toBe('EGRESS_TOO_LARGE')
    handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('small'))
    expect((await get(egress, url())).body.toString()).toBe('small')
  })

  test('a server that does not answer, one that is not there and a caller who leaves each have their code', async () => {
    handler = () => {}
    expect((await failure(get(egress, url(), { timeoutMs: 30 }))).code).toBe('EGRESS_TIMEOUT')
    expect((await failure(get(egress, url(), { signal: AbortSignal.abort() }))).code).toBe('EGRESS_ABORTED')
    expect((await failure(get(egress, 'http://127.0.0.1:1/'))).code).toBe('EGRESS_UNREACHABLE')
    expect((await failure(get(egress, url(), { headers: { 'bad header': 'x' } }))).code).toBe('EGRESS_INVALID')
  })
})
