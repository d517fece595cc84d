import { z } from 'zod'
import { DEFAULT_TENANT } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

/** Where notices of apps may go. */
export const NotificationChannel = z.enum(['bell', 'telegram', 'email'])

const NotificationSettings = z.object({
  enabled: z.boolean().default(true),
  default: z.array(NotificationChannel).default(['bell']),
  apps: z.record(z.string().max(64), z.union([z.array(NotificationChannel), z.literal('off')])).default({}),
})

/** The user's own model. `api_key` is write-only: left out it stays, as long as provider and address do not change. */
export const OwnModelSettings = z.object({
  provider: z.enum(['anthropic', 'openai', 'google', 'openai_compatible']),
  model: z.string().trim().min(1).max(200),
  routing_model: z.string().trim().max(200).nullish(),
  execution_model: z.string().trim().max(200).nullish(),
  navigate_model: z.string().trim().max(200).nullish(),
  base_url: z.string().trim().max(500).nullish(),
  api_key: z.string().max(1000).nullish(),
  byollm_fallback: z.enum(['platform', 'error']).optional(),
})

const ActionTypes = z.enum(['write', 'destructive', 'all'])
const between = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum).nullish()

/** A change of settings: what is left out stays, `null` goes back to the default. */
export const UpdateSettingsRequest = z.object({
  confirmation_enabled: z.boolean().nullish(),
  confirmation_skip_read: z.boolean().nullish(),
  confirmation_actions: z
    .union([
      z.object({ write: z.boolean().optional(), destructive: z.boolean().optional(), all: z.boolean().optional() }),
      z.array(ActionTypes),
    ])
    .nullish(),
  confirmation_overrides: z.record(z.string().max(200), z.boolean().nullable()).nullish(),
  confirmation_ttl: between(60, 3600),
  kav_max_retries: between(0, 50),
  routing_context: between(4, 200),
  max_tool_rounds: between(1, 100),
  max_response_tokens: between(256, 32_000),
  notifications: NotificationSettings.nullish(),
  language: z.string().trim().max(35).nullish(),
  timezone: z
    .string()
    .max(64)
    .refine((zone) => {
      try {
        return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null
      } catch {
        return false
      }
    }, 'is not a time zone such as Europe/Berlin')
    .nullish(),
  llm: OwnModelSettings.nullish(),
})
export type UpdateSettingsRequest = z.infer<typeof UpdateSettingsRequest>

const SettingsAnswer = z.object({ settings: z.record(z.string(), z.unknown()) })
const NicknameAnswer = z.object({ nickname: z.string().nullable() })

const nickname = defineRoute({
  id: 'me.nickname',
  method: 'GET',
  path: '/v1/me/nickname',
  auth: 'user',
  tag: 'me',
  summary: 'The public handle of the user',
  response: NicknameAnswer,
})

const setNickname = defineRoute({
  id: 'me.set_nickname',
  method: 'PUT',
  path: '/v1/me/nickname',
  auth: 'user-jwt',
  tag: 'me',
  summary: 'Choose the public handle',
  body: z.object({ nickname: z.string().max(200) }),
  response: NicknameAnswer,
  errors: ['IDENTITY_NICKNAME_INVALID', 'IDENTITY_NICKNAME_RESERVED', 'IDENTITY_NICKNAME_TAKEN'],
})

const settings = defineRoute({
  id: 'me.settings',
  method: 'GET',
  path: '/v1/me/settings',
  auth: 'user',
  tag: 'me',
  summary: 'Settings of the user with every default filled in',
  response: SettingsAnswer,
})

const updateSettings = defineRoute({
  id: 'me.update_settings',
  method: 'PATCH',
  path: '/v1/me/settings',
  auth: 'user',
  tag: 'me',
  summary: 'Change some settings of the user',
  body: UpdateSettingsRequest,
  response: SettingsAnswer,
  errors: ['IDENTITY_CONFIRMATION_ENFORCED', 'IDENTITY_MODEL_ADDRESS_REFUSED'],
})

const ofUser = {
  path: '/v1/internal/users/{user_id}/settings',
  auth: 'svc',
  tag: 'me',
  params: z.object({ user_id: z.string().min(1).max(64) }),
  query: z.object({ tenant_id: z.string().min(1).max(64).default(DEFAULT_TENANT) }),
  response: SettingsAnswer,
} as const

const internalSettings = defineRoute({
  ...ofUser,
  id: 'me_internal.settings',
  method: 'GET',
  summary: 'Settings of a user, for services',
  errors: ['IDENTITY_USER_NOT_FOUND'],
})

const internalUpdateSettings = defineRoute({
  ...ofUser,
  id: 'me_internal.update_settings',
  method: 'PATCH',
  summary: 'Change some settings of a user, for services',
  body: UpdateSettingsRequest,
  errors: [...(updateSettings.errors ?? []), 'IDENTITY_USER_NOT_FOUND'],
})

/** Handle and settings of the signed-in user (api.md 3.9), and settings as services reach them (3.23). */
export const me = {
  nickname,
  setNickname,
  settings,
  updateSettings,
  internalSettings,
  internalUpdateSettings,
} as const
