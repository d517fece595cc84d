import { z } from 'zod'
import { CallResponse } from '../action-result.ts'
import { defineRoute, type Surface } from '../route.ts'
import { ConfirmationItem } from './extensions.ts'

export const ConfirmationStatus = z.enum([
  'pending',
  'confirmed',
  'executing',
  'executed',
  'cancelled',
  'expired',
  'failed',
])
export type ConfirmationStatus = z.infer<typeof ConfirmationStatus>

/** A stored decision that a person still has to make, or made (api.md 3.16). Times are ISO 8601. */
export const Confirmation = z.object({
  confirmation_id: z.string(),
  user_id: z.string(),
  tenant_id: z.string(),
  status: ConfirmationStatus,
  kind: z.enum(['action', 'money']),
  source: z.string(),
  app_id: z.string(),
  title: z.string(),
  summary: z.string(),
  items: z.array(ConfirmationItem),
  total_price: z.number(),
  panel_url: z.string().nullable(),
  created_at: z.string(),
  expires_at: z.string(),
  decided_at: z.string().nullable(),
  decided_via: z.string().nullable(),
  results: z.array(CallResponse).nullable(),
})
export type Confirmation = z.infer<typeof Confirmation>

const ConfirmationPath = z.object({ confirmation_id: z.string().max(64) })
const Confirmed = z.object({
  confirmation_id: z.string(),
  status: z.enum(['confirmed', 'executed', 'failed']),
  results: z.array(CallResponse),
})
const DECISION_ERRORS = ['KERNEL_CONFIRMATION_NOT_FOUND', 'KERNEL_CONFIRMATION_CONSUMED', 'KERNEL_CONFIRMATION_EXPIRED']

const confirming = (id: string, path: string, summary: string, surface: Surface) =>
  defineRoute({
    id,
    surface,
    method: 'POST',
    path,
    auth: 'user',
    tag: 'confirmations',
    summary,
    params: ConfirmationPath,
    body: z.looseObject({}),
    response: Confirmed,
    errors: DECISION_ERRORS,
  })

/** Two-step confirmation: the stored call runs once, with its stored arguments (K3.21–K3.32). */
export const confirmations = {
  active: defineRoute({
    id: 'confirmations.active',
    method: 'GET',
    path: '/v1/confirmations/active',
    auth: 'user',
    tag: 'confirmations',
    summary: 'Own confirmations that wait for a decision',
    response: z.object({ confirmations: z.array(Confirmation), count: z.number().int() }),
  }),
  get: defineRoute({
    id: 'confirmations.get',
    method: 'GET',
    path: '/v1/confirmations/{confirmation_id}',
    auth: 'user',
    tag: 'confirmations',
    summary: 'One own confirmation',
    params: ConfirmationPath,
    response: Confirmation,
    errors: ['KERNEL_CONFIRMATION_NOT_FOUND'],
  }),
  confirm: confirming(
    'confirmations.confirm',
    '/v1/confirmations/{confirmation_id}/confirm',
    'Approve, and run the stored call once',
    'public',
  ),
  accept: confirming(
    'confirmations.accept',
    '/v1/confirmations/{confirmation_id}/accept',
    'The same as confirm',
    'alias',
  ),
  cancel: defineRoute({
    id: 'confirmations.cancel',
    method: 'POST',
    path: '/v1/confirmations/{confirmation_id}/cancel',
    auth: 'user',
    tag: 'confirmations',
    summary: 'Refuse; nothing runs',
    params: ConfirmationPath,
    body: z.looseObject({ reason: z.string().max(500).optional() }),
    response: z.object({ confirmation_id: z.string(), status: z.literal('cancelled') }),
    errors: DECISION_ERRORS,
  }),
}
