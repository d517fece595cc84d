import { defineRoute } from '@imperal/contract'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { principalOf } from '../../../../../test/support/apps.ts'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import { createLog } from '../../foundation/log.ts'
import { openInside } from './open-inside.ts'
import type { GatewayOptions } from './types.ts'

const route = (
  id: string,
  method: 'GET' | 'POST',
  path: string,
  auth: 'user' | 'user-jwt' | 'admin' | 'panel' | 'panel-or-svc' | 'svc',
) =>
  implement(
    defineRoute({ id, method, path, auth, tag: 't', summary: 's', response: z.object({ by: z.string().nullable() }) }),
    async ({ principal }) => ({ by: principal?.userId ?? null }),
  )
const routes: readonly MountedRoute[] = [
  route('things.list', 'GET', '/v1/things', 'user'),
  route('things.make', 'POST', '/v1/things', 'user'),
  route('sessions.end', 'POST', '/v1/sessions', 'user-jwt'),
  route('admin.things', 'GET', '/v1/admin/things', 'admin'),
  route('panel.things', 'GET', '/v1/panel-things', 'panel'),
  route('billing.pay', 'POST', '/v1/billing/pay', 'panel-or-svc'),
  route('svc.things', 'GET', '/v1/svc-things', 'svc'),
  route('confirmations.confirm', 'POST', '/v1/confirmations/{id}/confirm', 'user'),
  route('extensions.call', 'POST', '/v1/extensions/{app_id}/call', 'user'),
  route('keys.create', 'POST', '/v1/keys', 'user-jwt'),
  route('x.internal', 'GET', '/v1/things/internal/all', 'user'),
]
const inside = openInside(
  {
    log: createLog({ level: 'silent' }),
    limitFactor: 0,
    checkResponses: true,
    limiter: undefined,
  } as unknown as GatewayOptions,
  routes,
)
afterAll(() => inside.close())

const ada = { tenantId: 'default', userId: 'imp_u_ada0001' }
const as = (limitedTo: string[], role = 'user') =>
  principalOf(ada, { credential: 'api_key', limitedTo, scopes: limitedTo, role })
const ask = (
  method: string,
  path: string,
  limitedTo: string[],
  more: { mayChange?: boolean; role?: string; releasesMoney?: boolean } = {},
) =>
  inside.request({
    principal: { ...as(limitedTo, more.role), releasesMoney: more.releasesMoney },
    ...{ method, path, query: {}, body: method === 'GET' ? undefined : {} },
    mayChange: more.mayChange ?? true,
  })

test('answers in the name of the caller, as far as the capabilities go', async () => {
  expect(await ask('GET', '/v1/things', ['things:read'])).toEqual({ status: 200, body: { by: ada.userId } })
  expect((await ask('GET', '/v1/things', ['other:read'])).status).toBe(403)
  expect((await ask('POST', '/v1/things', ['things:read'])).status).toBe(403)
  expect((await ask('POST', '/v1/things', ['things:write'])).status).toBe(200)
})

test('what only reads changes nothing', async () => {
  expect((await ask('POST', '/v1/things', ['things:write'], { mayChange: false })).status).toBe(403)
  expect((await ask('GET', '/v1/things', ['things:read'], { mayChange: false })).status).toBe(200)
})

test('where a person signs in, an app needs the scope; administration needs an administrator and an admin capability', async () => {
  expect((await ask('POST', '/v1/sessions', ['sessions:write'])).status).toBe(200)
  expect((await ask('POST', '/v1/sessions', ['things:write'])).status).toBe(403)
  expect((await ask('GET', '/v1/admin/things', ['admin:read'])).status).toBe(403)
  expect((await ask('GET', '/v1/admin/things', ['things:read'], { role: 'admin' })).status).toBe(403)
  expect((await ask('GET', '/v1/admin/things', ['admin:read'], { role: 'admin' })).status).toBe(200)
})

test.each([
  ['POST', '/v1/confirmations/c1/confirm'],
  ['POST', '/v1/extensions/notes/call'],
  ['POST', '/v1/keys'],
  ['GET', '/v1/things/internal/all'],
])('consent, calls, credentials and internals are closed to everybody: %s %s', async (method, path) => {
  await expect(ask(method, path, ['*'])).rejects.toThrow('Apps may not ask here.')
})

test('routes of the panel and of services are not there', async () => {
  expect((await ask('GET', '/v1/panel-things', ['*'])).status).toBe(404)
  expect((await ask('GET', '/v1/svc-things', ['*'])).status).toBe(404)
})

test('[kernel 3.5.5] what moves money is there for a call that was released at the panel, as far as the capabilities go', async () => {
  expect(await ask('POST', '/v1/billing/pay', ['billing:write'])).toMatchObject({
    status: 403,
    body: { error: 'panel_required' },
  })
  expect((await ask('POST', '/v1/billing/pay', ['billing:read'], { releasesMoney: true })).status).toBe(403)
  expect((await ask('POST', '/v1/billing/pay', ['billing:write'], { releasesMoney: true })).status).toBe(200)
})
