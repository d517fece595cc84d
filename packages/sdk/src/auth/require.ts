import { AuthError } from '../errors.ts'
import type { UserContext } from '../values/identity.ts'
import type { MaybePromise } from '../values/json.ts'
import type { ImperalAuth } from './imperal-auth.ts'

/** Serves one request of a user who is known. */
export type AuthorizedHandler = (request: Request, user: UserContext) => MaybePromise<Response>

const refusal = (status: number, error: string, message: string): Response =>
  Response.json({ error, message, status }, { status, headers: status === 401 ? { 'www-authenticate': 'Bearer' } : {} })

/**
 * A request handler, as Hono, Deno, Bun and workers take it, that lets in whoever brings a good token. Others get 401 and
 * never reach `handler`.
 */
export function requireAuth(
  auth: Pick<ImperalAuth, 'verify'>,
  handler: AuthorizedHandler,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (token === undefined) return refusal(401, 'unauthenticated', 'Send a token: `Authorization: Bearer …`.')
    let user: UserContext
    try {
      user = await auth.verify(token)
    } catch (error) {
      if (error instanceof AuthError) return refusal(401, 'unauthenticated', error.message)
      throw error
    }
    return handler(request, user)
  }
}

/** The same for users who hold all of these scopes; others get 403, which names the missing ones. */
export function requireScope(
  auth: Pick<ImperalAuth, 'verify'>,
  scopes: readonly string[],
  handler: AuthorizedHandler,
): (request: Request) => Promise<Response> {
  return requireAuth(auth, (request, user) => {
    const missing = scopes.filter((scope) => !user.hasScope(scope))
    if (missing.length > 0) return refusal(403, 'forbidden', `Missing scope: ${missing.join(', ')}`)
    return handler(request, user)
  })
}
