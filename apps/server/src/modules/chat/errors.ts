import { defineErrors } from '../../foundation/errors.ts'

export const chatErrors = defineErrors('CHAT', {
  NOT_FOUND: { kind: 'not_found', message: 'There is no such conversation or message.' },
  BUSY: {
    kind: 'conflict',
    message: 'An answer is still being made in this conversation.',
    hint: 'Wait for it, or stop it.',
  },
  QUEUE_FULL: { kind: 'rate_limited', message: 'Too many messages wait in this conversation. Try again in a moment.' },
  FINISHED: { kind: 'conflict', message: 'This answer is already finished.' },
})
