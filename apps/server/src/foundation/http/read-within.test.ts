import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { defineRoute } from '@imperal/contract'
import fastify from 'fastify'
import pino from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { implement } from './index.ts'
import { installErrorHandling, mountRoutes } from './mount.ts'
import { readSecondsOf } from './read-within.ts'

test('a body has half a minute, and longer as its route takes more of it', () => {
  expect(readSecondsOf({})).toBe(30)
  expect(readSecondsOf({ bodyKind: 'multipart' })).toBe(30 + 11 * 16)
  expect(readSecondsOf({ bodyKind: 'multipart', bodyLimit: 101 * 1024 * 1024 })).toBe(1_630)
  expect(readSecondsOf({ readSeconds: 10, bodyKind: 'raw', bodyLimit: 1024 * 1024 })).toBe(10)
})

test('a body that trickles is answered 408 and its connection closed; one that comes in time is taken', async () => {
  const log = pino({ level: 'silent' })
  const app = fastify()
  installErrorHandling(app, log)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const route = defineRoute({
    id: 'slow.body',
    method: 'POST',
    path: '/slow',
    auth: 'none',
    tag: 't',
    summary: 't',
    bodyKind: 'raw',
    readSeconds: 0.3,
    response: z.object({ size: z.number() }),
  })
  mountRoutes(app, [implement(route, ({ raw }) => ({ size: raw.length }))], {
    log,
    authenticate: async () => null,
    limiter: { take: async (_key, limit) => ({ allowed: true, limit, remaining: limit, reset: 1 }) },
    limitFactor: 0,
    checkResponses: true,
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const talk = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      let heard = ''
      socket.on('data', (data) => {
        heard += data
        if (heard.includes('"size"')) socket.end()
      })
      socket.on('close', () => resolve(heard))
      socket.on('error', reject)
    })
  const head = 'POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n'
  const [slow, quick] = await Promise.all([talk(`${head}abc`), talk(`${head}abcde`)])
  expect(slow).toMatch(/^HTTP\/1\.1 408 /)
  expect(slow).toContain('The request did not arrive in time.')
  expect(quick).toContain('{"size":5}')
  await app.close()
})
