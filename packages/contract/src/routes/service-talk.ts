import { z } from 'zod'
import { AppId } from '../identifiers.ts'
import { defineRoute } from '../route.ts'
import { safeUrl } from '../ui/url.ts'
import { SERVICE_ERRORS, ServiceTenant, ServiceUser } from './service-store.ts'

const tag = 'People and models (internal)'

/** Ways in which a person can be reached. */
export const SurfaceKind = z.enum(['telegram', 'panel', 'discord', 'email', 'terminal'])

const Words = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().max(1_000_000),
})

/** What services of the platform say to people, and ask of models for them (api.md 3.21, 3.25, 3.26). */
export const serviceTalk = {
  notify: defineRoute({
    id: 'service_talk.notify',
    method: 'POST',
    path: '/v1/internal/notify',
    auth: 'svc',
    tag,
    summary: 'Send a person a notification',
    body: z.looseObject({
      user_id: ServiceUser.optional(),
      message: z.string().min(1).max(65_536),
      channel: z.string().max(64).default('default'),
      extension_id: z.string().max(64).default(''),
      title: z.string().max(1000).nullish(),
      subject: z.string().max(1000).nullish(),
      body: z.string().max(65_536).nullish(),
      priority: z.enum(['low', 'normal', 'high', 'urgent']).default('normal'),
      link: z
        .string()
        .max(2000)
        .refine(
          (link) => link === '' || safeUrl(link, 'link') !== null,
          'is a path of the panel or an address of the web',
        )
        .nullish(),
    }),
    response: z.object({
      notification_id: z.string().nullable(),
      status: z.enum(['queued', 'suppressed']),
      channels: z.array(z.string()),
    }),
    errors: [...SERVICE_ERRORS, 'SERVICES_NOT_INSTALLED'],
  }),
  inject: defineRoute({
    id: 'service_talk.inject',
    method: 'POST',
    path: '/v1/internal/chat/inject',
    auth: 'svc',
    tag,
    summary: 'Say something in the chat of the acting user in the name of an app',
    body: z.object({
      ext_id: AppId,
      user_id: ServiceUser,
      text: z.string().min(1).max(70_000),
      msg_type: z.enum(['response', 'system', 'tool_result']).default('response'),
      refresh_panels: z.array(z.string().max(128)).max(50).nullish(),
    }),
    response: z.object({ message_id: z.string(), delivered: z.literal(true) }),
    errors: [...SERVICE_ERRORS, 'SERVICES_NOT_INSTALLED', 'SERVICES_TEXT_TOO_LONG'],
  }),
  surfaces: defineRoute({
    id: 'service_talk.surfaces',
    method: 'GET',
    path: '/v1/internal/surfaces/{user_id}',
    auth: 'svc',
    tag,
    summary: 'Ways in which a person can be reached, and which are open now',
    params: z.object({ user_id: ServiceUser }),
    response: z.object({
      surfaces: z.array(z.object({ id: z.string(), kind: SurfaceKind, label: z.string(), connected: z.boolean() })),
    }),
    errors: [...SERVICE_ERRORS],
  }),
  complete: defineRoute({
    id: 'service_talk.complete',
    method: 'POST',
    path: '/v1/internal/ai/complete',
    auth: 'svc',
    tag,
    summary: 'Ask a model for a user: the own one, else that of the installation',
    body: z.object({
      prompt: z.string().max(1_000_000).optional(),
      messages: z.array(Words).min(1).max(500).nullish(),
      /** Empty, and the name that older clients send by default, stand for the configured model. */
      model: z.string().max(200).default(''),
      max_tokens: z.number().int().min(1).max(200_000).default(2048),
      temperature: z.number().min(0).max(2).default(0.7),
      system: z.string().max(1_000_000).default(''),
      extension_id: z.string().max(64).default(''),
      user_id: ServiceUser.optional(),
      tenant_id: ServiceTenant,
    }),
    bodyLimit: 4 * 1024 * 1024,
    response: z.object({
      text: z.string(),
      model: z.string(),
      tokens_used: z.number().int(),
      usage: z.object({
        input_tokens: z.number().int(),
        output_tokens: z.number().int(),
        total_tokens: z.number().int(),
      }),
      stop_reason: z.string(),
    }),
    errors: [
      ...SERVICE_ERRORS,
      'SERVICES_PROMPT_OR_MESSAGES',
      'BILLING_INSUFFICIENT',
      'LLM_UNAVAILABLE',
      'LLM_FAILED',
      'LLM_REFUSED',
      'LLM_ADDRESS_CLOSED',
      'LLM_RATE_LIMITED',
      'LLM_TIMEOUT',
    ],
  }),
} as const
