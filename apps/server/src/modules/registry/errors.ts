import { defineErrors } from '../../foundation/errors.ts'

export const registryErrors = defineErrors('REGISTRY', {
  APP_NOT_FOUND: { kind: 'not_found', message: 'App not found' },
  // Clients compare this sentence with what the hosted product says.
  APP_NOT_ACTIVE: { kind: 'invalid', message: 'App not found or not active' },
  APP_EXISTS: { kind: 'conflict', message: (details: { appId: string }) => `The app ${details.appId} exists already.` },
  SYSTEM_APP: {
    kind: 'forbidden',
    message: (details: { appId: string }) => `${details.appId} is part of the platform and cannot be uninstalled.`,
  },
  TOO_MANY_KEYS: {
    kind: 'conflict',
    message: 'There are 20 active keys of this app already.',
    hint: 'Revoke one first.',
  },
  KEY_NOT_FOUND: { kind: 'not_found', message: 'There is no such key.' },
  USER_NOT_FOUND: { kind: 'not_found', message: 'There is no such user.' },
  KEY_FORBIDDEN: { kind: 'forbidden', message: 'This key may not act on that app or user.' },
  VERSION_NOT_DEPLOYED: {
    kind: 'conflict',
    message: (details: { appId: string; version: string }) =>
      `Version ${details.version} of ${details.appId} has no code yet.`,
    hint: 'Deploy it first; its manifest comes with the code.',
  },
  MANIFEST_INVALID: {
    kind: 'unprocessable',
    message: (details: { problems: string }) => `The manifest does not match the schema: ${details.problems}`,
  },
  TOOLS_DIFFER: {
    kind: 'conflict',
    message: (details: { tools: string }) =>
      `The pushed tools say something else than the deployed code: ${details.tools}.`,
    hint: 'Deploy the code that declares it; its manifest comes with it.',
  },
  ICON_INVALID: {
    kind: 'unprocessable',
    message: (details: { reason: string }) => `The icon is not a usable SVG file: ${details.reason}`,
  },
})
