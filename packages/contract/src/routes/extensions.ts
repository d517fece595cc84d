import { z } from 'zod'
import { BatchCallRequest, CallRequest, CallResponse } from '../action-result.ts'
import { MAX_FRAME_BYTES } from '../host-limits.ts'
import { AppId } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

const AppPath = z.object({ app_id: AppId })

/** Body of `operate`: one function, and whether a person approved it inside the calling program (api.md 3.8). */
export const OperateRequest = CallRequest.extend({ confirmation_bypassed: z.boolean().default(false) })
export type OperateRequest = z.infer<typeof OperateRequest>

/** What a card shows of one stored call; secrets and personal data are masked. */
export const ConfirmationItem = z.object({
  index: z.number().int(),
  app_id: z.string(),
  tool: z.string(),
  action_type: z.string(),
  label: z.string(),
  args_masked: JsonObject,
  price: z.number(),
})
export type ConfirmationItem = z.infer<typeof ConfirmationItem>

/**
 * Whether a call about money that came from there runs when it is released (kernel 3.5.5): where the person who asks also
 * decides. Everybody else repeats theirs after it.
 */
export const runsAtRelease = (source: string): boolean => source === 'chat' || source === 'panel'

/** The public part of a confirmation, as `data.confirmation` of a stopped call carries it. */
export const ConfirmationCard = z.object({
  confirmation_id: z.string(),
  title: z.string(),
  message: z.string(),
  items: z.array(ConfirmationItem),
  expires_at: z.string(),
  /** `money`: only a person at the panel can say yes (api.md 5.6). */
  kind: z.enum(['action', 'money']).default('action'),
})
export type ConfirmationCard = z.infer<typeof ConfirmationCard>

/** Answer of `operate`, told apart by `kind`. */
export const OperateResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tool_result'), content: JsonObject }),
  z.object({
    kind: z.literal('confirmation'),
    confirmation_id: z.string(),
    summary: z.string(),
    items: z.array(ConfirmationItem),
    expires_at: z.string(),
  }),
  /** It moves money: a person releases it at that address, and then the same call is made again. */
  z.object({
    kind: z.literal('panel_approval_required'),
    confirmation_id: z.string(),
    panel_url: z.string(),
    summary: z.string(),
    expires_at: z.string(),
  }),
])
export type OperateResult = z.infer<typeof OperateResult>

const ExtensionAccess = z.object({
  extensions: z.array(
    z.object({ app_id: z.string(), status: z.string(), system: z.boolean(), access_policy: JsonObject }),
  ),
})

/** Refusals of a call that have an HTTP status of their own. */
export const CALL_ERRORS = [
  'KERNEL_NOT_YOURS',
  'KERNEL_APP_NOT_FOUND',
  'KERNEL_APP_DENIED',
  'KERNEL_RATE_LIMITED',
  'KERNEL_UNAVAILABLE',
]

/** Running functions of extensions directly (api.md 3.8). */
export const extensions = {
  call: defineRoute({
    id: 'extensions.call',
    method: 'POST',
    path: '/v1/extensions/{app_id}/call',
    auth: 'svc-or-user',
    // The corridor asks for the scopes of the function.
    keyScope: null,
    tag: 'extensions',
    summary: 'Run one function of an extension',
    params: AppPath,
    body: CallRequest,
    // Files of an upload field travel in the arguments, which go to the app in one frame.
    bodyLimit: MAX_FRAME_BYTES,
    response: CallResponse,
    errors: CALL_ERRORS,
    rateLimit: { limit: 1200, windowSeconds: 60, key: 'user' },
  }),
  batch: defineRoute({
    id: 'extensions.batch',
    method: 'POST',
    path: '/v1/extensions/{app_id}/batch',
    auth: 'svc-or-user',
    // The corridor asks for the scopes of the function.
    keyScope: null,
    tag: 'extensions',
    summary: 'Run up to 20 functions of an extension in one request',
    params: AppPath,
    body: BatchCallRequest,
    response: z.array(CallResponse),
    errors: CALL_ERRORS,
    rateLimit: { limit: 600, windowSeconds: 60, key: 'user' },
  }),
  operate: defineRoute({
    id: 'extensions.operate',
    method: 'POST',
    path: '/v1/extensions/{app_id}/operate',
    auth: 'svc-or-user',
    // The corridor asks for the scopes of the function.
    keyScope: null,
    tag: 'extensions',
    summary: 'Run one function through the guarded path of outside assistants',
    params: AppPath,
    body: OperateRequest,
    response: OperateResult,
    errors: CALL_ERRORS,
    rateLimit: { limit: 1200, windowSeconds: 60, key: 'user' },
  }),
  users: defineRoute({
    id: 'extensions.users',
    method: 'GET',
    path: '/v1/extensions/{app_id}/users',
    auth: 'svc-or-user',
    tag: 'extensions',
    summary: 'Who of the tenant may use an app, and why; its developer sees numbers only',
    params: AppPath,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(1000),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
    response: z.object({
      app_id: z.string(),
      users: z.array(
        z.object({
          imperal_id: z.string(),
          email: z.string(),
          display_name: z.string(),
          role: z.string(),
          access: z.enum(['granted', 'denied']),
          reason: z.string(),
        }),
      ),
      counts: z.object({ installed: z.number().int(), disabled: z.number().int() }),
    }),
    errors: ['REGISTRY_APP_NOT_FOUND', 'IDENTITY_NOT_YOURS'],
  }),
  access: defineRoute({
    id: 'extensions.access',
    method: 'GET',
    path: '/v1/extensions/access',
    auth: 'svc',
    tag: 'extensions',
    summary: 'Status and access policy of every extension',
    query: z.object({ tenant_id: z.string().default('default') }),
    response: ExtensionAccess,
  }),
}
