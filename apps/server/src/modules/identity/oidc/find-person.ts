import { sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { newUserId } from '../../../foundation/ids.ts'
import { findAccount } from '../accounts.ts'
import { type Caller, type IdentityContext, moment } from '../context.ts'
import { announce, audit } from '../records.ts'
import type { OidcPolicy } from './provider.ts'

/** What a verified answer of the provider says about somebody. */
export interface ExternalPerson {
  readonly issuer: string
  readonly subject: string
  /** In lower case; null when the provider tells none. */
  readonly email: string | null
  readonly isEmailVerified: boolean
  readonly firstName: string
  readonly lastName: string
}

export type OidcRefusal = 'account_disabled' | 'no_email' | 'email_not_verified' | 'no_account'
export type Found = { readonly userId: string } | { readonly refusal: OidcRefusal }

const linked = (tx: Tx, tenantId: string, person: ExternalPerson) =>
  tx
    .selectFrom('identity.external_login as login')
    .innerJoin('identity.account as account', 'account.user_id', 'login.user_id')
    .select(['account.user_id', 'account.status'])
    .where('login.tenant_id', '=', tenantId)
    .where('login.issuer', '=', person.issuer)
    .where('login.subject', '=', person.subject)
    .executeTakeFirst()

async function link(
  context: IdentityContext,
  tx: Tx,
  of: { tenantId: string; userId: string; person: ExternalPerson },
) {
  const { tenantId, userId, person } = of
  await tx
    .insertInto('identity.external_login')
    .values({
      tenant_id: tenantId,
      user_id: userId,
      issuer: person.issuer,
      subject: person.subject,
      created_at: moment(context),
    })
    .execute()
}

async function create(
  context: IdentityContext,
  tx: Tx,
  of: { tenantId: string; email: string; person: ExternalPerson; caller: Caller },
): Promise<string> {
  const { tenantId, email, person, caller } = of
  const now = moment(context)
  const owner = { tenantId, userId: newUserId() }
  await tx
    .insertInto('identity.account')
    .values({
      user_id: owner.userId,
      tenant_id: tenantId,
      email,
      // Nobody knows a password that is none; a new one may be asked for by mail.
      password_hash: null,
      auth_method: 'oidc',
      status: 'active',
      first_name: person.firstName,
      last_name: person.lastName,
      created_at: now,
      updated_at: now,
      verified_at: now,
    })
    .execute()
  await context.chores.welcome(tx, owner)
  await announce(context, tx, { ...owner, type: 'user_created', data: { user_id: owner.userId } })
  const target = { targetType: 'user', targetId: owner.userId }
  await audit(context, tx, { ...owner, ...target, action: 'user.created', metadata: { issuer: person.issuer }, caller })
  return owner.userId
}

/**
 * The account of somebody who signed in elsewhere. Who came before is known by issuer and subject, whatever the address is
 * now. An address that the provider has verified leads to the account that has it; one that is not verified never does.
 */
export async function findPerson(
  context: IdentityContext,
  policy: OidcPolicy,
  found: { readonly person: ExternalPerson; readonly caller: Caller },
): Promise<Found> {
  const { person, caller } = found
  const { tenantId } = policy
  return context.changes.everyTenant(async (tx, tell): Promise<Found> => {
    // The same person in two windows at once is one account.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`oidc ${tenantId} ${person.issuer} ${person.subject}`}, 0))`.execute(
      tx,
    )
    const known = await linked(tx, tenantId, person)
    if (known !== undefined)
      return known.status === 'active' ? { userId: known.user_id } : { refusal: 'account_disabled' }
    const { email } = person
    if (email === null) return { refusal: 'no_email' }
    if (!person.isEmailVerified) return { refusal: 'email_not_verified' }
    await sql`select pg_advisory_xact_lock(hashtextextended(${`oidc ${tenantId} ${email}`}, 0))`.execute(tx)
    const account = await findAccount(tx, tenantId, email)
    if (account !== undefined && account.status === 'inactive') return { refusal: 'account_disabled' }
    if (account === undefined && !policy.createAccounts) return { refusal: 'no_account' }
    // Whoever signed up with this address and never proved it must not keep a password to it.
    if (account?.status === 'pending_verification')
      await tx.deleteFrom('identity.account').where('user_id', '=', account.user_id).execute()
    const isOurs = account?.status === 'active'
    const userId = isOurs ? account.user_id : await create(context, tx, { tenantId, email, person, caller })
    await link(context, tx, { tenantId, userId, person })
    const target = { targetType: 'user', targetId: userId }
    const metadata = { issuer: person.issuer }
    if (isOurs)
      await audit(context, tx, { tenantId, userId, ...target, action: 'auth.external_linked', metadata, caller })
    await tell(`user:${userId}`)
    return { userId }
  })
}
