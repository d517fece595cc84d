import { z } from 'zod'
import { defineRoute } from '../route.ts'
import { TokenResponse } from './auth.ts'

const tag = 'auth'
const surface = 'client'
/** Pages of the panel, and nothing else, may be come back to. */
const Next = z
  .string()
  .max(512)
  .regex(/^\/(?![/\\])[^\s\\]*$/, 'is a path of the panel')
  .default('/')

/** Signing in with an account of another identity provider (OpenID Connect); off until the operator names one. */
export const oidc = {
  provider: defineRoute({
    id: 'oidc.provider',
    surface,
    method: 'GET',
    path: '/v1/auth/oidc',
    auth: 'none',
    tag,
    summary: 'Whether one may sign in with another identity provider, and how it is called',
    response: z.object({ enabled: z.boolean(), name: z.string() }),
  }),
  start: defineRoute({
    id: 'oidc.start',
    surface,
    method: 'GET',
    path: '/v1/auth/oidc/start',
    auth: 'none',
    tag,
    summary: 'Leads to the sign-in page of the identity provider',
    query: z.object({ next: Next }),
    status: 302,
    response: z.unknown(),
    responseKind: 'bytes',
    errors: ['IDENTITY_OIDC_OFF', 'IDENTITY_OIDC_UNAVAILABLE'],
    rateLimit: { limit: 20, windowSeconds: 60, key: 'ip' },
  }),
  callback: defineRoute({
    id: 'oidc.callback',
    surface,
    method: 'GET',
    path: '/v1/auth/oidc/callback',
    auth: 'none',
    tag,
    summary: 'The way back from the identity provider; leads to the sign-in page of the panel',
    // Providers add parameters of their own; all of them are looked at when the answer is checked.
    query: z.record(z.string(), z.string().max(8192)),
    status: 302,
    response: z.unknown(),
    responseKind: 'bytes',
    errors: ['IDENTITY_OIDC_OFF'],
    rateLimit: { limit: 60, windowSeconds: 60, key: 'ip' },
  }),
  token: defineRoute({
    id: 'oidc.token',
    surface,
    method: 'POST',
    path: '/v1/auth/oidc/token',
    auth: 'none',
    tag,
    summary: 'Exchanges the code that the sign-in page got for tokens; once, in the same browser, within a minute',
    body: z.object({ code: z.string().min(1).max(512) }),
    response: TokenResponse,
    errors: ['IDENTITY_OIDC_CODE_INVALID'],
    rateLimit: { limit: 20, windowSeconds: 60, key: 'ip' },
  }),
}
