import { automations, type Rule } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, runsInstallation } from '../../foundation/http/index.ts'
import { automationsErrors } from './errors.ts'
import { recordExternal, recordResult } from './record-external.ts'
import { quotaOf } from './rule-quota.ts'
import { toRule } from './rule-wire.ts'
import type { Owner, Parts } from './types.ts'
import { failOverdue } from './watch-executions.ts'
import { type Caller, createRule, deleteRule, listRules, readRule, setFigures, updateRule } from './write-rules.ts'

const SERVICE: Caller = { owner: null, actorId: 'service', isAtPanel: false, mayApprove: false, byApp: null }

/** A service that names a user reaches what is theirs; in its own name, or for who runs the installation, every rule. */
const callerOf = (principal: Principal | null): Caller =>
  principal?.userId == null || runsInstallation(principal)
    ? SERVICE
    : { ...SERVICE, owner: { tenantId: principal.tenantId, userId: principal.userId }, actorId: principal.userId }

/** A moment in the time of a zone, with its offset. */
function localTime(moment: string | null, zone: string): string | null {
  if (moment === null) return null
  const date = new Date(moment)
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(date)
  const offset = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(date)
    .find((part) => part.type === 'timeZoneName')
    ?.value.replace('GMT', '')
  return `${parts.replace(' ', 'T')}${offset === undefined || offset === '' ? '+00:00' : offset}`
}

function inZone(rule: Rule, zone: string): Rule {
  const at = (moment: string | null) => localTime(moment, zone)
  return {
    ...rule,
    next_run_at: at(rule.next_run_at),
    last_triggered_at: at(rule.last_triggered_at),
    last_skipped_at: at(rule.last_skipped_at),
    created_at: at(rule.created_at) ?? rule.created_at,
    updated_at: at(rule.updated_at) ?? rule.updated_at,
  }
}

function requireZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw automationsErrors.INVALID({ problems: [`'${zone}' is no time zone.`] })
  }
}

/** Rules of everybody, for services of the platform (api.md 3.15). */
export function internalRoutes(parts: Parts): MountedRoute[] {
  const userOf = async ({
    user_id: userId,
    tenant_id: tenantId,
  }: {
    user_id: string
    tenant_id: string
  }): Promise<Owner> => {
    const found = await parts.identity.findUser(userId)
    if (found === null || found.tenantId !== tenantId) throw automationsErrors.USER_NOT_FOUND()
    return { tenantId, userId }
  }
  return [
    implement(automations.internalAll, async ({ query, principal }) => {
      if (query.timezone !== '') requireZone(query.timezone)
      const rules = (await listRules(parts, callerOf(principal).owner ?? { tenantId: query.tenant_id })).map(toRule)
      return query.timezone === '' ? rules : rules.map((rule) => inZone(rule, query.timezone))
    }),
    implement(automations.internalActive, async ({ query, principal }) =>
      (await listRules(parts, callerOf(principal).owner ?? { tenantId: query.tenant_id }, { status: 'active' })).map(
        toRule,
      ),
    ),
    implement(automations.internalQuota, async ({ query }) => quotaOf(parts, await userOf(query))),
    implement(automations.internalCount, async ({ params, principal }) => {
      const rule = await readRule(parts, callerOf(principal), params.rule_id)
      return { rule_id: rule.rule_id, trigger_count: rule.trigger_count }
    }),
    implement(automations.internalCreate, async ({ body }) => {
      const owner = await userOf(body)
      return toRule(
        await createRule(parts, owner, SERVICE, {
          name: body.name,
          prompt: body.prompt,
          interpretation: body.interpretation,
          trigger: body.trigger_filter,
          actions: body.actions,
          cooldownSeconds: body.cooldown_seconds,
          maxPerHour: body.max_per_hour,
          maxIterations: body.max_iterations,
          notifyMode: body.notify_mode,
        }),
      )
    }),
    implement(automations.internalUpdate, async ({ params, body, principal }) => {
      const caller = callerOf(principal)
      const { status, trigger_count: triggerCount, trigger_filter: trigger, ...changes } = body
      const update = trigger == null ? changes : { ...changes, trigger_filter: trigger }
      const updated = await updateRule(parts, caller, params.rule_id, update)
      if (status == null && triggerCount == null) return toRule(updated)
      return toRule(
        await setFigures(parts, caller, params.rule_id, {
          ...(status == null ? {} : { status }),
          ...(triggerCount == null ? {} : { triggerCount }),
        }),
      )
    }),
    implement(automations.internalRemove, async ({ params, principal }) => {
      await deleteRule(parts, callerOf(principal), params.rule_id)
      return { deleted: true as const }
    }),
    implement(automations.internalTriggered, async ({ body, principal }) => {
      const { executionId, status } = await recordExternal(parts, callerOf(principal), body)
      return { rule_id: body.rule_id, status, execution_id: executionId }
    }),
    implement(automations.internalCheckTimeout, async () => {
      const ids = await failOverdue(parts)
      return { timed_out: ids.length, execution_ids: ids }
    }),
    implement(automations.internalResult, async ({ params, body, principal }) => {
      const rule = await recordResult(parts, callerOf(principal), {
        ruleId: params.rule_id,
        isDone: body.success,
        error: body.error,
      })
      return { rule_id: rule.rule_id, success_count: rule.success_count, failure_count: rule.failure_count }
    }),
  ]
}
