import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpErrors, installErrorHandling } from '../../foundation/http/index.ts'
import { noTelemetry } from '../../foundation/telemetry/index.ts'
import { type Forward, openForward } from './forward.ts'

const log = pino({ level: 'silent' })
const seen: IncomingHttpHeaders[] = []
const node = createServer((request, response) => {
  seen.push(request.headers)
  response.end('{}')
})
const gateway = fastify()
let forward: Forward
let url: string

beforeAll(async () => {
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  forward = openForward({
    log,
    telemetry: noTelemetry(),
    addresses: async () => [`http://127.0.0.1:${(node.address() as AddressInfo).port}`],
    agencyOf: async ({ authorization }) => {
      if (authorization === 'Bearer refused') throw httpErrors.FORBIDDEN({ reason: 'Another agency.' })
      return authorization === undefined ? null : authorization.replace('Bearer ', '')
    },
  })
  installErrorHandling(gateway, log)
  gateway.get('/v1/me/extensions', (request, reply) => forward.send(request, reply, request.url))
  url = `${await gateway.listen({ host: '127.0.0.1', port: 0 })}/v1/me/extensions`
})
afterAll(async () => {
  await gateway.close()
  await forward.close()
  node.close()
})

test('[api 7.2] the agency of the caller goes with the request, and never what the caller says it is', async () => {
  await fetch(url, { headers: { authorization: 'Bearer north', 'x-imperal-agency-id': 'south' } })
  await fetch(url, { headers: { 'x-imperal-agency-id': 'south' } })
  expect(seen.map((headers) => headers['x-imperal-agency-id'])).toEqual(['north', undefined])
})

test('a request that its agency refuses reaches no node', async () => {
  const before = seen.length
  const answer = await fetch(url, { headers: { authorization: 'Bearer refused' } })
  expect([answer.status, seen.length]).toEqual([403, before])
})
