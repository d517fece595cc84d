import type { JsonObject, TokenResponse } from '@imperal/contract'
import { newUserId } from '../../foundation/ids.ts'
import { checkPasswordLength, findAccount, insertAccount, prepareAccount } from './accounts.ts'
import { type Caller, HOUR, type IdentityContext, moment } from './context.ts'
import { newEmailToken, takeEmailToken } from './email-tokens.ts'
import { identityErrors } from './errors.ts'
import { alreadyRegisteredMail, verifyEmailMail } from './mails.ts'
import { announce, audit } from './records.ts'
import { browserSession, startSession, tokenResponse } from './sessions.ts'

interface SignUp {
  readonly email: string
  readonly password: string
  readonly tenantId: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
}

const RESEND = { purpose: 'resend_verification', limit: 3, windowMs: HOUR, doubling: false } as const

/** A tenant may take people of certain mail domains only. */
function takesAddress(features: JsonObject, email: string): boolean {
  const domains = features.signup_domains
  if (!Array.isArray(domains)) return true
  const domain = email.slice(email.lastIndexOf('@') + 1)
  return domains.some((one) => typeof one === 'string' && one.toLowerCase() === domain)
}

async function requireOpenTenant(context: IdentityContext, tenantId: string, email: string): Promise<void> {
  const open = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.tenant')
      .select(['features', 'allowed_auth_methods'])
      .where('tenant_id', '=', tenantId)
      .where('is_active', '=', true)
      .where('signup_open', '=', true)
      .executeTakeFirst(),
  )
  const byMail = open?.allowed_auth_methods.split(',').includes('email') ?? false
  if (!open || !byMail || !takesAddress(open.features, email)) throw identityErrors.SIGNUP_CLOSED()
}

/** What the owner of a known address gets when somebody signs up with it again. */
async function remindOwner(context: IdentityContext, request: SignUp): Promise<void> {
  const { publicUrl } = context.policy
  const mail = await context.db.everyTenant(async (tx) => {
    const account = await findAccount(tx, request.tenantId, request.email)
    if (!account) return null
    const firstName = account.first_name
    if (account.status !== 'pending_verification')
      return alreadyRegisteredMail(publicUrl, account.email, { userId: account.user_id, firstName })
    const facts = { tenantId: account.tenant_id, userId: account.user_id, purpose: 'verify_email' } as const
    return verifyEmailMail(publicUrl, account.email, {
      userId: account.user_id,
      firstName,
      token: await newEmailToken(context, tx, facts),
    })
  })
  if (mail) context.post.post(mail)
}

/**
 * Creates an account that waits for its e-mail address, and mails the token. Of ten sign-ups with one address one
 * creates it. @throws IDENTITY_EMAIL_TAKEN (where the operator reveals it), IDENTITY_SIGNUP_CLOSED, IDENTITY_PASSWORD_TOO_SHORT
 */
export async function signUp(context: IdentityContext, request: SignUp, caller: Caller): Promise<{ userId: string }> {
  checkPasswordLength(context, request.password, 'password')
  await requireOpenTenant(context, request.tenantId, request.email)
  const row = await prepareAccount(context, { ...request, status: 'pending_verification' })
  const facts = { tenantId: row.tenant_id, userId: row.user_id, purpose: 'verify_email' } as const
  const token = await context.db.everyTenant(async (tx) => {
    if (!(await insertAccount(tx, row))) return null
    await audit(context, tx, { ...facts, action: 'user.signup', targetType: 'user', targetId: row.user_id, caller })
    return newEmailToken(context, tx, facts)
  })
  if (token === null) {
    if (context.policy.revealExisting) throw identityErrors.EMAIL_TAKEN()
    await remindOwner(context, request)
    // An id of nobody: the answer must not tell a known address from a new one.
    return { userId: newUserId() }
  }
  context.post.post(
    verifyEmailMail(context.policy.publicUrl, row.email, { userId: row.user_id, firstName: row.first_name, token }),
  )
  return { userId: row.user_id }
}

/** Confirms the address and signs in; the token works once. @throws IDENTITY_EMAIL_TOKEN_INVALID */
export async function verifyEmail(context: IdentityContext, token: string, caller: Caller): Promise<TokenResponse> {
  const started = await context.changes.everyTenant(async (tx, tell) => {
    const owner = await takeEmailToken(context, tx, { token, purpose: 'verify_email' })
    if (!owner) return null
    const now = moment(context)
    const activated = await tx
      .updateTable('identity.account')
      .set({ status: 'active', verified_at: now, updated_at: now, last_login_at: now })
      .where('user_id', '=', owner.userId)
      .where('status', '=', 'pending_verification')
      .returning(['user_id', 'tenant_id'])
      .executeTakeFirst()
    if (!activated) return null
    await tell(`user:${owner.userId}`)
    await context.chores.welcome(tx, owner)
    await announce(context, tx, { ...owner, type: 'user_created', data: { user_id: owner.userId } })
    const target = { targetType: 'user', targetId: owner.userId }
    await audit(context, tx, { ...owner, ...target, action: 'user.email_verified', caller })
    return startSession(context, tx, { userId: owner.userId, kind: browserSession(caller), caller })
  })
  if (!started) throw identityErrors.EMAIL_TOKEN_INVALID()
  context.chores.soon()
  return tokenResponse(context, started.pair)
}

/** Mails a new token when the address waits for one; tells the caller nothing. @throws IDENTITY_TOO_MANY_ATTEMPTS */
export async function resendVerification(
  context: IdentityContext,
  request: { readonly email: string; readonly tenantId: string },
): Promise<void> {
  await context.attempts.take(RESEND, `${request.tenantId}\n${request.email}`)
  const mail = await context.db.everyTenant(async (tx) => {
    const account = await findAccount(tx, request.tenantId, request.email)
    if (account?.status !== 'pending_verification') return null
    const facts = { tenantId: account.tenant_id, userId: account.user_id, purpose: 'verify_email' } as const
    const token = await newEmailToken(context, tx, facts)
    return verifyEmailMail(context.policy.publicUrl, account.email, {
      userId: account.user_id,
      firstName: account.first_name,
      token,
    })
  })
  if (mail) context.post.post(mail)
}

/** Creates an active account on behalf of a service and signs it in. @throws IDENTITY_EMAIL_TAKEN, IDENTITY_SIGNUP_CLOSED */
export async function registerAccount(
  context: IdentityContext,
  request: SignUp,
  caller: Caller,
): Promise<TokenResponse> {
  checkPasswordLength(context, request.password, 'password')
  const tenant = await context.directory.tenant(request.tenantId)
  if (!tenant?.isActive) throw identityErrors.SIGNUP_CLOSED()
  const row = await prepareAccount(context, { ...request, status: 'active' })
  const started = await context.db.everyTenant(async (tx) => {
    if (!(await insertAccount(tx, row))) return null
    const owner = { tenantId: row.tenant_id, userId: row.user_id }
    await context.chores.welcome(tx, owner)
    await announce(context, tx, { ...owner, type: 'user_created', data: { user_id: row.user_id } })
    const target = { targetType: 'user', targetId: row.user_id }
    await audit(context, tx, { ...owner, ...target, action: 'user.registered', byService: true, caller })
    return startSession(context, tx, { userId: row.user_id, kind: browserSession(caller), caller })
  })
  if (!started) throw identityErrors.EMAIL_TAKEN()
  context.chores.soon()
  return tokenResponse(context, started.pair)
}
