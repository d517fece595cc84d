import { z } from 'zod'
import { DEFAULT_TENANT, Timestamp, UserId } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

const Email = z
  .string()
  .trim()
  .max(255)
  .meta({ format: 'email' })
  .pipe(z.email())
  .transform((email) => email.toLowerCase())
const Tenant = z.string().min(1).max(64).default(DEFAULT_TENANT)
const Token = z.string().min(1).max(4096)
const NewPassword = z.string().min(8).max(128)
const GivenName = z.string().trim().max(100).optional()
const Message = z.object({ message: z.string() })

/** What every way to sign in answers. `expires_in` is the true life of the access token in seconds. */
export const TokenResponse = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.number().int().positive(),
})
export type TokenResponse = z.infer<typeof TokenResponse>

/** The signed-in user; `id` repeats `imperal_id`. */
export const UserResponse = z.object({
  imperal_id: UserId,
  id: UserId,
  email: z.string(),
  tenant_id: z.string(),
  agency_id: z.string().nullable(),
  org_id: z.string().nullable(),
  role: z.string(),
  auth_method: z.string(),
  scopes: z.array(z.string()),
  attributes: JsonObject,
  is_active: z.boolean(),
  first_name: z.string(),
  last_name: z.string(),
  display_name: z.string(),
  created_at: Timestamp,
  last_login: Timestamp.nullable(),
  cases_user_id: z.number().int().nullable(),
})
export type UserResponse = z.infer<typeof UserResponse>

