import { z } from 'zod'
import { AppId } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

const text = (longest: number) => z.string().max(longest).default('')

/** Accounts at other services (api.md 3.20). */
export const connections = {
  callback: defineRoute({
    id: 'connections.callback',
    method: 'GET',
    path: '/v1/ext/{app_id}/oauth/{provider}/callback',
    auth: 'none',
    tag: 'ingress',
    summary: 'The way back from the consent page of a provider; leads to the panel of the app',
    params: z.object({ app_id: AppId, provider: z.string().max(64) }),
    query: z.object({ code: text(4096), state: z.string().max(4096), error: text(256) }),
    status: 302,
    response: z.unknown(),
    responseKind: 'bytes',
    errors: [
      'CONNECTIONS_BAD_STATE',
      'CONNECTIONS_NOT_DECLARED',
      'CONNECTIONS_NOT_SET_UP',
      'SECRETS_VAULT_UNAVAILABLE',
    ],
    rateLimit: { limit: 60, windowSeconds: 60, key: 'ip' },
  }),
} as const
