import { defineErrors } from '../../foundation/errors.ts'

export const marketplaceErrors = defineErrors('MARKETPLACE', {
  APP_NOT_FOUND: { kind: 'not_found', message: 'There is no such app in the marketplace.' },
  DEVELOPER_NOT_FOUND: { kind: 'not_found', message: 'There is no such developer.' },
  ACCESS_DENIED: { kind: 'forbidden', message: 'An administrator has not opened this app to you.' },
  ESSENTIAL_APP: {
    kind: 'invalid',
    message: (details: { appId: string }) => `${details.appId} is essential and cannot be switched off.`,
  },
})
