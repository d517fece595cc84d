import type { Action } from '@imperal/contract'
import { expect, test } from 'vitest'
import { tellTrace } from './tell-trace.ts'

const call = (more: Partial<Action>): Action => ({
  id: 'cal_1',
  call_id: 'cal_1',
  trace_id: '9f2c4e1ab0d34c55',
  chain_id: null,
  step_id: null,
  parent_task_id: null,
  user_id: 'imp_u_ada',
  tenant_id: 'default',
  agency_id: null,
  actor_kind: 'user',
  source: 'api',
  app_id: 'notes',
  tool_name: 'list_notes',
  action_type: 'read',
  intent_type: 'read',
  status: 'success',
  args: {},
  masked: true,
  error: null,
  message_preview: null,
  result_preview: 'Two notes.',
  confirmation: 'not_required',
  confirmation_id: null,
  event_type: null,
  event_id: null,
  retention_class: 'standard_90d',
  duration_ms: 4,
  facts: { checked_scopes: ['notes:read'] },
  tokens_used: 0,
  charged_credits: 1,
  llm_steps: [],
  created_at: '2026-06-21T10:00:00.000Z',
  completed_at: '2026-06-21T10:00:00.004Z',
  ...more,
})

test('[K11.4] a call outside the chat tells its door, gates, result and price', () => {
  expect(tellTrace([call({})], null)).toEqual([
    '2026-06-21T10:00:00.000Z: imp_u_ada through api.',
    '1. notes.list_notes (read, api): permission notes:read held, confirmation not required; success after 4 ms “Two notes.”; 1 credit.',
    'Price: 1 credit for 1 call in 4 ms.',
  ])
})

test.each([
  ['PERMISSION_DENIED', 'denied', 'turned away at the gate permissions'],
  ['INSUFFICIENT_CREDITS', 'denied', 'turned away at the gate money'],
  ['TENANT_SCOPE_VIOLATION', 'denied', 'turned away at the gate tenant boundary'],
  ['VALIDATION_TYPE_ERROR', 'validation_rejected', 'turned away by the guard of its arguments (VALIDATION_TYPE_ERROR)'],
  ['CONFIRMATION_REQUIRED', 'intercepted', 'waits for a confirmation'],
] as const)('[K11.4] the gate that answered %s is named', (error, status, words) => {
  expect(tellTrace([call({ error, status })], null)[1]).toContain(`: ${words}; `)
})
