import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

/** A key as lists show it: everything but the key itself. */
export const KeyListItem = z.object({
  id: z.string(),
  key_prefix: z.string(),
  name: z.string(),
  scopes: z.string(),
  last_used_at: Timestamp.nullable(),
  created_at: Timestamp,
})
export type KeyListItem = z.infer<typeof KeyListItem>

/** The only answer that ever shows the key. */
export const KeyResponse = KeyListItem.omit({ last_used_at: true }).extend({ key: z.string() })
export type KeyResponse = z.infer<typeof KeyResponse>

const create = defineRoute({
  id: 'keys.create',
  method: 'POST',
  path: '/v1/keys',
  auth: 'user-jwt',
  tag: 'keys',
  summary: 'Create an API key; its text is shown once',
  body: z.object({ name: z.string().trim().min(1).max(100), scopes: z.string().max(2000).default('*') }),
  status: 201,
  response: KeyResponse,
  errors: ['IDENTITY_TOO_MANY_KEYS', 'IDENTITY_BAD_SCOPES', 'IDENTITY_METHOD_NOT_ALLOWED'],
  rateLimit: { limit: 10, windowSeconds: 3600, key: 'user' },
})

const list = defineRoute({
  id: 'keys.list',
  method: 'GET',
  path: '/v1/keys',
  auth: 'user-jwt',
  tag: 'keys',
  summary: 'Active API keys of the user, newest first',
  response: z.array(KeyListItem),
})

const revoke = defineRoute({
  id: 'keys.revoke',
  method: 'DELETE',
  path: '/v1/keys/{key_id}',
  auth: 'user-jwt',
  tag: 'keys',
  summary: 'Revoke an API key at once',
  params: z.object({ key_id: z.string().min(1).max(64) }),
  response: z.object({ message: z.string(), id: z.string() }),
  errors: ['IDENTITY_KEY_NOT_FOUND'],
})

/** API keys of the signed-in user (api.md 3.2). */
export const keys = { create, list, revoke } as const
