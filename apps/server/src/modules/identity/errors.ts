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
