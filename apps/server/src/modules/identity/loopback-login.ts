import type { TokenResponse } from '@imperal/contract'
import type { Principal } from '../../foundation/http/index.ts'
import { type Caller, type IdentityContext, MINUTE, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { newDeviceMail } from './mails.ts'
import { audit } from './records.ts'
import { CHALLENGE, hashOf, provesChallenge, randomToken } from './secret-hash.ts'
import { DEVICE_SECONDS, startSession, tokenResponse } from './sessions.ts'

// Only addresses that stay on the user's machine: the code in them signs somebody in.
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):\d{1,5}(?:\/[^\s#]*)?$/

/** A code that a program on a loopback address exchanges within a minute. @throws IDENTITY_BAD_CHALLENGE, IDENTITY_REDIRECT_REFUSED */
export async function issueLoopbackCode(
  context: IdentityContext,
  user: Principal & { readonly userId: string },
  request: { readonly challenge: string; readonly redirectUri: string; readonly caller: Caller },
): Promise<string> {
  if (!CHALLENGE.test(request.challenge)) throw identityErrors.BAD_CHALLENGE()
  if (!LOOPBACK.test(request.redirectUri)) throw identityErrors.REDIRECT_REFUSED()
  const code = randomToken()
  const { tenantId, userId } = user
  await context.db.tenant(tenantId, async (tx) => {
    await tx
      .insertInto('identity.cli_code')
      .values({
        code_hash: hashOf(code),
        tenant_id: tenantId,
        user_id: userId,
        code_challenge: request.challenge,
        redirect_uri: request.redirectUri,
        expires_at: moment(context, MINUTE),
      })
      .execute()
    await audit(context, tx, { tenantId, userId, action: 'auth.loopback_approved', caller: request.caller })
  })
  return code
}

/** Its owner hears of every terminal that is signed in, as with a device code. */
async function tellNewDevice(context: IdentityContext, userId: string, caller: Caller): Promise<void> {
  const email = (await context.directory.actor(userId))?.email
  if (email == null) return
  const values = { firstName: '', client: 'A terminal', ip: caller.ip, userId }
  context.post.post(newDeviceMail(context.policy.publicUrl, email, values))
}

/** Uses the code up, right or wrong. @throws IDENTITY_DEVICE_GRANT_INVALID */
export async function redeemLoopbackCode(
  context: IdentityContext,
  given: { readonly code: string; readonly verifier: string; readonly redirectUri: string },
  caller: Caller,
): Promise<TokenResponse> {
  const begun = await context.db.everyTenant(async (tx) => {
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
    const { tenant_id: tenantId, user_id: userId } = row
    const { pair } = await startSession(context, tx, { userId, kind, caller })
    await audit(context, tx, { tenantId, userId, action: 'auth.login', metadata: { surface: 'terminal' }, caller })
    return { pair, userId }
  })
  if (!begun) throw identityErrors.DEVICE_GRANT_INVALID()
  await tellNewDevice(context, begun.userId, caller)
  return tokenResponse(context, begun.pair)
}
