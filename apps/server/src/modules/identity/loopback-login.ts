import type { TokenResponse } from '@imperal/contract'
import type { Principal } from '../../foundation/http/index.ts'
import { type Caller, type IdentityContext, MINUTE, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { CHALLENGE, hashOf, provesChallenge, randomToken } from './secret-hash.ts'
import { DEVICE_SECONDS, startSession, tokenResponse } from './sessions.ts'

// Only addresses that stay on the user's machine: the code in them signs somebody in.
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):\d{1,5}(?:\/[^\s#]*)?$/

/** A code that a program on a loopback address exchanges within a minute. @throws IDENTITY_BAD_CHALLENGE, IDENTITY_REDIRECT_REFUSED */
export async function issueLoopbackCode(
  context: IdentityContext,
  user: Principal & { readonly userId: string },
  request: { readonly challenge: string; readonly redirectUri: string },
): Promise<string> {
  if (!CHALLENGE.test(request.challenge)) throw identityErrors.BAD_CHALLENGE()
  if (!LOOPBACK.test(request.redirectUri)) throw identityErrors.REDIRECT_REFUSED()
  const code = randomToken()
  await context.db.tenant(user.tenantId, (tx) =>
    tx
      .insertInto('identity.cli_code')
      .values({
        code_hash: hashOf(code),
        tenant_id: user.tenantId,
        user_id: user.userId,
        code_challenge: request.challenge,
        redirect_uri: request.redirectUri,
        expires_at: moment(context, MINUTE),
      })
      .execute(),
  )
  return code
}

/** Uses the code up, right or wrong. @throws IDENTITY_DEVICE_GRANT_INVALID */
export async function redeemLoopbackCode(
  context: IdentityContext,
  given: { readonly code: string; readonly verifier: string; readonly redirectUri: string },
  caller: Caller,
): Promise<TokenResponse> {
  const pair = await context.db.everyTenant(async (tx) => {
    const row = await tx
      .deleteFrom('identity.cli_code')
      .where('code_hash', '=', hashOf(given.code))
      .returningAll()
      .executeTakeFirst()
    const good =
      row !== undefined &&
      row.expires_at.getTime() > context.clock.now() &&
      row.redirect_uri === given.redirectUri &&
      provesChallenge(given.verifier, row.code_challenge)
    if (!good) return null
    const kind = { surface: 'terminal', label: 'A terminal', tokenUse: 'cli', accessSeconds: DEVICE_SECONDS } as const
    return (await startSession(context, tx, { userId: row.user_id, kind, caller })).pair
  })
  if (!pair) throw identityErrors.DEVICE_GRANT_INVALID()
  return tokenResponse(context, pair)
}
