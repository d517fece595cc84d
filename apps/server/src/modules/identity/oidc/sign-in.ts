import type { TokenResponse } from '@imperal/contract'
import { type Caller, type IdentityContext, moment } from '../context.ts'
import { identityErrors } from '../errors.ts'
import { audit, auditRefusal } from '../records.ts'
import { browserSession, startSession, tokenResponse } from '../sessions.ts'
import { allowsMethod } from '../sign-in-methods.ts'
import { answerAttempt, findAttempt, noteAttempt, takeCode } from './attempts.ts'
import { type ExternalPerson, findPerson } from './find-person.ts'
import type { OidcProvider } from './provider.ts'

const redirectUri = (context: IdentityContext): string => `${context.policy.publicUrl}/v1/auth/oidc/callback`

/** Address of the provider's sign-in page, for one browser, once. @throws IDENTITY_OIDC_UNAVAILABLE */
export async function beginOidc(
  context: IdentityContext,
  provider: OidcProvider,
  begun: { readonly browser: string; readonly next: string },
): Promise<string> {
  const { library, configuration } = await provider.configuration()
  const [state, nonce] = [library.randomState(), library.randomNonce()]
  const verifier = library.randomPKCECodeVerifier()
  await noteAttempt(context, begun.browser, { state, nonce, verifier, next: begun.next })
  const address = library.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri(context),
    scope: provider.policy.scopes,
    code_challenge: await library.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  return address.href
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 100) : '')

/** Exchanges the provider's code and checks everything that it answers: state, nonce, issuer, audience, signature. */
async function whoIs(
  context: IdentityContext,
  provider: OidcProvider,
  answer: {
    readonly query: Readonly<Record<string, string>>
    readonly expected: { nonce: string; verifier: string; state: string }
  },
): Promise<ExternalPerson> {
  const { library, configuration } = await provider.configuration()
  const address = new URL(redirectUri(context))
  for (const [name, value] of Object.entries(answer.query)) address.searchParams.set(name, value)
  const { nonce, verifier, state } = answer.expected
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  const tokens = await library.authorizationCodeGrant(configuration, address, checks)
  const claims = tokens.claims()
  if (claims === undefined) throw new Error('the identity provider sent no identity')
  // Many providers keep the address out of the identity token.
  const hasAddress = typeof claims.email === 'string' || configuration.serverMetadata().userinfo_endpoint === undefined
  const more = hasAddress ? {} : await library.fetchUserInfo(configuration, tokens.access_token, claims.sub)
  const facts: Record<string, unknown> = { ...more, ...claims }
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: textOf(facts.email).toLowerCase() || null,
    isEmailVerified: facts.email_verified === true,
    firstName: textOf(facts.given_name) || textOf(facts.name),
    lastName: textOf(facts.family_name),
  }
}

/** Where the browser goes after the provider: the sign-in page, with a code or with why not. */
export async function endOidc(
  context: IdentityContext,
  provider: OidcProvider,
  answer: { readonly browser: string; readonly query: Readonly<Record<string, string>>; readonly caller: Caller },
): Promise<{ readonly code: string; readonly next: string } | { readonly problem: string; readonly next: string }> {
  const { browser, query, caller } = answer
  const state = query.state ?? ''
  const attempt = await findAttempt(context, browser, state)
  if (attempt === null) return { problem: 'too_old', next: '/' }
  const { next } = attempt
  const { tenantId } = provider.policy
  const refuse = async (problem: string) => {
    await auditRefusal(context, {
      tenantId,
      userId: null,
      action: 'auth.oidc_failed',
      metadata: { reason: problem },
      caller,
    })
    return { problem, next }
  }
  if (query.error !== undefined) return refuse(query.error === 'access_denied' ? 'access_denied' : 'provider_error')
  if (!(await allowsMethod(context, tenantId, 'oidc'))) return refuse('method_not_allowed')
  let person: ExternalPerson
  try {
    person = await whoIs(context, provider, { query, expected: { ...attempt, state } })
  } catch (error) {
    context.log.warn({ err: error, issuer: provider.policy.issuer }, 'an answer of the identity provider was refused')
    return refuse('provider_error')
  }
  const found = await findPerson(context, provider.policy, { person, caller })
  if ('refusal' in found) return refuse(found.refusal)
  const code = await answerAttempt(context, state, found.userId)
  return code === null ? { problem: 'too_old', next } : { code, next }
}

/** Tokens for the browser that signed in elsewhere. @throws IDENTITY_OIDC_CODE_INVALID */
export async function redeemOidc(
  context: IdentityContext,
  given: { readonly browser: string; readonly code: string; readonly caller: Caller },
): Promise<TokenResponse> {
  const userId = await takeCode(context, given.browser, given.code)
  const actor = userId === null ? null : await context.directory.actor(userId)
  if (userId === null || actor?.isActive !== true) throw identityErrors.OIDC_CODE_INVALID()
  const { caller } = given
  const { pair } = await context.changes.everyTenant(async (tx, tell) => {
    await tx
      .updateTable('identity.account')
      .set({ last_login_at: moment(context) })
      .where('user_id', '=', userId)
      .execute()
    await tell(`profile:${userId}`)
    await audit(context, tx, {
      tenantId: actor.tenantId,
      userId,
      action: 'auth.login',
      metadata: { method: 'oidc' },
      caller,
    })
    return startSession(context, tx, { userId, kind: browserSession(caller), caller })
  })
  return tokenResponse(context, pair)
}
