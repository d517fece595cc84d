import { defineErrors } from '../../foundation/errors.ts'

export const storageErrors = defineErrors('STORAGE', {
  BAD_PATH: {
    kind: 'invalid',
    message:
      'A file path is relative, has 1 to 512 characters and parts between single slashes that are neither . nor .., without backslashes and control characters.',
  },
  TOO_LARGE: {
    kind: 'too_large',
    message: (details: { size: number; limit: number }) =>
      `The file takes ${details.size} bytes; the limit is ${details.limit}.`,
  },
  QUOTA_EXCEEDED: {
    kind: 'too_large',
    message: (details: { limit: number }) =>
      `There is no room for this file: all files of a user may take ${Math.floor(details.limit / 1_048_576)} MiB together.`,
    hint: 'Delete files that are not needed any more.',
  },
  UNREACHABLE: {
    kind: 'unavailable',
    message: 'The place where files lie does not answer.',
    hint: 'Try again in a moment. Operators: the log says why.',
  },
  BAD_CURSOR: {
    kind: 'invalid',
    message: 'The cursor or limit of the file list is not valid.',
  },
  NOT_FOUND: {
    kind: 'not_found',
    message: 'There is no such file.',
  },
  LINK_EXPIRED: {
    kind: 'gone',
    message: 'The address of this file has expired.',
    hint: 'Open the page that shows the file again; it gets a new address.',
  },
  CHANGED: {
    kind: 'conflict',
    message: 'The file was replaced while it was read.',
    hint: 'Read it again from its beginning.',
  },
  DAMAGED: {
    kind: 'internal',
    message: 'The stored content of this file is missing or is not what was uploaded.',
    hint: 'Upload the file again, or restore the files folder from a backup.',
  },
})
