import { automations, type Rule, type RuleCreate } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, reply } from '../../foundation/http/index.ts'
import { draftRule } from './draft-rule.ts'
import { automationsErrors } from './errors.ts'
import { eventFields } from './event-fields.ts'
import { forbidden, OWN_APP } from './ground-rule.ts'
import { readExecutions } from './read-executions.ts'
import { quotaOf } from './rule-quota.ts'
import { toExecution, toRule } from './rule-wire.ts'
import type { Owner, Parts } from './types.ts'
import {
  type Caller,
  countRules,
  createRule,
  deleteRule,
  listRules,
  type NewRule,
  pauseRule,
  readRule,
  resumeRule,
  surroundingsOf,
  updateRule,
} from './write-rules.ts'

/** A service without an acting user reaches every rule; people, administrators too, their own (K6.15). */
function callerOf(principal: Principal | null): Caller {
  if (principal === null) throw automationsErrors.RULE_NOT_FOUND()
  const { userId, tenantId, limitedTo } = principal
  const byApp = principal.throughApps?.find((appId) => appId !== OWN_APP) ?? null
  const isAtPanel = principal.kind === 'user' && principal.credential === 'jwt' && principal.tokenUse === null
  return {
    owner: userId === null ? null : { tenantId, userId },
    actorId: userId ?? 'service',
    limitedTo,
    byApp,
    isAtPanel,
    mayApprove: isAtPanel || (byApp === null && principal.agreedAtPanel === true),
  }
}

function ownerOf(caller: Caller): Owner {
  if (caller.owner === null) throw automationsErrors.USER_NOT_FOUND()
  return caller.owner
}

const newRule = (body: Omit<RuleCreate, 'trigger_filter' | 'actions'>) => ({
  name: body.name,
  prompt: body.prompt,
  cooldownSeconds: body.cooldown_seconds,
  maxPerHour: body.max_per_hour,
  maxIterations: body.max_iterations,
  notifyMode: body.notify_mode,
})

async function fromBody(parts: Parts, owner: Owner, caller: Caller, body: RuleCreate): Promise<NewRule> {
  if (body.trigger_filter !== undefined && body.actions !== undefined)
    return {
      ...newRule(body),
      interpretation: body.interpretation,
      trigger: body.trigger_filter,
      actions: body.actions,
    }
  const around = await surroundingsOf(parts, owner, { limitedTo: caller.limitedTo })
  const draft = await draftRule(parts, owner, body.prompt, around)
  return {
    ...newRule({ ...body, name: body.name ?? draft.name }),
    interpretation: draft.interpretation,
    trigger: draft.trigger_filter,
    actions: draft.actions,
  }
}

const nextPage = (limit: number, last: Rule | undefined): string =>
  `</v1/automations?${new URLSearchParams({ limit: String(limit), before: String(last?.rule_id) })}>; rel="next"`

/** Rules for their owner (api.md 3.15). */
export function automationRoutes(parts: Parts): MountedRoute[] {
  return [
    implement(automations.create, async ({ principal, body }) => {
      const caller = callerOf(principal)
      const owner = ownerOf(caller)
      return toRule(await createRule(parts, owner, caller, await fromBody(parts, owner, caller, body)))
    }),
    implement(automations.list, async ({ user, query }) => {
      const rules = (await listRules(parts, user, { ...query, limit: query.limit + 1 })).map(toRule)
      const page = rules.slice(0, query.limit)
      return reply(200, page, {
        'x-total-count': String(await countRules(parts, user)),
        ...(rules.length > page.length ? { link: nextPage(query.limit, page.at(-1)) } : {}),
      })
    }),
    implement(automations.remove, async ({ principal, params }) => {
      await deleteRule(parts, callerOf(principal), params.rule_id)
      return { deleted: true as const, rule_id: params.rule_id }
    }),
    implement(automations.pause, async ({ principal, params }) => {
      const rule = await pauseRule(parts, callerOf(principal), params.rule_id)
      return { paused: true as const, rule_id: rule.rule_id, status: rule.status }
    }),
    implement(automations.resume, async ({ principal, params, body }) => {
      const rule = await resumeRule(parts, callerOf(principal), params.rule_id, body.approve)
      return { resumed: true as const, rule_id: rule.rule_id, status: rule.status }
    }),
    implement(automations.draft, async ({ user, body }) =>
      draftRule(parts, user, body.prompt, await surroundingsOf(parts, user, { limitedTo: user.limitedTo })),
    ),
    implement(automations.update, async ({ principal, params, body }) =>
      toRule(await updateRule(parts, callerOf(principal), params.rule_id, body)),
    ),
    implement(automations.executions, async ({ principal, params, query }) => {
      const rule = await readRule(parts, callerOf(principal), params.rule_id)
      const rows = await readExecutions(parts, { tenantId: rule.tenant_id, ruleId: rule.rule_id }, query)
      return { executions: rows.map(toExecution) }
    }),
    implement(automations.choices, async ({ user }) => {
      const { functions, events } = await surroundingsOf(parts, user, { limitedTo: user.limitedTo })
      return {
        events: events.map(({ event_type, app_id, function: name, description }) => ({
          event_type,
          app_id,
          function: name,
          description,
          fields: eventFields(functions.find((entry) => entry.appId === app_id && entry.name === name)?.returnSchema),
        })),
        functions: functions
          .filter((entry) => forbidden(entry) === null)
          .map((entry) => ({
            app_id: entry.appId,
            app_name: entry.appName,
            tool: entry.name,
            description: entry.description,
            action_type: entry.actionType,
            params_schema: entry.paramsSchema,
          })),
        quota: await quotaOf(parts, user),
      }
    }),
    implement(automations.bulk, async ({ principal, body }) => bulk(parts, callerOf(principal), body)),
  ]
}

interface Bulk {
  readonly action: 'pause' | 'resume' | 'delete'
  readonly rule_ids: readonly number[]
  readonly dry_run: boolean
}

/** Each rule by itself: what is refused keeps nothing else from being done. */
async function bulk(parts: Parts, caller: Caller, { action, rule_ids: ids, dry_run: dryRun }: Bulk) {
  const work = { pause: pauseRule, resume: resumeRule, delete: deleteRule }[action]
  const changed: number[] = []
  const refused: { rule_id: number; reason: string }[] = []
  for (const id of new Set(ids)) {
    try {
      await readRule(parts, caller, id)
      if (!dryRun) await work(parts, caller, id)
      changed.push(id)
    } catch (error) {
      if (!(error instanceof Error && 'kind' in error)) throw error
      refused.push({ rule_id: id, reason: error.message })
    }
  }
  return { dry_run: dryRun, changed, refused }
}
