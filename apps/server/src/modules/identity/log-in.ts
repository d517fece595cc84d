import { DEFAULT_TENANT, type TokenResponse } from '@imperal/contract'
import { findAccount } from './accounts.ts'
import { type Caller, type IdentityContext, MINUTE, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { verifyPassword } from './password.ts'
import { audit, auditRefusal } from './records.ts'
import { browserSession, startSession, tokenResponse } from './sessions.ts'

const LOGIN = { purpose: 'login', limit: 10, windowMs: 15 * MINUTE, doubling: true } as const

interface LogIn {
  readonly email: string
  readonly password: string
  readonly tenantId: string
}

async function refused(
  context: IdentityContext,
  request: LogIn,
  failure: { readonly userId: string | null; readonly reason: string; readonly caller: Caller },
): Promise<void> {
  const known = await context.directory.tenant(request.tenantId)
  await auditRefusal(context, {
    tenantId: known?.tenantId ?? DEFAULT_TENANT,
    userId: null,
    action: 'auth.login_failed',
    ...(failure.userId === null ? {} : { targetType: 'user', targetId: failure.userId }),
    metadata: { reason: failure.reason },
    caller: failure.caller,
  })
}

/**
 * Exchanges address and password for tokens. Every wrong combination gets the same answer after the same time; why an
 * account may not sign in is told only after its right password. @throws IDENTITY_BAD_CREDENTIALS,
 * IDENTITY_EMAIL_NOT_VERIFIED, IDENTITY_ACCOUNT_DISABLED, IDENTITY_TOO_MANY_ATTEMPTS
 */
export async function logIn(context: IdentityContext, request: LogIn, caller: Caller): Promise<TokenResponse> {
  const subject = `${request.tenantId}\n${request.email}`
  // Counted before the password is looked at: guesses in parallel must not slip through.
  await context.attempts.take(LOGIN, subject)
  const account = await context.db.everyTenant((tx) => findAccount(tx, request.tenantId, request.email))
  const right = await verifyPassword(request.password, account?.password_hash ?? null)
  if (!account || !right) {
    await refused(context, request, { userId: account?.user_id ?? null, reason: 'credentials', caller })
    throw identityErrors.BAD_CREDENTIALS()
  }
  if (account.status !== 'active') {
    await refused(context, request, { userId: account.user_id, reason: account.status, caller })
    throw account.status === 'pending_verification'
      ? identityErrors.EMAIL_NOT_VERIFIED()
      : identityErrors.ACCOUNT_DISABLED()
  }
  const { pair } = await context.db.everyTenant(async (tx) => {
    await context.attempts.clear(tx, LOGIN, subject)
    await tx
      .updateTable('identity.account')
      .set({ last_login_at: moment(context) })
      .where('user_id', '=', account.user_id)
      .execute()
    const owner = { tenantId: account.tenant_id, userId: account.user_id }
    await audit(context, tx, { ...owner, action: 'auth.login', caller })
    return startSession(context, tx, { userId: account.user_id, kind: browserSession(caller), caller })
  })
  return tokenResponse(context, pair)
}
