import { z } from 'zod'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'
import { Execution, Rule, RuleCreate, RuleDraft, RulePrompt, RuleQuota, RuleStatus, RuleUpdate } from '../rules.ts'
import { internal } from './automations-internal.ts'
import { RULE_ID, RulePath } from './rule-path.ts'

const tag = 'automations'
const NOT_FOUND = 'AUTOMATIONS_RULE_NOT_FOUND'
const QUOTA = 'AUTOMATIONS_QUOTA_EXCEEDED'
const WRONG = ['AUTOMATIONS_INVALID', 'AUTOMATIONS_NOT_UNDERSTOOD', 'AUTOMATIONS_NO_MODEL'] as const

/** Rules: if an event or a time, then steps (api.md 3.15). Foreign rules look like none. */
export const automations = {
  create: defineRoute({
    id: 'automations.create',
    method: 'POST',
    path: '/v1/automations',
    auth: 'svc-or-user',
    tag,
    summary:
      'Make a rule, from words or as it is; a rule with a destructive step waits, paused, for its owner to approve it',
    deprecated: '/v1/extensions/automations/call',
    body: RuleCreate,
    response: Rule,
    errors: [QUOTA, ...WRONG],
  }),
  list: defineRoute({
    id: 'automations.list',
    method: 'GET',
    path: '/v1/automations',
    auth: 'user',
    tag,
    summary: 'Own rules, newest first; a full page goes on with `before`',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(500),
      before: RULE_ID.optional().describe('The last `rule_id` of the page before.'),
    }),
    response: z.array(Rule),
  }),
  remove: defineRoute({
    id: 'automations.remove',
    method: 'DELETE',
    path: '/v1/automations/{rule_id}',
    auth: 'svc-or-user',
    tag,
    summary: 'Delete a rule; what ran stays in the ledger',
    params: RulePath,
    response: z.object({ deleted: z.literal(true), rule_id: z.number().int() }),
    errors: [NOT_FOUND],
  }),
  pause: defineRoute({
    id: 'automations.pause',
    method: 'POST',
    path: '/v1/automations/{rule_id}/pause',
    auth: 'svc-or-user',
    tag,
    summary: 'Stop a rule from running until it is resumed',
    params: RulePath,
    response: z.object({ paused: z.literal(true), rule_id: z.number().int(), status: RuleStatus }),
    errors: [NOT_FOUND],
  }),
  resume: defineRoute({
    id: 'automations.resume',
    method: 'POST',
    path: '/v1/automations/{rule_id}/resume',
    auth: 'svc-or-user',
    tag,
    summary: 'Let a rule run again; its count begins anew. `approve` is how its owner agrees to destructive steps',
    params: RulePath,
    body: z.object({ approve: z.string().max(128).optional() }).default({}),
    response: z.object({ resumed: z.literal(true), rule_id: z.number().int(), status: RuleStatus }),
    errors: [NOT_FOUND, QUOTA, 'AUTOMATIONS_INVALID', 'AUTOMATIONS_APPROVAL_REQUIRED'],
  }),
  draft: defineRoute({
    id: 'automations.draft',
    surface: 'client',
    method: 'POST',
    path: '/v1/automations/draft',
    auth: 'user',
    tag,
    summary: 'Understand words as a rule, without saving it',
    body: z.object({ prompt: RulePrompt.min(1) }),
    response: RuleDraft,
    errors: [...WRONG],
  }),
  update: defineRoute({
    id: 'automations.update',
    surface: 'client',
    method: 'PATCH',
    path: '/v1/automations/{rule_id}',
    auth: 'user',
    tag,
    summary: 'Change a rule; new steps are approved anew where that is needed',
    params: RulePath,
    body: RuleUpdate,
    response: Rule,
    errors: [NOT_FOUND, 'AUTOMATIONS_INVALID'],
  }),
  executions: defineRoute({
    id: 'automations.executions',
    surface: 'client',
    method: 'GET',
    path: '/v1/automations/{rule_id}/executions',
    auth: 'user',
    tag,
    summary: 'Runs of a rule, newest first; they are kept for 30 days',
    params: RulePath,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      before: z.string().max(64).optional(),
    }),
    response: z.object({ executions: z.array(Execution) }),
    errors: [NOT_FOUND],
  }),
  choices: defineRoute({
    id: 'automations.choices',
    surface: 'client',
    method: 'GET',
    path: '/v1/automations/choices',
    auth: 'user',
    tag,
    summary: 'Events that a rule may wait for and functions that it may call, for whoever builds one',
    response: z.object({
      events: z.array(
        z.object({
          event_type: z.string(),
          app_id: z.string().nullable(),
          function: z.string().nullable(),
          description: z.string(),
          /** What its payload is known to hold: paths for conditions and templates, such as `data.title`. */
          fields: z.array(z.object({ path: z.string(), title: z.string(), type: z.string() })),
        }),
      ),
      functions: z.array(
        z.object({
          app_id: z.string(),
          app_name: z.string(),
          tool: z.string(),
          description: z.string(),
          action_type: z.enum(['read', 'write', 'destructive']),
          params_schema: JsonObject,
        }),
      ),
      quota: RuleQuota,
    }),
  }),
  bulk: defineRoute({
    id: 'automations.bulk',
    surface: 'client',
    method: 'POST',
    path: '/v1/automations/bulk',
    auth: 'user',
    tag,
    summary: 'Pause, resume or delete many rules; says what it would do until dry_run is false (K6.15)',
    body: z
      .object({
        action: z.enum(['pause', 'resume', 'delete']),
        rule_ids: z.array(z.number().int().min(1)).min(1).max(500),
        dry_run: z.boolean().default(true),
        confirm: z.boolean().default(false),
      })
      .refine((body) => body.action !== 'delete' || body.dry_run || body.confirm, {
        path: ['confirm'],
        message: 'Deleting rules needs confirm: true.',
      }),
    response: z.object({
      dry_run: z.boolean(),
      changed: z.array(z.number().int()),
      refused: z.array(z.object({ rule_id: z.number().int(), reason: z.string() })),
    }),
  }),
  ...internal,
} as const
