import { defineErrors } from '../errors.ts'

export const keysErrors = defineErrors('KEYS', {
  FILE_UNUSABLE: {
    kind: 'unavailable',
    message: (details: { file: string; why: string }) => `The key file ${details.file} cannot be used: ${details.why}.`,
    hint: 'Restore it from a backup of the keys folder; what was encrypted with it cannot be read otherwise.',
  },
  FOREIGN: {
    kind: 'unavailable',
    message: (details: { keyId: string }) =>
      `The installation's values are locked with the key ${details.keyId}, which this process does not have or which does not fit them.`,
    hint: 'Give every process of the installation the same keys folder (IMPERAL_KEYS_DIR) and the same key service.',
  },
  SERVICE_UNAVAILABLE: {
    kind: 'unavailable',
    message: (details: { reason: string }) => `The key service did not answer as it should: ${details.reason}.`,
    hint: 'Check IMPERAL_KEY_SERVICE_URL, its token and that the service is unsealed.',
  },
  BROKEN: {
    kind: 'unavailable',
    message: 'A sealed value cannot be opened: it was changed, or belongs to another place or installation.',
  },
})
