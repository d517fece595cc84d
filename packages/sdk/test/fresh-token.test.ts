import { expect, test } from 'vitest'
import { freshToken, HttpStatusError, needsRefresh, TokenRefreshError, withFreshToken } from '../src/index.ts'
import { mockContext } from '../src/testing/index.ts'

const NOW = 1_767_225_600 // 2026-01-01T00:00:00Z, where the mock clock stands
const TOKEN = 'oauth2.googleapis.com/token'

async function connected(data: Record<string, unknown>) {
  const ctx = mockContext({ secrets: { google_client_id: 'id', google_client_secret: 'secret' } })
  const account = await ctx.store.create('google_accounts', data as never)
  return { ctx, account }
}

test.each([
  [{ access_token: 'a', expires_at: NOW + 61 }, false],
  [{ access_token: 'a', expires_at: String(NOW + 3600) }, false],
  [{ access_token: 'a', expires_at: '2026-01-01T01:00:00Z' }, false],
  [{ access_token: 'a', expires_at: NOW + 60 }, true],
  [{ access_token: 'a', expires_at: 'soon' }, true],
  [{ access_token: 'a' }, true],
  [{ expires_at: NOW + 3600 }, true],
])('[2.20] [D40] %j needs a refresh: %s', async (data, expected) => {
  const { account } = await connected(data)
  expect(needsRefresh(account, NOW)).toBe(expected)
})

test('[2.20] a good token is used as it is; an old one is renewed and kept, a rotated refresh token too', async () => {
  const good = await connected({ access_token: 'a', expires_at: NOW + 3600 })
  expect((await freshToken(good.ctx, good.account)).data.access_token).toBe('a')
  expect(good.ctx.mock.http.calls).toEqual([])
  const old = await connected({ access_token: 'a', refresh_token: 'r1' })
  old.ctx.mock.http.mockPost(TOKEN, { access_token: 'b', expires_in: 100, refresh_token: 'r2' })
  const renewed = await freshToken(old.ctx, old.account)
  expect(renewed.data).toEqual({ access_token: 'b', expires_at: NOW + 100, refresh_token: 'r2' })
  expect((await old.ctx.store.get('google_accounts', old.account.id)).data).toEqual(renewed.data)
  expect(old.ctx.mock.http.calls[0]?.body).toBe(
    'grant_type=refresh_token&refresh_token=r1&client_id=id&client_secret=secret',
  )
})

test('[2.20.6] who must connect again, and who may just try later', async () => {
  const failing = async (data: Record<string, unknown>, answer: Record<string, unknown>, status: number) => {
    const { ctx, account } = await connected(data)
    ctx.mock.http.mockPost(TOKEN, answer as never, status)
    const error = await freshToken(ctx, account).catch((thrown: unknown) => thrown)
    if (!(error instanceof TokenRefreshError)) return expect.unreachable()
    return [error.reconnectRequired, error.statusCode]
  }
  expect(await failing({}, {}, 200)).toEqual([true, 0])
  expect(await failing({ refresh_token: 'r' }, { error: 'invalid_grant' }, 403)).toEqual([true, 403])
  expect(await failing({ refresh_token: 'r' }, {}, 401)).toEqual([true, 401])
  expect(await failing({ refresh_token: 'r' }, {}, 503)).toEqual([false, 503])
})

test('[2.20.5] a 401 renews once by force; passing trouble with renewing tries the token at hand; a failed save is not fatal', async () => {
  const { ctx, account } = await connected({ access_token: 'a', expires_at: NOW + 3600, refresh_token: 'r' })
  ctx.mock.http.mockPost(TOKEN, { access_token: 'b' })
  const used: unknown[] = []
  const answer = await withFreshToken(ctx, account, async ({ data }) => {
    used.push(data.access_token)
    if (data.access_token === 'a') throw new HttpStatusError(401, 'expired')
    return 'done'
  })
  expect([answer, used]).toEqual(['done', ['a', 'b']])
  const troubled = await connected({ access_token: 'a', refresh_token: 'r' })
  troubled.ctx.mock.http.mockPost(TOKEN, {}, 503)
  expect(await withFreshToken(troubled.ctx, troubled.account, async ({ data }) => data.access_token)).toBe('a')
  const unsaved = await connected({ refresh_token: 'r' })
  unsaved.ctx.mock.http.mockPost(TOKEN, { access_token: 'b' })
  unsaved.ctx.mock.breakDown('store')
  expect((await freshToken(unsaved.ctx, unsaved.account)).data.access_token).toBe('b')
})
