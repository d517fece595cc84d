import { defineErrors } from '../../foundation/errors.ts'

interface About extends Record<string, unknown> {
  readonly provider: string
}

export const connectionsErrors = defineErrors('CONNECTIONS', {
  NOT_DECLARED: {
    kind: 'not_found',
    message: (details: About) => `The app does not connect accounts of ${details.provider}.`,
    hint: 'Declare it with ext.oauth(provider, { scopes }) and deploy.',
  },
  NOT_SET_UP: {
    kind: 'unavailable',
    message: (details: About) =>
      `The app cannot connect accounts of ${details.provider} yet: its developer has to store the client id and the client secret.`,
    hint: 'Store the app-wide secrets <provider>_client_id and <provider>_client_secret.',
  },
  BAD_STATE: {
    kind: 'invalid',
    message: 'This consent was not asked for here, was used already, or is too old. Start again from the app.',
  },
  USER_UNKNOWN: { kind: 'not_found', message: 'There is no such user.' },
  REFRESH_FAILED: {
    kind: 'unavailable',
    message: (details: About & { reconnect_required: boolean }) =>
      details.reconnect_required
        ? `${details.provider} does not renew the access any more; the account has to be connected again.`
        : `${details.provider} did not renew the access token.`,
  },
})
