import { defineErrors } from '../../foundation/errors.ts'

export const marketplaceErrors = defineErrors('MARKETPLACE', {
  APP_NOT_FOUND: { kind: 'not_found', message: 'There is no such app in the marketplace.' },
  DEVELOPER_NOT_FOUND: { kind: 'not_found', message: 'There is no such developer.' },
  ACCESS_DENIED: { kind: 'forbidden', message: 'An administrator has not opened this app to you.' },
  PLAN_LIMIT: {
    kind: 'payment_required',
    message: (details: { limit: number; plan: string }) =>
      `The plan ${details.plan} allows ${details.limit} ${details.limit === 1 ? 'app' : 'apps'}.`,
    hint: 'Uninstall one, or choose a larger plan.',
  },
  REVIEW_NOT_FOUND: { kind: 'not_found', message: 'There is no such review.' },
  NOT_YOUR_REVIEW: { kind: 'forbidden', message: 'This review is somebody else’s.' },
  OWN_REVIEW: { kind: 'forbidden', message: 'Nobody votes for a review of their own.' },
  OWN_APP: { kind: 'forbidden', message: 'Nobody reviews an app of their own.' },
  NOT_INSTALLED: { kind: 'forbidden', message: 'Install the app before you review it.' },
  TOO_FEW_USES: {
    kind: 'forbidden',
    message: (details: { needed: number }) => `Use the app at least ${details.needed} times before you review it.`,
  },
  ALREADY_REVIEWED: {
    kind: 'conflict',
    message: 'You have reviewed this app already.',
    hint: 'Change your review instead.',
  },
  ESSENTIAL_APP: {
    kind: 'invalid',
    message: (details: { appId: string }) => `${details.appId} is essential and cannot be switched off.`,
  },
})
