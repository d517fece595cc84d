import { defineErrors } from '../../foundation/errors.ts'

export const codingErrors = defineErrors('CODING', {
  NO_SESSION: {
    kind: 'not_found',
    message: 'There is no such coding session of yours.',
    hint: 'Its id is `coding-<your user id>-r<repo key>`, with `-s<slot>` behind it where there is a slot.',
  },
  NOT_YOURS: { kind: 'forbidden', message: 'The request names another user than the one it is sent for.' },
  DENIED: {
    kind: 'forbidden',
    message: 'Coding sessions are not part of your plan.',
    hint: 'Choose a plan with coding sessions, or ask an administrator to allow them for you.',
  },
  NO_CREDITS: {
    kind: 'payment_required',
    message: 'You have no credits left for coding sessions.',
    hint: 'Buy credits in the panel and send the task again.',
  },
  TOO_MANY: {
    kind: 'rate_limited',
    message: (details: { most: number; retryAfter: number }) =>
      `You have ${details.most} coding turns under way, which is the most at once.`,
    hint: 'Wait until one has ended, or cancel one.',
  },
  NO_MODEL: { kind: 'unavailable', message: 'No language model is configured for coding sessions.' },
  TOO_MANY_STREAMS: {
    kind: 'rate_limited',
    message: (details: { most: number; retryAfter: number }) =>
      `You have ${details.most} streams of coding sessions open, which is the most at once.`,
    hint: 'Close one of them.',
  },
  WRONG_STATE: {
    kind: 'conflict',
    message: (details: { state: string; action: string }) =>
      `The coding session is ${details.state}; it cannot ${details.action} now.`,
  },
  NO_STEP: { kind: 'not_found', message: 'There is no such step of yours.' },
  USER_NOT_FOUND: { kind: 'not_found', message: 'There is no such user.' },
  FOREIGN: { kind: 'forbidden', message: 'This coding session belongs to somebody else.' },
  NOTHING_ACTIVE: { kind: 'not_found', message: 'The user has no active coding session.' },
  NOTHING_RUNNING: { kind: 'not_found', message: 'No turn of the coding session is under way.' },
  NO_QUESTION: { kind: 'not_found', message: 'The coding session asks nothing at the moment.' },
  SURFACE_DENIED: {
    kind: 'forbidden',
    message: 'The person has not allowed this place to steer the coding session.',
    hint: 'It is allowed in the terminal: `/remote`.',
  },
})