/** One signed-in browser, terminal or program of the user. */
export const SessionInfo = z.object({
  session_id: z.string(),
  label: z.string(),
  surface: z.string(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  created_at: Timestamp,
  last_seen_at: Timestamp,
  updated_at: Timestamp,
  current: z.boolean(),
})
export type SessionInfo = z.infer<typeof SessionInfo>

/** What the approval page shows about a device that wants to sign in. */
export const DeviceRequest = z.object({
  user_code: z.string(),
  client_name: z.string(),
  surface: z.string(),
  ip_address: z.string().nullable(),
  created_at: Timestamp,
  expires_at: Timestamp,
  status: z.enum(['pending', 'approved', 'denied', 'expired', 'consumed']),
})
export type DeviceRequest = z.infer<typeof DeviceRequest>

const DeviceCode = z.object({ user_code: z.string().min(1).max(32) })
const perMinute = (limit: number, key: 'ip' | 'user') => ({ limit, windowSeconds: 60, key })

const signup = defineRoute({
  id: 'auth.signup',
  method: 'POST',
  path: '/v1/auth/signup',
  auth: 'none',
  tag: 'auth',
  summary: 'Create an account that waits for the verification of its e-mail address',
  body: z.object({
    email: Email,
    password: z.string().min(7).max(128),
    tenant_id: Tenant,
    first_name: GivenName,
    last_name: GivenName,
  }),
  status: 201,
  response: z.object({ message: z.string(), user_id: UserId }),
  errors: ['IDENTITY_EMAIL_TAKEN', 'IDENTITY_SIGNUP_CLOSED', 'IDENTITY_PASSWORD_TOO_SHORT'],
  rateLimit: perMinute(3, 'ip'),
})

const verifyEmail = defineRoute({
  id: 'auth.verify_email',
  method: 'POST',
  path: '/v1/auth/verify-email',
  auth: 'none',
  tag: 'auth',
  summary: 'Confirm the e-mail address with the mailed token, and sign in',
  body: z.object({ token: Token }),
  response: TokenResponse,
  errors: ['IDENTITY_EMAIL_TOKEN_INVALID'],
  rateLimit: perMinute(10, 'ip'),
})

const resendVerification = defineRoute({
  id: 'auth.resend_verification',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/resend-verification',
  auth: 'none',
  tag: 'auth',
  summary: 'Mail a new verification token; says the same whether the address is known or not',
  body: z.object({ email: Email, tenant_id: Tenant }),
  response: Message,
  errors: ['IDENTITY_TOO_MANY_ATTEMPTS'],
  rateLimit: perMinute(3, 'ip'),
})

const register = defineRoute({
  id: 'auth.register',
  method: 'POST',
  path: '/v1/auth/register',
  auth: 'svc',
  tag: 'auth',
  summary: 'Create an active account without the e-mail flow, for services',
  body: z.object({ email: Email, password: NewPassword, tenant_id: Tenant }),
  status: 201,
  response: TokenResponse,
  errors: ['IDENTITY_EMAIL_TAKEN', 'IDENTITY_SIGNUP_CLOSED', 'IDENTITY_PASSWORD_TOO_SHORT'],
  rateLimit: perMinute(3, 'ip'),
})

const login = defineRoute({
  id: 'auth.login',
  method: 'POST',
  path: '/v1/auth/login',
  auth: 'none',
  tag: 'auth',
  summary: 'Exchange e-mail address and password for tokens',
  body: z.object({ email: Email, password: z.string().min(1).max(1024), tenant_id: Tenant }),
  response: TokenResponse,
  errors: [
    'IDENTITY_BAD_CREDENTIALS',
    'IDENTITY_EMAIL_NOT_VERIFIED',
    'IDENTITY_ACCOUNT_DISABLED',
    'IDENTITY_METHOD_NOT_ALLOWED',
    'IDENTITY_TOO_MANY_ATTEMPTS',
  ],
  rateLimit: perMinute(5, 'ip'),
})

const refresh = defineRoute({
  id: 'auth.refresh',
  method: 'POST',
  path: '/v1/auth/refresh',
  auth: 'none',
  tag: 'auth',
  summary: 'Exchange a refresh token, once, for a new pair',
  body: z.object({ refresh_token: Token }),
  response: TokenResponse,
  errors: ['IDENTITY_SESSION_ENDED', 'IDENTITY_UNAVAILABLE'],
  rateLimit: perMinute(30, 'user'),
})

const logout = defineRoute({
  id: 'auth.logout',
  method: 'POST',
  path: '/v1/auth/logout',
  auth: 'none',
  tag: 'auth',
  summary: 'End the session of a refresh token, or without one that of the bearer token; idempotent',
  body: z.object({ refresh_token: Token.optional() }),
  response: Message,
})

const me = defineRoute({
  id: 'auth.me',
  method: 'GET',
  path: '/v1/auth/me',
  auth: 'user',
  // Whose key it is, which every key may know.
  keyScope: null,
  tag: 'auth',
  summary: 'The signed-in user',
  response: UserResponse,
  rateLimit: perMinute(60, 'user'),
})

const updateMe = defineRoute({
  id: 'auth.update_me',
  surface: 'client',
  method: 'PATCH',
  path: '/v1/auth/me',
  auth: 'user-jwt',
  tag: 'auth',
  summary: 'Change the name of the signed-in user; a part that is not sent stays',
  body: z.object({ first_name: GivenName, last_name: GivenName }),
  response: UserResponse,
})

const changePassword = defineRoute({
  id: 'auth.change_password',
  method: 'POST',
  path: '/v1/auth/me/change-password',
  auth: 'user-jwt',
  tag: 'auth',
  summary: 'Change the password; every other session ends',
  body: z.object({ current_password: z.string().min(1).max(1024), new_password: NewPassword }),
  response: Message,
  errors: ['IDENTITY_WRONG_PASSWORD', 'IDENTITY_SAME_PASSWORD', 'IDENTITY_PASSWORD_TOO_SHORT'],
  rateLimit: perMinute(10, 'user'),
})

const forgotPassword = defineRoute({
  id: 'auth.forgot_password',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/forgot-password',
  auth: 'none',
  tag: 'auth',
  summary: 'Mail a token to set a new password; says the same whether the address is known or not',
  body: z.object({ email: Email, tenant_id: Tenant }),
  response: Message,
  errors: ['IDENTITY_TOO_MANY_ATTEMPTS'],
  rateLimit: perMinute(3, 'ip'),
})

const resetPassword = defineRoute({
  id: 'auth.reset_password',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/reset-password',
  auth: 'none',
  tag: 'auth',
  summary: 'Set a new password with the mailed token; every session ends',
  body: z.object({ token: Token, new_password: NewPassword }),
  response: Message,
  errors: ['IDENTITY_EMAIL_TOKEN_INVALID', 'IDENTITY_PASSWORD_TOO_SHORT'],
  rateLimit: perMinute(10, 'ip'),
})

const jwks = defineRoute({
  id: 'auth.jwks',
  method: 'GET',
  path: '/v1/auth/.well-known/jwks.json',
  auth: 'none',
  tag: 'auth',
  summary: 'Public keys that verify access tokens',
  response: z.object({
    keys: z.array(
      z.object({
        kty: z.literal('RSA'),
        use: z.literal('sig'),
        alg: z.literal('RS256'),
        kid: z.string(),
        n: z.string(),
        e: z.string(),
      }),
    ),
  }),
})

const setCasesUserId = defineRoute({
  id: 'auth.set_cases_user_id',
  method: 'PATCH',
  path: '/v1/auth/users/{imperal_id}/cases-uid',
  auth: 'user',
  tag: 'auth',
  summary: 'Link an account to its numeric id in the older cases service',
  params: z.object({ imperal_id: z.string().min(1).max(64) }),
  body: z.object({
    cases_user_id: z.union([z.int().nonnegative(), z.string().regex(/^\d{1,15}$/, 'must be a whole number')]),
  }),
  response: z.object({ message: z.string(), user_id: UserId, cases_user_id: z.number().int() }),
  errors: ['IDENTITY_USER_NOT_FOUND'],
})

const sessions = defineRoute({
  id: 'auth.sessions',
  method: 'GET',
  path: '/v1/auth/sessions',
  auth: 'user-jwt',
  tag: 'auth',
  summary: 'Sessions that are signed in, newest first',
  response: z.object({ sessions: z.array(SessionInfo) }),
})

const revokeSession = defineRoute({
  id: 'auth.revoke_session',
  method: 'POST',
  path: '/v1/auth/sessions/{session_id}/revoke',
  auth: 'user-jwt',
  tag: 'auth',
  summary: 'End one session; idempotent',
  params: z.object({ session_id: z.string().min(1).max(64) }),
  response: z.object({ status: z.literal('revoked'), session_id: z.string() }),
  errors: ['IDENTITY_SESSION_NOT_FOUND'],
})

const revokeOtherSessions = defineRoute({
  id: 'auth.revoke_other_sessions',
  method: 'POST',
  path: '/v1/auth/sessions/revoke-others',
  auth: 'user-jwt',
  tag: 'auth',
  summary: 'End every session but the one of this token',
  response: z.object({ revoked: z.number().int().nonnegative() }),
  errors: ['IDENTITY_NO_SESSION'],
})

const deviceAuthorize = defineRoute({
  id: 'auth.device_authorize',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/cli/device/authorize',
  auth: 'none',
  tag: 'auth',
  summary: 'Begin a sign-in of a terminal or program that has no browser of its own',
  body: z.object({
    code_challenge: z.string().max(256),
    code_challenge_method: z.string().max(16),
    client_name: z.string().trim().max(100).optional(),
    surface: z.string().trim().max(40).optional(),
  }),
  response: z.object({
    device_code: z.string(),
    user_code: z.string(),
    verification_uri: z.string(),
    verification_uri_complete: z.string(),
    expires_in: z.number().int(),
    interval: z.number().int(),
  }),
  errors: ['IDENTITY_BAD_CHALLENGE'],
  rateLimit: perMinute(10, 'ip'),
})

const deviceToken = defineRoute({
  id: 'auth.device_token',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/cli/device/token',
  auth: 'none',
  tag: 'auth',
  summary: 'Ask whether the device was approved; 200 with `error` while it waits',
  body: z.object({ device_code: Token, code_verifier: z.string().min(1).max(256) }),
  response: z.union([TokenResponse, z.object({ error: z.enum(['authorization_pending', 'slow_down']) })]),
  errors: ['IDENTITY_DEVICE_DENIED', 'IDENTITY_DEVICE_CODE_EXPIRED', 'IDENTITY_DEVICE_GRANT_INVALID'],
  // The pace of one device code is kept by `slow_down`; this only bounds guessing from one address.
  rateLimit: perMinute(120, 'ip'),
})

const deviceLookup = defineRoute({
  id: 'auth.device',
  surface: 'client',
  method: 'GET',
  path: '/v1/auth/cli/device/{user_code}',
  auth: 'panel',
  tag: 'auth',
  summary: 'What wants to sign in with this code, for the approval page',
  params: DeviceCode,
  response: DeviceRequest,
  errors: ['IDENTITY_DEVICE_NOT_FOUND', 'IDENTITY_TOO_MANY_ATTEMPTS'],
})

const deviceApprove = defineRoute({
  id: 'auth.device_approve',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/cli/device/{user_code}/approve',
  auth: 'panel',
  tag: 'auth',
  summary: 'Let the device sign in as the user of this token',
  params: DeviceCode,
  body: z.object({ label: z.string().trim().max(100).optional() }),
  response: z.object({ status: z.literal('approved') }),
  errors: [
    'IDENTITY_DEVICE_NOT_FOUND',
    'IDENTITY_DEVICE_DECIDED',
    'IDENTITY_DEVICE_EXPIRED',
    'IDENTITY_TOO_MANY_ATTEMPTS',
  ],
})

const deviceDeny = defineRoute({
  id: 'auth.device_deny',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/cli/device/{user_code}/deny',
  auth: 'panel',
  tag: 'auth',
  summary: 'Refuse the device',
  params: DeviceCode,
  body: z.object({}),
  response: z.object({ status: z.literal('denied') }),
  errors: [
    'IDENTITY_DEVICE_NOT_FOUND',
    'IDENTITY_DEVICE_DECIDED',
    'IDENTITY_DEVICE_EXPIRED',
    'IDENTITY_TOO_MANY_ATTEMPTS',
  ],
})

const cliCode = defineRoute({
  id: 'auth.cli_code',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/cli/codes',
  auth: 'panel',
  tag: 'auth',
  summary: 'A one-minute code for a program that listens on a loopback address',
  body: z.object({
    code_challenge: z.string().max(256),
    redirect_uri: z.string().max(500),
    state: z.string().max(500).optional(),
  }),
  response: z.object({ code: z.string() }),
  errors: ['IDENTITY_BAD_CHALLENGE', 'IDENTITY_REDIRECT_REFUSED'],
})

const cliToken = defineRoute({
  id: 'auth.cli_token',
  surface: 'client',
  method: 'POST',
  path: '/v1/auth/cli/token',
  auth: 'none',
  tag: 'auth',
  summary: 'Exchange the code of a loopback sign-in for tokens',
  body: z.object({ code: Token, code_verifier: z.string().min(1).max(256), redirect_uri: z.string().max(500) }),
  response: TokenResponse,
  errors: ['IDENTITY_DEVICE_GRANT_INVALID'],
  rateLimit: perMinute(10, 'ip'),
})

const validateApiKey = defineRoute({
  id: 'auth.validate_api_key',
  method: 'POST',
  path: '/v1/internal/auth/api-keys/validate',
  auth: 'svc',
  tag: 'auth',
  summary: 'Whose API key this is and what it opens, for services',
  body: z.object({ api_key: z.string().min(1).max(256) }),
  response: z.union([
    z.object({
      valid: z.literal(true),
      app_id: z.string().nullable(),
      scope: z.string(),
      tenant_id: z.string(),
      owner_id: z.string(),
      scopes: z.array(z.string()),
    }),
    z.object({ valid: z.literal(false), error: z.string() }),
  ]),
  rateLimit: perMinute(120, 'user'),
})

/** Accounts, sessions and devices (api.md 3.1). */
export const auth = {
  signup,
  verifyEmail,
  resendVerification,
  register,
  login,
  refresh,
  logout,
  me,
  updateMe,
  changePassword,
  forgotPassword,
  resetPassword,
  jwks,
  setCasesUserId,
  sessions,
  revokeSession,
  revokeOtherSessions,
  deviceAuthorize,
  deviceToken,
  deviceLookup,
  deviceApprove,
  deviceDeny,
  cliCode,
  cliToken,
  validateApiKey,
} as const
