import { defineErrors } from '../../foundation/errors.ts'

/** Permanent error codes of accounts, sessions and keys. */
export const identityErrors = defineErrors('IDENTITY', {
  CREDENTIAL_INVALID: {
    kind: 'unauthenticated',
    message: 'The access token or key is not valid.',
    hint: 'Sign in again.',
  },
  TOKEN_EXPIRED: { kind: 'unauthenticated', message: 'The access token has expired.', hint: 'Refresh it.' },
  SESSION_ENDED: { kind: 'unauthenticated', message: 'This session has ended.', hint: 'Sign in again.' },
  ACCOUNT_CLOSED: { kind: 'unauthenticated', message: 'The account of this credential is not active.' },
  TWO_CREDENTIALS: { kind: 'invalid', message: 'The request carries two credentials of different callers; send one.' },
  CALL_TOKEN_INVALID: { kind: 'unauthenticated', message: 'The call token is missing or not valid.' },
  CALL_TOKEN_EXPIRED: { kind: 'unauthenticated', message: 'The call token has expired.' },
  CALL_TOKEN_REPLAYED: {
    kind: 'unauthenticated',
    message: 'The call token was used before.',
    hint: 'Make one token for every request.',
  },
  ACTING_USER_UNKNOWN: { kind: 'forbidden', message: 'The acting user does not exist or is not active.' },
  ACTING_TENANT_MISMATCH: { kind: 'forbidden', message: 'The acting user belongs to another tenant.' },
  ACTING_AGENCY_MISMATCH: { kind: 'forbidden', message: 'The acting user belongs to another agency.' },
  SERVICE_NETWORK: {
    kind: 'unauthenticated',
    message: 'Services are not let in from this address.',
    hint: 'The operator lists their networks in IMPERAL_SERVICE_ALLOWED_CIDRS.',
  },
  UNAVAILABLE: {
    kind: 'unavailable',
    message: 'Accounts cannot be checked at the moment.',
    hint: 'Try again in a moment; nothing was used up.',
  },

  EMAIL_TAKEN: { kind: 'conflict', message: 'An account with this e-mail address exists already.' },
  SIGNUP_CLOSED: { kind: 'forbidden', message: 'This tenant does not take new accounts.' },
  PASSWORD_TOO_SHORT: {
    kind: 'unprocessable',
    message: (details: { minimum: number }) => `The password needs at least ${details.minimum} characters.`,
    wireDetail: (details: { minimum: number; field: string }) => [
      {
        loc: ['body', details.field],
        msg: `The password needs at least ${details.minimum} characters.`,
        type: 'too_small',
      },
    ],
  },
  EMAIL_TOKEN_INVALID: {
    kind: 'invalid',
    message: 'This link is not valid any more: it was used, replaced by a newer one, or is too old.',
    hint: 'Ask for a new mail.',
  },
  BAD_CREDENTIALS: { kind: 'unauthenticated', message: 'The e-mail address or the password is wrong.' },
  EMAIL_NOT_VERIFIED: {
    kind: 'forbidden',
    message: 'The e-mail address is not verified yet.',
    hint: 'Open the link in the mail that you got, or ask for a new one.',
    wireCode: 'email_not_verified',
  },
  ACCOUNT_DISABLED: { kind: 'forbidden', message: 'This account is disabled.', wireCode: 'account_disabled' },
  TOO_MANY_ATTEMPTS: {
    kind: 'rate_limited',
    message: (details: { retryAfter: number }) =>
      `Too many attempts. Try again in ${Math.max(1, Math.ceil(details.retryAfter / 60))} min.`,
  },
  OIDC_OFF: { kind: 'not_found', message: 'This installation knows no other identity provider.' },
  OIDC_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The identity provider does not answer.',
    hint: 'Try again in a moment, or sign in with a password.',
  },
  OIDC_CODE_INVALID: {
    kind: 'invalid',
    message: 'This sign-in is not valid any more: it was used, is too old, or began in another browser.',
    hint: 'Sign in again.',
  },
  WRONG_PASSWORD: { kind: 'invalid', message: 'The current password is wrong.' },
  SAME_PASSWORD: { kind: 'invalid', message: 'The new password is the same as the current one.' },
  USER_NOT_FOUND: { kind: 'not_found', message: 'There is no such user.' },
  SESSION_NOT_FOUND: { kind: 'not_found', message: 'There is no such session.' },
  NO_SESSION: { kind: 'invalid', message: 'This token belongs to no session, so there is none to keep.' },

  BAD_CHALLENGE: {
    kind: 'invalid',
    message: 'code_challenge must be the base64url of a SHA-256 (43 characters) and code_challenge_method S256.',
  },
  DEVICE_NOT_FOUND: { kind: 'not_found', message: 'There is no sign-in request with this code.' },
  DEVICE_DECIDED: {
    kind: 'conflict',
    message: (details: { state: string; action: string }) =>
      `This sign-in request is ${details.state} already; it cannot be ${details.action}.`,
  },
  DEVICE_EXPIRED: { kind: 'gone', message: 'This code has expired.', hint: 'Begin again on the device.' },
  DEVICE_DENIED: { kind: 'invalid', message: 'The sign-in was refused.', wireCode: 'access_denied' },
  DEVICE_CODE_EXPIRED: { kind: 'invalid', message: 'The sign-in took too long.', wireCode: 'expired_token' },
  DEVICE_GRANT_INVALID: {
    kind: 'invalid',
    message: 'The code is unknown or used, or the verifier does not belong to it.',
    wireCode: 'invalid_grant',
  },
  REDIRECT_REFUSED: {
    kind: 'invalid',
    message: 'redirect_uri must be a loopback address such as http://127.0.0.1:4000/callback.',
  },

  TOO_MANY_KEYS: { kind: 'conflict', message: 'There are 20 active keys already.', hint: 'Revoke one first.' },
  BAD_SCOPES: {
    kind: 'invalid',
    message: (details: { scope: string }) => `"${details.scope}" is not a scope.`,
    hint: 'Use scopes such as notes:read, notes:* or *.',
  },
  KEY_NOT_FOUND: { kind: 'not_found', message: 'There is no such key.' },

  FOREIGN_TENANT: {
    kind: 'forbidden',
    message: 'You make users of your own tenant only.',
    hint: 'Leave tenant_id out.',
  },
  NOT_YOURS: { kind: 'forbidden', message: 'This belongs to somebody else.' },
  ONESELF: { kind: 'invalid', message: 'You cannot remove yourself.', hint: 'Another administrator can.' },
  LAST_ADMIN: {
    kind: 'invalid',
    message: 'This is the last active administrator of the tenant.',
    hint: 'Make somebody else an administrator first.',
  },
  ATTRIBUTES_TOO_LARGE: { kind: 'too_large', message: 'The attributes of a user may be 64 KiB together.' },
  TIER_UNKNOWN: { kind: 'invalid', message: 'developer_tier is explorer, indie, studio, partner or null.' },
  PLATFORM_ADMIN_ONLY: {
    kind: 'forbidden',
    message: 'This needs an administrator of the platform, which is one of the default tenant.',
  },

  TENANT_NOT_FOUND: { kind: 'not_found', message: 'There is no such tenant.' },
  TENANT_EXISTS: { kind: 'conflict', message: 'There is a tenant with this id already.' },
  TENANT_IN_USE: {
    kind: 'conflict',
    message: (details: { users: number }) => `The tenant has ${details.users} active users.`,
    hint: 'Deactivate them first, or deactivate the tenant with PATCH, which signs them all out.',
  },
  DEFAULT_TENANT: { kind: 'invalid', message: 'The default tenant cannot be deactivated.' },
  DEDICATED_TENANT: {
    kind: 'invalid',
    message:
      'A database for one tenant alone is not offered: tenants share one PostgreSQL, kept apart by row-level security.',
    hint: 'Leave `isolation` out, or send `shared`. Whoever needs a database of their own runs an installation of their own.',
  },
  METHOD_NOT_ALLOWED: {
    kind: 'forbidden',
    message: (details: { method: string }) => `This tenant does not let its users sign in by ${details.method}.`,
    hint: 'Ask its administrator for the way in.',
  },

  ROLE_UNKNOWN: {
    kind: 'invalid',
    message: (details: { role: string }) => `There is no role "${details.role}" in this tenant.`,
  },
  ROLE_NOT_FOUND: { kind: 'not_found', message: 'There is no such role.' },
  ROLE_EXISTS: { kind: 'conflict', message: 'There is a role of this name already.' },
  ROLE_NAME_FIXED: { kind: 'invalid', message: 'A role keeps its name.', hint: 'Change its display_name.' },
  SYSTEM_ROLE: {
    kind: 'forbidden',
    message: 'This role comes with the platform; only its administrators change it, and nobody removes it.',
  },
  ADMIN_ROLE: { kind: 'invalid', message: 'The role admin may do everything; nothing can be taken from it.' },
  ROLE_IN_USE: {
    kind: 'conflict',
    message: (details: { users: number }) => `${details.users} users have this role.`,
    hint: 'Give them another one first.',
  },

  SCOPE_NOT_FOUND: { kind: 'not_found', message: 'There is no such scope.' },
  SCOPE_EXISTS: { kind: 'conflict', message: 'There is such a scope already.' },
  SYSTEM_SCOPE: { kind: 'forbidden', message: 'This scope comes with the platform or with an app.' },
  SCOPE_IN_USE: {
    kind: 'conflict',
    message: 'The scope is granted to a role, a user or a tenant.',
    hint: 'Take it away there first.',
  },

  AGENCY_NOT_FOUND: { kind: 'not_found', message: 'There is no such agency.' },
  AGENCY_DOMAIN: {
    kind: 'conflict',
    message: 'This domain is the address of the installation itself, or another agency has it.',
    hint: 'Let a name of the agency’s own lead to this installation, and enter that.',
  },
  AGENCY_EXISTS: { kind: 'conflict', message: 'There is an agency with this id or domain already.' },
  AGENCY_SETTINGS: {
    kind: 'unprocessable',
    message: (details: { problem: string }) => `The settings are not usable: ${details.problem}`,
  },
  THEME_CONTRAST: {
    kind: 'unprocessable',
    message: (details: { mode: string; ratio: number }) =>
      `primary on surface-0 has a contrast of ${details.ratio}:1 in the ${details.mode} mode; 4.5:1 is the least that can be read.`,
  },

  NICKNAME_INVALID: {
    kind: 'invalid',
    message:
      'This is an invalid nickname: use 3 to 30 lower-case letters, digits, hyphens and underscores, and begin and end with a letter or digit.',
  },
  NICKNAME_RESERVED: { kind: 'invalid', message: 'This nickname is reserved.' },
  NICKNAME_TAKEN: { kind: 'invalid', message: 'This nickname is taken.' },
  CONFIRMATION_ENFORCED: { kind: 'forbidden', message: 'Your role does not let you switch confirmations off.' },
  MODEL_ADDRESS_REFUSED: {
    kind: 'invalid',
    message: (details: { reason: string }) => `The model's base_url is refused: ${details.reason}.`,
    hint: 'The operator may allow private addresses with IMPERAL_ALLOW_PRIVATE_NETWORK=true.',
  },
  ALREADY_DEVELOPER: { kind: 'invalid', message: 'This user is already registered as a developer.' },
})
