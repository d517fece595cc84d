import { defineErrors } from '../../foundation/errors.ts'

/** Refusals that answer with an HTTP status of their own (api.md 3.8, 3.16, 3.20); all others travel in the call's answer. */
export const kernelErrors = defineErrors('KERNEL', {
  NOT_YOURS: {
    kind: 'forbidden',
    message: (details: { field?: string }) => `${details.field ?? 'user_id'} must be your own.`,
  },
  APP_NOT_FOUND: {
    kind: 'not_found',
    message: (details: { appId?: string }) => `There is no app ${details.appId ?? ''} for you here.`,
    hint: 'Install it from the marketplace first.',
  },
  APP_DENIED: {
    kind: 'forbidden',
    message: (details: { reason?: string }) => details.reason ?? 'This app is switched off for you.',
  },
  TENANT_SCOPE_VIOLATION: {
    kind: 'forbidden',
    wireCode: 'TENANT_SCOPE_VIOLATION',
    message: 'The call names something that does not belong to your organisation.',
  },
  RATE_LIMITED: {
    kind: 'rate_limited',
    wireCode: 'RATE_LIMITED',
    message: (details: { retryAfter?: number }) =>
      `Too many calls in a short time. Try again in ${details.retryAfter ?? 1} s.`,
  },
  UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The platform cannot record the call at the moment, so it did not run it. Try again shortly.',
  },
  CONFIRMATION_NOT_FOUND: { kind: 'not_found', message: 'There is no such confirmation.' },
  CONFIRMATION_CONSUMED: {
    kind: 'conflict',
    wireCode: 'CONFIRMATION_CONSUMED',
    message: 'This confirmation was already decided.',
  },
  CONFIRMATION_EXPIRED: {
    kind: 'gone',
    wireCode: 'CONFIRMATION_EXPIRED',
    message: 'This confirmation is too old. Ask for the action again.',
  },
  ACTION_DIFFERS: {
    kind: 'conflict',
    message: 'An action with this trace id was recorded already, and it was another one.',
    hint: 'The ledger is never changed; give the correction a trace id of its own.',
  },
  USER_NOT_FOUND: { kind: 'not_found', message: 'There is no such user.' },
  TENANT_NOT_FOUND: { kind: 'not_found', message: 'There is no such organisation.' },
  NO_SUCH_APP: { kind: 'not_found', message: 'There is no such app.' },
  CONFIG_OF_TENANTS_ONLY: {
    kind: 'unprocessable',
    message: (details: { member?: string }) => `Only a tenant has “${details.member ?? 'enforced'}”.`,
  },
  CONFIG_TOO_LARGE: {
    kind: 'too_large',
    message: (details: { limit?: number }) => `One layer of configuration takes at most ${details.limit ?? 0} bytes.`,
  },
  CONFIG_HOLDS_SECRET: {
    kind: 'unprocessable',
    message: (details: { path?: string }) =>
      `“${details.path ?? ''}” looks like a credential. Configuration is plain text that every handler of the app reads.`,
    hint: 'Store it as a secret of the app or of its user.',
  },
  SETTING_REFUSED: {
    kind: 'unprocessable',
    message: (details: { setting?: string; reason?: string }) =>
      `“${details.setting ?? ''}” cannot be set to this. ${details.reason ?? ''}`.trimEnd(),
  },
  ACTION_NOT_FOUND: { kind: 'not_found', message: 'There is no such action.' },
  TASK_LIMIT_REACHED: {
    kind: 'rate_limited',
    wireCode: 'TASK_LIMIT_REACHED',
    message: (details: { reason?: string; retryAfter?: number }) =>
      details.reason ?? 'You have as many tasks under way as may be at once.',
  },
  TASK_NOT_FOUND: { kind: 'not_found', message: 'There is no such task.' },
  TASK_FINISHED: { kind: 'conflict', message: 'The task has already ended.' },
  WEBHOOK_NOT_FOUND: { kind: 'not_found', message: 'There is no webhook at this address.' },
  WEBHOOK_LIMITED: {
    kind: 'rate_limited',
    wireCode: 'rate_limited',
    message: (details: { retryAfter?: number }) =>
      `Too many requests to this webhook. Try again in ${details.retryAfter ?? 1} s.`,
  },
})

/** Refusals of files on their way to an app. */
export const fileErrors = defineErrors('FILES', {
  MISSING: {
    kind: 'invalid',
    message: 'The request has no file.',
    hint: 'Send it as the part “file” of multipart/form-data.',
  },
  NO_SINK: {
    kind: 'not_found',
    message: (details: { appId?: string; tool?: string }) =>
      `${details.appId ?? 'This app'} has no tool ${details.tool ?? ''} that takes files, or you may not use it.`,
  },
  NOT_ACCEPTED: {
    kind: 'unsupported',
    message: (details: { type?: string; accepts?: string }) =>
      `Files of the type ${details.type ?? ''} are not taken here; ${details.accepts ?? 'others'} are.`,
  },
  NO_TEXT: {
    kind: 'unsupported',
    message: (details: { type?: string }) => `No text can be read from a file of the type ${details.type ?? ''}.`,
    hint: 'Save it as text, Markdown or CSV first.',
  },
  TEXT_TOO_LONG: {
    kind: 'too_large',
    message: (details: { length?: number; limit?: number }) =>
      `The text has ${details.length ?? 0} characters; at most ${details.limit ?? 0} can be taken at once.`,
  },
  BAD_PARAMS: { kind: 'invalid', message: '“params” must be a JSON object in text form.' },
})
