import { defineRoute } from '@imperal/contract'
import fastify from 'fastify'
import pino from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineErrors } from '../errors.ts'
import { openFailedCredentials } from './failed-credentials.ts'
import { implement } from './index.ts'
import { installErrorHandling, mountRoutes } from './mount.ts'
import type { RateLimiter } from './rate-limiter.ts'

const errors = defineErrors('IDENTITY', {
  CREDENTIAL_INVALID: { kind: 'unauthenticated', message: 'wrong' },
  TOKEN_EXPIRED: { kind: 'unauthenticated', message: 'expired' },
})

function counting(): RateLimiter {
  const used = new Map<string, number>()
  return {
    async take(key, limit) {
      const count = (used.get(key) ?? 0) + 1
      used.set(key, count)
      return { allowed: count <= limit, limit, remaining: Math.max(0, limit - count), reset: 30 }
    },
  }
}

test('[api 1.13] an address with many wrong credentials waits, and its further ones are not looked up', async () => {
  let now = 0
  let looked = 0
  const limiter = counting()
  const log = pino({ level: 'silent' })
  const app = fastify({ trustProxy: true })
  installErrorHandling(app, log)
  const route = (id: string, auth: 'user' | 'none') =>
    defineRoute({ id, method: 'GET', path: `/${id}`, auth, tag: 't', summary: 't', response: z.object({}) })
  mountRoutes(app, [implement(route('mine', 'user'), () => ({})), implement(route('open', 'none'), () => ({}))], {
    log,
    limiter,
    limitFactor: 1,
    checkResponses: true,
    failures: openFailedCredentials({ limiter, limitFactor: 1, now: () => now }),
    authenticate: async (request) => {
      looked++
      if (request.headers.authorization === undefined) return null
      throw request.headers.authorization === 'old' ? errors.TOKEN_EXPIRED() : errors.CREDENTIAL_INVALID()
    },
  })
  const get = (ip: string, authorization?: string, url = '/mine') =>
    app.inject({
      url,
      headers: { 'x-forwarded-for': ip, ...(authorization === undefined ? {} : { authorization }) },
    })

  for (let i = 0; i < 100; i++) expect((await get('203.0.113.1', i % 2 ? 'old' : undefined)).statusCode).toBe(401)
  for (let i = 0; i < 60; i++) expect((await get('203.0.113.9', `guess ${i}`)).statusCode).toBe(401)
  const before = looked
  const refused = await get('203.0.113.9', 'guess')
  expect([refused.statusCode, refused.json().error, refused.headers['retry-after']]).toEqual([
    429,
    'rate_limited',
    '30',
  ])
  expect(looked).toBe(before)
  expect((await get('203.0.113.1', 'guess')).statusCode).toBe(401)
  expect((await get('203.0.113.9', 'guess', '/open')).statusCode).toBe(200)
  now = 30_000
  expect((await get('203.0.113.9', 'guess')).statusCode).toBe(401)
  await app.close()
})
