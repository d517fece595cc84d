import { type AuthKind, defineRoute } from '@imperal/contract'
import fastify from 'fastify'
import pino from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { implement, type Principal } from './index.ts'
import { installErrorHandling, mountRoutes } from './mount.ts'

const admin: Principal = {
  kind: 'user',
  userId: 'imp_u_abc123',
  tenantId: 'default',
  agencyId: null,
  email: null,
  role: 'admin',
  scopes: ['*'],
  sessionId: null,
  credential: 'api_key',
  tokenUse: null,
  isDeveloper: false,
}

async function answerTo(auth: AuthKind, authenticate: () => Promise<Principal | null>): Promise<number> {
  const log = pino({ level: 'silent' })
  const app = fastify()
  installErrorHandling(app, log)
  const response = z.object({ who: z.string().nullable() })
  const route = defineRoute({ id: 't', method: 'GET', path: '/t', auth, tag: 't', summary: 't', response })
  mountRoutes(app, [implement(route, (request) => ({ who: request.principal?.userId ?? null }))], {
    log,
    limiter: { take: async (_key, limit) => ({ allowed: true, limit, remaining: limit, reset: 1 }) },
    limitFactor: 1,
    checkResponses: true,
    authenticate,
  })
  const { statusCode } = await app.inject({ url: '/t' })
  await app.close()
  return statusCode
}

test('a public route does not look at credentials: a stale one is no reason to refuse', async () => {
  const failing = async () => {
    throw new Error('must not be asked')
  }
  expect(await answerTo('none', failing)).toBe(200)
})

test('[api 1.7] an API key of an administrator opens administration only when it lists an admin scope', async () => {
  expect(await answerTo('admin', async () => admin)).toBe(403)
  expect(await answerTo('svc-or-admin', async () => ({ ...admin, limitedTo: ['notes:*', 'administer:x'] }))).toBe(403)
  expect(await answerTo('admin', async () => ({ ...admin, limitedTo: ['notes:*', 'admin:users'] }))).toBe(200)
  expect(await answerTo('admin', async () => ({ ...admin, credential: 'jwt' }))).toBe(200)
})
