import { z } from 'zod'
import { AppId, Timestamp } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

const text = (longest: number) => z.string().max(longest).default('')

const accountsOf = {
  method: 'GET',
  auth: 'svc',
  tag: 'ingress',
  query: z.object({ user_id: z.string().min(1).max(64) }),
  response: z.object({
    accounts: z.array(
      z.object({
        provider: z.string(),
        email: z.string().nullable(),
        connected_at: Timestamp,
        is_primary: z.boolean(),
        status: z.string(),
      }),
    ),
  }),
  errors: ['CONNECTIONS_USER_UNKNOWN'],
} as const

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
  gmailPush: defineRoute({
    id: 'connections.gmail_push',
    method: 'POST',
    path: '/v1/webhooks/gmail',
    auth: 'none',
    tag: 'ingress',
    summary: 'Messages of Google about mailboxes; deprecated, always answered with 200',
    query: z.object({ token: text(512) }),
    body: z.unknown(),
    response: z.object({ received: z.literal(true) }),
    rateLimit: { limit: 600, windowSeconds: 60, key: 'ip' },
  }),
  mailAccounts: defineRoute({
    ...accountsOf,
    id: 'connections.mail_accounts',
    path: '/v1/oauth/internal/mail/accounts',
    summary: 'Accounts that a user has connected',
  }),
  gmailAccounts: defineRoute({
    ...accountsOf,
    id: 'connections.gmail_accounts',
    path: '/v1/oauth/internal/gmail/accounts',
    summary: 'Older spelling of the accounts that a user has connected',
  }),
} as const
