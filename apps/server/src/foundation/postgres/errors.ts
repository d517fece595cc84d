import { defineErrors } from '../errors.ts'

/** Why the embedded database or its data folder cannot be used; each message is shown to the operator as it is. */
export const postgresErrors = defineErrors('POSTGRES', {
  DATA_FOLDER_IN_USE: {
    kind: 'conflict',
    message: (details: { folder: string; pid: string }) =>
      `Another Imperal (process ${details.pid}) is already running on the data folder ${details.folder}.`,
    hint: 'Stop it first, or set IMPERAL_DATA_DIR to another folder.',
  },
  DATA_FOLDER_READ_ONLY: {
    kind: 'unavailable',
    message: (details: { folder: string; why: string }) =>
      `The data folder ${details.folder} cannot be written: ${details.why}.`,
    hint: 'Make it writable for the user that starts Imperal, or set IMPERAL_DATA_DIR to another folder.',
  },
  UNSUPPORTED_PLATFORM: {
    kind: 'unsupported',
    message: (details: { platform: string }) =>
      `There is no embedded PostgreSQL for ${details.platform} in this installation.`,
    hint: 'Set DATABASE_URL to a PostgreSQL 15 or newer.',
  },
  BINARIES_INCOMPLETE: {
    kind: 'unavailable',
    message: (details: { folder: string; why: string }) =>
      `The libraries of the embedded PostgreSQL in ${details.folder} cannot be linked: ${details.why}.`,
    hint: 'Start Imperal once as the user who owns the checkout.',
  },
  NO_USER: {
    kind: 'unavailable',
    message: (details: { why: string }) =>
      `PostgreSQL refuses to run as root, and no other way to run it works here: ${details.why}.`,
    hint: 'Start Imperal as an ordinary user, create a system user named postgres, or set DATABASE_URL.',
  },
  OTHER_VERSION: {
    kind: 'unavailable',
    message: (details: { folder: string; cluster: string; server: string }) =>
      `The database in ${details.folder} was made by PostgreSQL ${details.cluster}, this version brings PostgreSQL ${details.server}.`,
    hint: 'Start the Imperal version that made it, make a backup there, and restore it here.',
  },
  INIT_FAILED: {
    kind: 'internal',
    message: (details: { output: string }) => `The embedded PostgreSQL could not create its files: ${details.output}`,
  },
  START_FAILED: {
    kind: 'unavailable',
    message: (details: { output: string }) => `The embedded PostgreSQL did not start: ${details.output}`,
  },
})
