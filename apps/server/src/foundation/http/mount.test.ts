import { type AnyRoute, type AuthKind, defineRoute } from '@imperal/contract'
import fastify from 'fastify'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type CallClaims, httpErrors, implement, type Principal } from './index.ts'
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

async function ask(
  given: { auth: AuthKind } & Partial<Pick<AnyRoute, 'id' | 'method' | 'keyScope'>>,
  authenticate: () => Promise<Principal | null>,
): Promise<{ status: number; who: string | null; refused: string[] }> {
  const log = pino({ level: 'silent' })
  const app = fastify()
  const refused: string[] = []
  installErrorHandling(app, log)
  const response = z.object({ who: z.string().nullable() })
  const route = defineRoute({ id: 't', method: 'GET', path: '/t', tag: 't', summary: 't', response, ...given })
  mountRoutes(app, [implement(route, (request) => ({ who: request.principal?.userId ?? null }))], {
    log,
    limiter: { take: async (_key, limit) => ({ allowed: true, limit, remaining: limit, reset: 1 }) },
    limitFactor: 1,
    checkResponses: true,
    onUnauthenticated: (request, code) => void refused.push(`${request.method} ${request.routeOptions.url} ${code}`),
    authenticate,
  })
  const answer = await app.inject({ method: given.method ?? 'GET', url: '/t' })
  await app.close()
  return { status: answer.statusCode, who: answer.json().who ?? null, refused }
}

const answerTo = async (auth: AuthKind, authenticate: () => Promise<Principal | null>): Promise<number> =>
  (await ask({ auth }, authenticate)).status

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

describe('[api 1.7] a key that lists scopes opens only what they name', () => {
  const key = (...limitedTo: string[]) => {
    const found: Principal = { ...admin, isDeveloper: true, limitedTo }
    return async () => found
  }
  const create = { auth: 'dev', id: 'developer.create_app', method: 'POST' } as const

  test.each(['dev', 'user', 'svc-or-user', 'regkey'] as const)('routes of the kind %s', async (auth) => {
    const route = { auth, id: 'developer.list_apps' }
    const statusFor = async (...scopes: string[]) => (await ask(route, key(...scopes))).status
    expect(await statusFor('notes:*', 'developer:write', 'developers:*')).toBe(403)
    // `extensions:*` stands for functions of apps, not for addresses of the platform.
    expect(await statusFor('extensions:*')).toBe(403)
    expect(await statusFor('developer:read')).toBe(200)
    expect(await statusFor('developer:*')).toBe(200)
    expect(await statusFor('*')).toBe(200)
  })

  test('reading is not writing', async () => {
    expect((await ask(create, key('developer:read'))).status).toBe(403)
    expect((await ask(create, key('developer:write'))).status).toBe(200)
  })

  test('a route may name another scope, or leave the question to its handler', async () => {
    expect((await ask({ ...create, keyScope: 'apps:make' }, key('developer:*'))).status).toBe(403)
    expect((await ask({ ...create, keyScope: 'apps:make' }, key('apps:make'))).status).toBe(200)
    expect((await ask({ ...create, keyScope: null }, key('notes:read'))).status).toBe(200)
  })

  test('at an address that is open to everybody such a key is nobody', async () => {
    const route = { auth: 'optional', id: 'marketplace.browse' } as const
    expect(await ask(route, key('notes:read'))).toMatchObject({ status: 200, who: null })
    expect(await ask(route, key('marketplace:read'))).toMatchObject({ status: 200, who: admin.userId })
  })

  test('a key for everything and a sign-in are not asked', async () => {
    expect((await ask(create, async () => ({ ...admin, isDeveloper: true }))).status).toBe(200)
    expect((await ask(create, async () => ({ ...admin, isDeveloper: true, credential: 'jwt' }))).status).toBe(200)
  })
})

test('[decision 5] whoever comes without a usable credential is reported; whoever may not do something is not', async () => {
  const refusing = async () => {
    throw httpErrors.UNAUTHENTICATED()
  }
  expect((await ask({ auth: 'user' }, refusing)).refused).toEqual(['GET /t HTTP_UNAUTHENTICATED'])
  expect((await ask({ auth: 'user' }, async () => null)).refused).toEqual(['GET /t HTTP_UNAUTHENTICATED'])
  expect((await ask({ auth: 'optional' }, async () => null)).refused).toEqual([])
  expect((await ask({ auth: 'admin' }, async () => admin)).refused).toEqual([])
})

test('[api 1.6] a service alone may administer; in the name of somebody it may what that user may', async () => {
  const service = { ...admin, kind: 'service', credential: 'service_token' } as const
  expect(await answerTo('svc-or-admin', async () => ({ ...service, userId: null, role: 'service' }))).toBe(200)
  expect(await answerTo('svc-or-admin', async () => service)).toBe(200)
  expect(await answerTo('svc-or-admin', async () => ({ ...service, role: 'user' }))).toBe(403)
})

describe('[api 1.8] a route for call tokens', () => {
  const route = defineRoute({
    id: 't.cached',
    method: 'GET',
    path: '/t/{app_id}/{user_id}',
    auth: 'call',
    callTool: 'skeleton',
    tag: 't',
    summary: 't',
    params: z.object({ app_id: z.string(), user_id: z.string() }),
    response: z.object({ made_for: z.string() }),
  })
  const service: Principal = { ...admin, kind: 'service', credential: 'service_token', userId: null, role: 'service' }

  async function statusOf(caller: Principal | null, claims: Partial<CallClaims>): Promise<number> {
    const app = fastify()
    const log = pino({ level: 'silent' })
    installErrorHandling(app, log)
    mountRoutes(app, [implement(route, ({ callClaims }) => ({ made_for: callClaims.appId }))], {
      log,
      limiter: { take: async (_key, limit) => ({ allowed: true, limit, remaining: limit, reset: 1 }) },
      limitFactor: 1,
      checkResponses: true,
      authenticate: async () => caller,
      redeemCallToken: async () => ({ appId: 'notes', userId: 'imp_u_abc123', toolType: 'skeleton', ...claims }),
    })
    const answer = await app.inject({ method: 'GET', url: '/t/notes/imp_u_abc123' })
    await app.close()
    return answer.statusCode
  }

  test('[I-CALL-TOKEN-SCOPE] [I-CALL-TOKEN-SCOPE-BINDING] wants a service and a token that was made for this app, user and kind of call', async () => {
    expect(await statusOf(service, {})).toBe(200)
    expect(await statusOf(null, {})).toBe(401)
    expect(await statusOf(admin, {})).toBe(403)
    expect(await statusOf(service, { appId: 'other' })).toBe(403)
    expect(await statusOf(service, { userId: 'imp_u_other12' })).toBe(403)
    expect(await statusOf(service, { toolType: 'tool' })).toBe(403)
  })
})
