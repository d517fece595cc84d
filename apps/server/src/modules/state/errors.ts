import { defineErrors } from '../../foundation/errors.ts'

export const stateErrors = defineErrors('STATE', {
  BAD_KEY: {
    kind: 'invalid',
    message: 'A cache key has 1 to 128 letters, digits, hyphens, underscores or colons.',
  },
  BAD_TTL: {
    kind: 'invalid',
    message: 'A cache value lives a whole number of seconds from 5 to 300.',
  },
  CACHE_TOO_LARGE: {
    kind: 'too_large',
    message: (details: { bytes: number; limit: number }) =>
      `The cache value takes ${details.bytes} bytes; the limit is ${details.limit}.`,
  },
  BAD_SECTION: {
    kind: 'invalid',
    message: 'A skeleton section, app or user id holds none of * ? [ ] : / and no blanks.',
  },
  SKELETON_TOO_LARGE: {
    kind: 'too_large',
    message: (details: { bytes: number; limit: number }) =>
      `The skeleton snapshot takes ${details.bytes} bytes; the limit is ${details.limit}.`,
    hint: 'Keep counts, flags and a few recent items; about 2 KB is a good size.',
  },
})
