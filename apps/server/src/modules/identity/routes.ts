import { auth, DEFAULT_TENANT, keys, me } from '@imperal/contract'
import { PlatformError } from '../../foundation/errors.ts'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import { administrationRoutes } from './administration/routes.ts'
import { createKey, listKeys, revokeKey, validateKey } from './api-keys.ts'
import type { Authenticator } from './authenticate.ts'
import { type CallerRequest, callerOf } from './caller-of.ts'
import { changeName } from './change-name.ts'
import { changeSettings, readSettings } from './change-settings.ts'
import type { IdentityContext } from './context.ts'
import { describeUser, setCasesUserId } from './describe-user.ts'
import { authorizeDevice, DEVICE_LIFE_S, decideDevice, pollDevice, showDevice } from './device-login.ts'
import { identityErrors } from './errors.ts'
import { logIn } from './log-in.ts'
import { logOut, revokeOtherSessions, revokeOwnSession } from './log-out.ts'
import { issueLoopbackCode, redeemLoopbackCode } from './loopback-login.ts'
import { readNickname, setNickname } from './nicknames.ts'
import { oidcRoutes } from './oidc/routes.ts'
import { changePassword, forgotPassword, resetPassword } from './passwords.ts'
import { refreshingUser, refreshSession } from './refresh-session.ts'
import { listSessions } from './sessions.ts'
import { registerAccount, resendVerification, signUp, verifyEmail } from './sign-up.ts'

/** An answer with tokens in it, which no cache on the way may keep. */
const unstored = <T>(body: T, status = 200) => reply(status, body, { 'cache-control': 'no-store' })

const MAIL_SENT = { message: 'Verification email sent. Check your inbox.' }
const IF_KNOWN = { message: 'If there is such an account, a mail is on its way.' }

/** Accounts: sign-up, sign-in and passwords. */
function accountRoutes(context: IdentityContext): MountedRoute[] {
  return [
    implement(auth.signup, async (request) => {
      const { body } = request
      const { userId } = await signUp(
        context,
        {
          email: body.email,
          password: body.password,
          tenantId: body.tenant_id,
          firstName: body.first_name,
          lastName: body.last_name,
        },
        callerOf(request),
      )
      return { ...MAIL_SENT, user_id: userId }
    }),
    implement(auth.verifyEmail, async (request) =>
      unstored(await verifyEmail(context, request.body.token, callerOf(request))),
    ),
    implement(auth.resendVerification, async ({ body }) => {
      await resendVerification(context, { email: body.email, tenantId: body.tenant_id })
      return IF_KNOWN
    }),
    implement(auth.register, async (request) => {
      const { email, password, tenant_id: tenantId } = request.body
      return unstored(await registerAccount(context, { email, password, tenantId }, callerOf(request)), 201)
    }),
    implement(auth.login, async (request) => {
      const { email, password, tenant_id: tenantId } = request.body
      return unstored(await logIn(context, { email, password, tenantId }, callerOf(request)))
    }),
    implement(auth.changePassword, async (request) => {
      const { current_password: current, new_password: next } = request.body
      await changePassword(context, request.user, { current, next, caller: callerOf(request) })
      return { message: 'Your password was changed. Your other sessions were signed out.' }
    }),
    implement(auth.forgotPassword, async ({ body }) => {
      await forgotPassword(context, { email: body.email, tenantId: body.tenant_id })
      return IF_KNOWN
    }),
    implement(auth.resetPassword, async (request) => {
      const { token, new_password: next } = request.body
      await resetPassword(context, { token, next }, callerOf(request))
      return { message: 'Your password was set. Sign in with it.' }
    }),
    implement(auth.me, (request) => describeUser(context, request.user)),
    implement(auth.updateMe, async (request) => {
      await changeName(context, request.user, { names: request.body, caller: callerOf(request) })
      return describeUser(context, request.user)
    }),
    implement(auth.setCasesUserId, async (request) => {
      const link = { userId: request.params.imperal_id, casesUserId: Number(request.body.cases_user_id) }
      await setCasesUserId(context, request, link)
      return { message: 'Linked.', user_id: link.userId, cases_user_id: link.casesUserId }
    }),
  ]
}

/** Sessions and the keys that verify their tokens. */
function sessionRoutes(context: IdentityContext, authenticator: Authenticator): MountedRoute[] {
  async function bearerSession(request: CallerRequest): Promise<string | null> {
    try {
      return (await authenticator.authenticate(request.headers, { ip: request.ip }))?.sessionId ?? null
    } catch (error) {
      // A token that has ended needs no sign-out; trouble on our side is no answer to the question.
      if (error instanceof PlatformError && error.kind === 'unauthenticated') return null
      throw error
    }
  }
  return [
    implement(
      auth.refresh,
      async (request) => unstored(await refreshSession(context, request.body.refresh_token, callerOf(request))),
      { countsFor: (body) => refreshingUser(context, body) },
    ),
    implement(auth.logout, async (request) => {
      const refreshToken = request.body.refresh_token
      if (refreshToken !== undefined) await logOut(context, { refreshToken }, callerOf(request))
      else {
        const sessionId = await bearerSession(request)
        if (sessionId !== null) await logOut(context, { sessionId }, callerOf(request))
      }
      return { message: 'Signed out.' }
    }),
    implement(auth.jwks, () =>
      reply(200, { keys: [...context.keys.published()] }, { 'cache-control': 'public, max-age=3600' }),
    ),
    implement(auth.sessions, async (request) => ({ sessions: await listSessions(context, request.user) })),
    implement(auth.revokeSession, async (request) => {
      const sessionId = request.params.session_id
      const { tenantId, userId } = request.user
      await revokeOwnSession(context, { tenantId, userId, sessionId }, callerOf(request))
      return { status: 'revoked' as const, session_id: sessionId }
    }),
    implement(auth.revokeOtherSessions, async (request) => {
      const { tenantId, userId, sessionId } = request.user
      if (sessionId === null) throw identityErrors.NO_SESSION()
      const revoked = await revokeOtherSessions(context, { tenantId, userId, keep: sessionId }, callerOf(request))
      return { revoked }
    }),
  ]
}

