import { defineErrors } from '../../foundation/errors.ts'

export const chatErrors = defineErrors('CHAT', {
  NOT_FOUND: { kind: 'not_found', message: 'There is no such conversation or message.' },
  BUSY: {
    kind: 'conflict',
    message: 'An answer is still being made in this conversation.',
    hint: 'Wait for it, or stop it.',
  },
  QUEUE_FULL: { kind: 'rate_limited', message: 'Too many messages wait in this conversation. Try again in a moment.' },
  NO_FILE: { kind: 'invalid', message: 'The request carries no file.', hint: 'Send it as the part “file”.' },
  FILE_TOO_LARGE: {
    kind: 'too_large',
    message: (details: { limit: number }) => `A file of a message may take ${details.limit / 1_048_576} MiB.`,
  },
  NO_ATTACHMENT: {
    kind: 'not_found',
    message: 'There is no such file. What was uploaded and not sent is kept for an hour.',
    hint: 'Attach it again.',
  },
  FINISHED: { kind: 'conflict', message: 'This answer is already finished.' },
})
