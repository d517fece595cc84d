import { defineErrors } from '../../foundation/errors.ts'

export const outboxErrors = defineErrors('OUTBOX', {
  TENANT_MISMATCH: {
    kind: 'forbidden',
    message: 'The event stream of another tenant cannot be opened.',
  },
  TOO_MANY_STREAMS: {
    kind: 'rate_limited',
    message: (details: { limit: number }) => `You already have ${details.limit} event streams open.`,
    hint: 'Close a tab or a client, then try again.',
  },
})
