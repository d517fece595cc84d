import { oidc as contract } from '@imperal/contract'
import { implement, type MountedRoute, reply } from '../../../foundation/http/index.ts'
import { callerOf } from '../caller-of.ts'
import type { IdentityContext } from '../context.ts'
import { identityErrors } from '../errors.ts'
import { randomToken } from '../secret-hash.ts'
import { ATTEMPT_SECONDS } from './attempts.ts'
import { type OidcProvider, openOidcProvider } from './provider.ts'
import { beginOidc, endOidc, redeemOidc } from './sign-in.ts'

// The only cookie of the platform: it says which browser began a sign-in, and opens nothing by itself.
const COOKIE = 'imperal_oidc'
const PLACE = '/v1/auth/oidc'
// The address of the way back holds a code: nothing may keep it or tell it on.
const HEADERS = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }

type Headers = Readonly<Record<string, string | string[] | undefined>>

function browserOf(headers: Headers): string | null {
  const cookies = String(headers.cookie ?? '').split(/;\s*/)
  const own = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
  return own !== undefined && /^[A-Za-z0-9_-]{43}$/.test(own) ? own : null
}

/** Signing in with an account of another identity provider. */
export function oidcRoutes(context: IdentityContext): MountedRoute[] {
  const { oidc: policy, publicUrl } = context.policy
  const provider: OidcProvider | null = policy === undefined ? null : openOidcProvider(context, policy)
  const on = (): OidcProvider => {
    if (provider === null) throw identityErrors.OIDC_OFF()
    return provider
  }
  const secure = publicUrl.startsWith('https://') ? '; Secure' : ''
  return [
    implement(contract.provider, () => ({ enabled: provider !== null, name: provider?.policy.name ?? '' })),
    implement(contract.start, async ({ query, headers }) => {
      // Two windows of one browser may sign in at once.
      const browser = browserOf(headers) ?? randomToken()
      const location = await beginOidc(context, on(), { browser, next: query.next })
      const cookie = `${COOKIE}=${browser}; HttpOnly; SameSite=Lax; Path=${PLACE}; Max-Age=${ATTEMPT_SECONDS}${secure}`
      return reply(302, '', { location, 'set-cookie': cookie, ...HEADERS })
    }),
    implement(contract.callback, async (request) => {
      const browser = browserOf(request.headers) ?? ''
      const ended = await endOidc(context, on(), { browser, query: request.query, caller: callerOf(request) })
      const target = new URL('/sign-in', publicUrl)
      if (ended.next !== '/') target.searchParams.set('next', ended.next)
      // After the number sign: codes reach neither logs nor other servers.
      target.hash = 'code' in ended ? `oidc=${ended.code}` : `oidc_error=${ended.problem}`
      return reply(302, '', { location: target.href, ...HEADERS })
    }),
    implement(contract.token, async (request) => {
      const browser = browserOf(request.headers) ?? ''
      const tokens = await redeemOidc(context, { browser, code: request.body.code, caller: callerOf(request) })
      return reply(200, tokens, { 'cache-control': 'no-store' })
    }),
  ]
}
