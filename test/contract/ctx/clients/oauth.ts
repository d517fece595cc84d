import * as sdk from '@imperal/sdk'
import { describe, expect, test } from 'vitest'
import { fails } from '../failures.ts'
import type { Suite } from '../suite.ts'

export function describeOauth({ bench }: Suite): void {
  describe('oauthAuthorizeUrl', () => {
    test('[2.20] is the consent page of a declared provider, for this app and this user', async () => {
      await bench.connectable('client-1')
      await bench.run(async (ctx) => {
        const url = new URL(await ctx.oauthAuthorizeUrl('google', { loginHint: 'ada@example.com' }))
        const query = Object.fromEntries(url.searchParams)
        expect(url.host).toBe('accounts.google.com')
        expect(query).toMatchObject({
          client_id: 'client-1',
          response_type: 'code',
          scope: 'openid email',
          login_hint: 'ada@example.com',
          access_type: 'offline',
        })
        expect(query.redirect_uri).toMatch(/\/v1\/ext\/garden-log\/oauth\/google\/callback$/)
        expect(query.state).not.toBe('')
        expect(url.href).not.toContain('client-secret-1')
      })
    })
    test('refuses a provider that the app does not declare', () =>
      bench.run(async (ctx) => {
        for (const provider of ['microsoft', 'nobody'] as sdk.OAuthProvider[])
          await fails(ctx.oauthAuthorizeUrl(provider), sdk.ValidationError, { field: 'provider' })
      }))
    test('throws APIError while the app has no client id', async () => {
      await bench.connectable(null)
      await bench.run((ctx) => fails(ctx.oauthAuthorizeUrl('google'), sdk.APIError, { statusCode: 503 }))
    })
  })
}
