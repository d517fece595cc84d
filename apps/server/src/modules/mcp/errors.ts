import { defineErrors } from '../../foundation/errors.ts'

export const mcpErrors = defineErrors('MCP', {
  FOREIGN_ORIGIN: { kind: 'forbidden', message: 'Pages of other origins may not speak to this endpoint.' },
  NO_SESSION: {
    kind: 'not_found',
    message: 'There is no such MCP session, or not any more.',
    hint: 'Send an initialize request without a session id.',
  },
  NOT_UNDERSTOOD: {
    kind: 'invalid',
    message: 'This is no message of the protocol that can stand here.',
    hint: 'A client begins with an initialize request, and sends the mcp-session-id of its answer from then on.',
  },
  ANSWER_TOO_LARGE: { kind: 'too_large', message: 'An answer to a question of the platform is at most 7 kB.' },
  TOO_MANY_SESSIONS: {
    kind: 'rate_limited',
    message: (details: { most: number; retryAfter: number }) =>
      `You have ${details.most} MCP sessions, which is the most at once.`,
    hint: 'End one, or wait until one has been quiet for half an hour.',
  },
})