/** Terminals and programs that sign in through a browser. */
function deviceRoutes(context: IdentityContext): MountedRoute[] {
  const page = `${context.policy.publicUrl}/device`
  return [
    implement(auth.deviceAuthorize, async (request) => {
      const {
        code_challenge: challenge,
        code_challenge_method: method,
        client_name: clientName,
        surface,
      } = request.body
      const codes = await authorizeDevice(context, { challenge, method, clientName, surface }, callerOf(request))
      return {
        device_code: codes.deviceCode,
        user_code: codes.userCode,
        verification_uri: page,
        verification_uri_complete: `${page}?code=${codes.userCode}`,
        expires_in: DEVICE_LIFE_S,
        interval: 5,
      }
    }),
    implement(auth.deviceToken, async (request) => {
      const { device_code: deviceCode, code_verifier: verifier } = request.body
      return unstored(await pollDevice(context, { deviceCode, verifier }, callerOf(request)))
    }),
    implement(auth.deviceLookup, (request) => showDevice(context, request.user, request.params.user_code)),
    implement(auth.deviceApprove, async (request) => {
      const { params, body, user } = request
      const decision = { typed: params.user_code, verdict: 'approved', label: body.label } as const
      await decideDevice(context, user, { ...decision, caller: callerOf(request) })
      return { status: 'approved' as const }
    }),
    implement(auth.deviceDeny, async (request) => {
      const decision = { typed: request.params.user_code, verdict: 'denied', caller: callerOf(request) } as const
      await decideDevice(context, request.user, decision)
      return { status: 'denied' as const }
    }),
    implement(auth.cliCode, async (request) => {
      const { body, user } = request
      const asked = { challenge: body.code_challenge, redirectUri: body.redirect_uri, caller: callerOf(request) }
      return { code: await issueLoopbackCode(context, user, asked) }
    }),
    implement(auth.cliToken, async (request) => {
      const { code, code_verifier: verifier, redirect_uri: redirectUri } = request.body
      return unstored(await redeemLoopbackCode(context, { code, verifier, redirectUri }, callerOf(request)))
    }),
  ]
}

function keyRoutes(context: IdentityContext): MountedRoute[] {
  return [
    implement(keys.create, (request) =>
      createKey(context, request.user, { ...request.body, caller: callerOf(request) }),
    ),
    implement(keys.list, (request) => listKeys(context, request.user)),
    implement(keys.revoke, async (request) => {
      const keyId = request.params.key_id
      await revokeKey(context, request.user, { keyId, caller: callerOf(request) })
      return { message: 'The key was revoked.', id: keyId }
    }),
    implement(auth.validateApiKey, ({ body }) => validateKey(context, body.api_key)),
  ]
}

function meRoutes(context: IdentityContext): MountedRoute[] {
  /** The user that a service names; `default` means the user's own tenant. @throws IDENTITY_USER_NOT_FOUND */
  const ownerOf = async (userId: string, tenantId: string) => {
    const actor = await context.directory.actor(userId)
    if (actor === null || (tenantId !== DEFAULT_TENANT && tenantId !== actor.tenantId))
      throw identityErrors.USER_NOT_FOUND()
    return { tenantId: actor.tenantId, userId }
  }
  return [
    implement(me.internalSettings, async ({ params, query }) => ({
      settings: { ...(await readSettings(context, await ownerOf(params.user_id, query.tenant_id))) },
    })),
    implement(me.internalUpdateSettings, async (request) => {
      const { params, query, body } = request
      const owner = await ownerOf(params.user_id, query.tenant_id)
      return { settings: { ...(await changeSettings(context, { ...owner, by: request }, body)) } }
    }),
    implement(me.nickname, async ({ user }) => {
      const row = await context.db.tenant(user.tenantId, (tx) => readNickname(tx, user.userId))
      return { nickname: row?.nickname ?? null }
    }),
    implement(me.setNickname, async (request) => {
      const { tenantId, userId } = request.user
      const wish = { typed: request.body.nickname, caller: callerOf(request) }
      return { nickname: await setNickname(context, { tenantId, userId }, wish) }
    }),
    implement(me.settings, async ({ user }) => ({ settings: { ...(await readSettings(context, user)) } })),
    implement(me.updateSettings, async (request) => {
      const { tenantId, userId } = request.user
      return { settings: { ...(await changeSettings(context, { tenantId, userId, by: request }, request.body)) } }
    }),
  ]
}

/** Every route of this module. */
export const identityRoutes = (context: IdentityContext, authenticator: Authenticator): MountedRoute[] => [
  ...accountRoutes(context),
  ...sessionRoutes(context, authenticator),
  ...deviceRoutes(context),
  ...oidcRoutes(context),
  ...keyRoutes(context),
  ...meRoutes(context),
  ...administrationRoutes(context),
]
