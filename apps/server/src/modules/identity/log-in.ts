import { DEFAULT_TENANT, type TokenResponse } from '@imperal/contract'
import { findAccount } from './accounts.ts'
import { type Caller, type IdentityContext, MINUTE, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { verifyPassword } from './password.ts'
import { audit, auditRefusal } from './records.ts'
import { browserSession, startSession, tokenResponse } from './sessions.ts'
import { requireMethod } from './sign-in-methods.ts'

// Who guesses locks out himself: tries count by account and place, so a stranger's failures do not bar its owner.
const LOGIN = { purpose: 'login', limit: 10, windowMs: 15 * MINUTE, doubling: true } as const
// Against guessing from many places at once: slower, without longer and longer locks, and not for places that were let in before.
const LOGIN_ALL = { purpose: 'login_all', limit: 100, windowMs: 15 * MINUTE, doubling: false } as const

interface LogIn {
  readonly email: string
  readonly password: string
  readonly tenantId: string
}

/** Where a request comes from; an IPv6 customer has a whole /64, so its addresses are one place. */
function placeOf(ip: string): string {
  if (!ip.includes(':') || /^::ffff:\d+\./i.test(ip)) return ip.replace(/^::ffff:/i, '')
  const [head = '', tail = ''] = ip.split('%', 1)[0]?.split('::') ?? []
  const [left, right] = [head, tail].map((part) => part.split(':').filter(Boolean))
  const zeros = Array.from({ length: Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0)) }, () => '0')
  return [...(left ?? []), ...zeros, ...(right ?? [])]
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':')
}

/** Whether the account was signed in from this very address and the session has not been forgotten. */
async function isKnownPlace(context: IdentityContext, request: LogIn, ip: string): Promise<boolean> {
  const session = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.session as session')
      .innerJoin('identity.account as account', 'account.user_id', 'session.user_id')
      .select('session.session_id')
      .where('account.tenant_id', '=', request.tenantId)
      .where('account.email', '=', request.email)
      .where('session.ip_address', '=', ip)
      .limit(1)
      .executeTakeFirst(),
  )
  return session !== undefined
}

/** Counts the try before anything is looked up or hashed. @throws IDENTITY_TOO_MANY_ATTEMPTS */
async function countTry(context: IdentityContext, request: LogIn, caller: Caller): Promise<string> {
  const account = `${request.tenantId}\n${request.email}`
  const subject = `${account}\n${placeOf(caller.ip)}`
  await context.attempts.take(LOGIN, subject)
  try {
    await context.attempts.take(LOGIN_ALL, account)
  } catch (error) {
    if (!(await isKnownPlace(context, request, caller.ip))) throw error
  }
  return subject
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
 * IDENTITY_EMAIL_NOT_VERIFIED, IDENTITY_ACCOUNT_DISABLED, IDENTITY_METHOD_NOT_ALLOWED, IDENTITY_TOO_MANY_ATTEMPTS
 */
export async function logIn(context: IdentityContext, request: LogIn, caller: Caller): Promise<TokenResponse> {
  // Before the password is looked at: guesses in parallel must not slip through.
  const subject = await countTry(context, request, caller)
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
  await requireMethod(context, account.tenant_id, 'email')
  const { pair } = await context.changes.everyTenant(async (tx, tell) => {
    await context.attempts.clear(tx, LOGIN, subject)
    await tx
      .updateTable('identity.account')
      .set({ last_login_at: moment(context) })
      .where('user_id', '=', account.user_id)
      .execute()
    await tell(`profile:${account.user_id}`)
    const owner = { tenantId: account.tenant_id, userId: account.user_id }
    await audit(context, tx, { ...owner, action: 'auth.login', caller })
    return startSession(context, tx, { userId: account.user_id, kind: browserSession(caller), caller })
  })
  return tokenResponse(context, pair)
}
