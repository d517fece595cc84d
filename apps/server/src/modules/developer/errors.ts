import { defineErrors } from '../../foundation/errors.ts'

export const developerErrors = defineErrors('DEVELOPER', {
  NOT_REGISTERED: { kind: 'forbidden', message: 'not a registered developer' },
  TIER_UNAVAILABLE: {
    kind: 'invalid',
    message: (details: { tier: string }) => `The tier ${details.tier} is given by an administrator.`,
    hint: 'Choose explorer, indie or studio.',
  },
  APP_NOT_FOUND: { kind: 'not_found', message: 'App not found' },
  APP_ID_TAKEN: {
    kind: 'conflict',
    message: (details: { appId: string }) => `app_id already in use: ${details.appId}`,
  },
  APP_ID_RESERVED: {
    kind: 'invalid',
    message: (details: { appId: string }) => `The id ${details.appId} is reserved for the platform.`,
  },
  APP_LIMIT: {
    kind: 'forbidden',
    message: (details: { tier: string; limit: number }) =>
      `The tier ${details.tier} allows ${details.limit} app${details.limit === 1 ? '' : 's'}.`,
    hint: 'Delete an app that you no longer need, or move to a higher tier.',
  },
  PRICING_LOCKED: {
    kind: 'conflict',
    message: 'Prices can only be changed while the app is a draft, rejected or suspended.',
  },
  CONFIRM_NAME: { kind: 'invalid', message: 'confirm_name is neither the id nor the name of this app.' },
  ILLEGAL_STATE: {
    kind: 'conflict',
    message: (details: { appId: string; status: string; wanted: string }) =>
      `${details.appId} is ${details.status}; this needs it to be ${details.wanted}.`,
  },
  VERSION_IS_DOCUMENT: {
    kind: 'conflict',
    message: (details: { version: string }) => `Version ${details.version} is a declarative document, not code.`,
    hint: 'Deploy the document again, or roll back to one of its revisions.',
  },
  NO_SUCCESSFUL_DEPLOY: {
    kind: 'conflict',
    message: 'The app has no successful deploy yet.',
    hint: 'Deploy it with `imperal deploy`, then submit it.',
    wireCode: 'NO_SUCCESSFUL_DEPLOY',
  },
  DEPLOY_RUNNING: {
    kind: 'conflict',
    message: (details: { deployId: string }) => `The deploy ${details.deployId} of this app is still running.`,
  },
  SUSPENDED_BY_ADMIN: { kind: 'forbidden', message: 'An administrator suspended this app; it takes no deploys.' },
  VERSION_EXISTS: {
    kind: 'conflict',
    message: (details: { version: string }) => `Version ${details.version} was published with other content.`,
    hint: 'Raise the version of the app and deploy again.',
  },
  VERSION_MISSING: { kind: 'unprocessable', message: 'Say which version to deploy: the field `version` is missing.' },
  UPLOAD_INCOMPLETE: {
    kind: 'invalid',
    message: 'An upload needs the parts `manifest` and `bundle`.',
  },
  UPLOAD_TOO_LARGE: {
    kind: 'too_large',
    message: (details: { part: string; limit: number }) =>
      `The part ${details.part} is larger than ${Math.floor(details.limit / 1024)} KiB.`,
  },
  MANIFEST_INVALID: {
    kind: 'unprocessable',
    message: (details: { problems: string }) => `The manifest does not match the schema: ${details.problems}`,
  },
  TOO_MANY_APPS: {
    kind: 'conflict',
    message: (details: { tier: string; limit: number; apps: number }) =>
      `You have ${details.apps} apps; the tier ${details.tier} allows ${details.limit}.`,
    hint: 'Delete apps that you no longer need first.',
  },
  TIER_WITHOUT_PAYOUT: {
    kind: 'forbidden',
    message: 'The tier explorer gathers earnings and pays nothing out.',
    hint: 'Move to a higher tier with PUT /v1/developer/tier.',
  },
  ANALYTICS_WINDOW: {
    kind: 'invalid',
    message: (details: { tier: string; days: number }) =>
      `The tier ${details.tier} looks back ${details.days} days at the most.`,
  },
  NO_SUCH_DEVELOPER: { kind: 'not_found', message: 'There is no developer with this id.' },
  ADMIN_NEEDED: { kind: 'forbidden', message: 'X-Acting-User must name an administrator of the installation.' },
  PRICES_INVALID: {
    kind: 'unprocessable',
    message: (details: { problems: string }) => `The prices of the app cannot be used: ${details.problems}`,
  },
  CHANGED_SINCE: {
    kind: 'conflict',
    message: (details: { version: string }) => `Version ${details.version} was deployed since you looked at the app.`,
    hint: 'Look at it again.',
  },
  PRICES_RAISED: {
    kind: 'conflict',
    message: (details: { raised: string }) => `The users of this app agreed to less. New: ${details.raised}.`,
    hint: 'Look at the app and sync its prices alone, or have its developer submit it again.',
  },
  REVIEW_NEEDED: {
    kind: 'conflict',
    message: (details: { gained: string }) => `The users of this app agreed to less. New: ${details.gained}.`,
    hint: 'Pause the app, deploy this version and submit it for review; or drop what is new.',
  },
  PACKAGE_NOT_FOUND: { kind: 'not_found', message: 'The platform serves no package of that name.' },
})
