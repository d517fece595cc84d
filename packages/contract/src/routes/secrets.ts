import { z } from 'zod'
import { AppId, SecretName } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

/** What is known about a declared secret; never its value. */
export const SecretStatus = z.object({
  name: z.string(),
  description: z.string(),
  is_set: z.boolean(),
  last_accessed_at: z.number().int().nullable(),
  /** `app`: one value for all users, which only the keeper of the app sees. */
  scope: z.enum(['user', 'app']),
  write_mode: z.enum(['user', 'extension', 'both']),
  required: z.boolean(),
  max_bytes: z.number().int(),
  rotation_hint_days: z.number().int().nullable(),
})
export type SecretStatus = z.infer<typeof SecretStatus>

const ofApp = z.object({ ext_id: AppId })
const ofSecret = z.object({ ext_id: AppId, name: SecretName })

export const secrets = {
  list: defineRoute({
    id: 'secrets.list',
    method: 'GET',
    path: '/v1/secrets/{ext_id}',
    auth: 'panel-or-svc',
    tag: 'Secrets',
    summary:
      'The secrets that an app declares, and which of them the signed-in user has set; a service names both (X-Acting-User, X-Ext-Id)',
    params: ofApp,
    response: z.array(SecretStatus),
    errors: ['SECRETS_APP_NOT_FOUND', 'SECRETS_FOREIGN_APP'],
  }),
  read: defineRoute({
    id: 'secrets.read',
    method: 'GET',
    path: '/v1/secrets/{ext_id}/{name}',
    auth: 'svc',
    tag: 'Secrets',
    summary:
      'The value of one secret, for a service that acts for a user in the name of an app (X-Acting-User, X-Ext-Id)',
    params: ofSecret,
    response: z.object({ value: z.string() }),
    errors: [
      'SECRETS_APP_NOT_FOUND',
      'SECRETS_NOT_DECLARED',
      'SECRETS_NOT_SET',
      'SECRETS_FOREIGN_APP',
      'SECRETS_VAULT_UNAVAILABLE',
    ],
  }),
  set: defineRoute({
    id: 'secrets.set',
    method: 'PUT',
    path: '/v1/secrets/{ext_id}/{name}',
    auth: 'panel-or-svc',
    tag: 'Secrets',
    summary: 'Stores the value of one secret for the signed-in user, or as the app, for a service that names both',
    params: ofSecret,
    body: z.object({ value: z.string().min(1) }),
    response: z.object({ name: z.string(), is_set: z.literal(true), updated_at: z.string() }),
    errors: [
      'SECRETS_APP_NOT_FOUND',
      'SECRETS_NOT_DECLARED',
      'SECRETS_FOREIGN_APP',
      'SECRETS_WRITE_FORBIDDEN',
      'SECRETS_TOO_LARGE',
      'SECRETS_VAULT_UNAVAILABLE',
    ],
  }),
  delete: defineRoute({
    id: 'secrets.delete',
    method: 'DELETE',
    path: '/v1/secrets/{ext_id}/{name}',
    auth: 'panel-or-svc',
    tag: 'Secrets',
    summary: 'Forgets the value of one secret of the signed-in user, or as the app, for a service that names both',
    params: ofSecret,
    response: z.object({ was_set: z.boolean() }),
    errors: [
      'SECRETS_APP_NOT_FOUND',
      'SECRETS_NOT_DECLARED',
      'SECRETS_FOREIGN_APP',
      'SECRETS_WRITE_FORBIDDEN',
      'SECRETS_VAULT_UNAVAILABLE',
    ],
  }),
  meta: defineRoute({
    id: 'secrets.meta',
    method: 'GET',
    path: '/v1/secrets/{ext_id}/{name}/meta',
    auth: 'panel-or-svc',
    tag: 'Secrets',
    summary: 'Whether one secret is set, when it changed and how long it is',
    params: ofSecret,
    response: z.object({
      name: z.string(),
      is_set: z.boolean(),
      updated_at: z.string().nullable(),
      last_accessed_at: z.number().int().nullable(),
      /** Bytes of the value; 0 when it is not set. */
      length: z.number().int(),
    }),
    errors: ['SECRETS_APP_NOT_FOUND', 'SECRETS_FOREIGN_APP', 'SECRETS_NOT_DECLARED'],
  }),
} as const
