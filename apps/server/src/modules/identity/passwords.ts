import type { Principal } from '../../foundation/http/index.ts'
import { checkPasswordLength, findAccount } from './accounts.ts'
import { type Caller, HOUR, type IdentityContext, moment } from './context.ts'
import { newEmailToken, takeEmailToken } from './email-tokens.ts'
import { identityErrors } from './errors.ts'
import { passwordChangedMail, passwordResetMail, verifyEmailMail } from './mails.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { audit } from './records.ts'
import { revokeSessions } from './sessions.ts'

const FORGOT = { purpose: 'forgot_password', limit: 3, windowMs: HOUR, doubling: false } as const

/** Changes the password; every other session of the user ends. @throws IDENTITY_WRONG_PASSWORD, IDENTITY_SAME_PASSWORD */
export async function changePassword(
  context: IdentityContext,
  user: Principal & { readonly userId: string },
  request: { readonly current: string; readonly next: string; readonly caller: Caller },
): Promise<void> {
  checkPasswordLength(context, request.next, 'new_password')
  const account = await context.db.tenant(user.tenantId, (tx) =>
    tx
      .selectFrom('identity.account')
      .select(['password_hash', 'email', 'first_name'])
      .where('user_id', '=', user.userId)
      .executeTakeFirst(),
  )
  if (!account) throw identityErrors.USER_NOT_FOUND()
  if (!(await verifyPassword(request.current, account.password_hash))) throw identityErrors.WRONG_PASSWORD()
  if (request.next === request.current) throw identityErrors.SAME_PASSWORD()
  const hash = await hashPassword(request.next)
  await context.changes.tenant(user.tenantId, async (tx, tell) => {
    const changed = await tx
      .updateTable('identity.account')
      .set({ password_hash: hash, updated_at: moment(context) })
      .where('user_id', '=', user.userId)
      // Somebody else may have changed it since the check above.
      .where('password_hash', '=', account.password_hash)
      .returning('user_id')
      .executeTakeFirst()
    if (!changed) throw identityErrors.WRONG_PASSWORD()
    const others = { userId: user.userId, except: user.sessionId ?? undefined, reason: 'password_changed' }
    await revokeSessions(context, { tx, tell }, others)
    const { tenantId, userId } = user
    await audit(context, tx, { tenantId, userId, action: 'auth.password_changed', caller: request.caller })
  })
  context.post.post(
    passwordChangedMail(context.policy.publicUrl, account.email, {
      userId: user.userId,
      firstName: account.first_name,
    }),
  )
}

/** Mails a token to set a new password, when there is such an account; tells the caller nothing. @throws IDENTITY_TOO_MANY_ATTEMPTS */
export async function forgotPassword(
  context: IdentityContext,
  request: { readonly email: string; readonly tenantId: string },
): Promise<void> {
  await context.attempts.take(FORGOT, `${request.tenantId}\n${request.email}`)
  const { publicUrl } = context.policy
  const mail = await context.db.everyTenant(async (tx) => {
    const account = await findAccount(tx, request.tenantId, request.email)
    if (!account || account.status === 'inactive') return null
    const facts = { tenantId: account.tenant_id, userId: account.user_id }
    const firstName = account.first_name
    if (account.status === 'pending_verification') {
      const token = await newEmailToken(context, tx, { ...facts, purpose: 'verify_email' })
      return verifyEmailMail(publicUrl, account.email, { userId: account.user_id, firstName, token })
    }
    const token = await newEmailToken(context, tx, { ...facts, purpose: 'reset_password' })
    return passwordResetMail(publicUrl, account.email, { userId: account.user_id, firstName, token })
  })
  if (mail) context.post.post(mail)
}

/** Sets a new password with the mailed token, which works once; every session ends. @throws IDENTITY_EMAIL_TOKEN_INVALID */
export async function resetPassword(
  context: IdentityContext,
  request: { readonly token: string; readonly next: string },
  caller: Caller,
): Promise<void> {
  checkPasswordLength(context, request.next, 'new_password')
  const hash = await hashPassword(request.next)
  const account = await context.changes.everyTenant(async (tx, tell) => {
    const owner = await takeEmailToken(context, tx, { token: request.token, purpose: 'reset_password' })
    if (!owner) return null
    const changed = await tx
      .updateTable('identity.account')
      .set({ password_hash: hash, updated_at: moment(context) })
      .where('user_id', '=', owner.userId)
      .where('status', '=', 'active')
      .returning(['user_id', 'email', 'first_name'])
      .executeTakeFirst()
    if (!changed) return null
    await revokeSessions(context, { tx, tell }, { userId: owner.userId, reason: 'password_reset' })
    await audit(context, tx, { ...owner, action: 'auth.password_reset', caller })
    return changed
  })
  if (!account) throw identityErrors.EMAIL_TOKEN_INVALID()
  context.post.post(
    passwordChangedMail(context.policy.publicUrl, account.email, {
      userId: account.user_id,
      firstName: account.first_name,
    }),
  )
}
