import { intersectScopes, type RuleAction, type RuleStatus, type RuleTrigger, type RuleUpdate } from '@imperal/contract'
import { sql, type Updateable } from 'kysely'
import type { Tables, Tx } from '../../foundation/db/index.ts'
import { parseCron } from '../../foundation/jobs/index.ts'
import { announce } from './announce.ts'
import { approvalNeeded, digestOf, whyItWaits } from './approval.ts'
import { automationsErrors } from './errors.ts'
import { groundingProblems, hasDestructive, type Surroundings } from './ground-rule.ts'
import { allowanceOf, takeRoom } from './rule-quota.ts'
import type { RuleRow } from './tables.ts'
import type { Owner, Parts } from './types.ts'

/** Whose rule is meant, and by whom: a service reaches everybody's. */
export interface Caller {
  readonly owner: Owner | null
  readonly actorId: string
  readonly limitedTo?: readonly string[] | undefined
  /** A person at the panel: what a rule may never do without their word, they can allow. */
  readonly isAtPanel: boolean
  /** Whether a word of approval is the person's own: theirs at the panel, or a card of this app that they accepted there. */
  readonly mayApprove: boolean
  /** The app that asks of its own accord; null when its owner does, or a service. What an app makes waits for the owner. */
  readonly byApp: string | null
}

export interface NewRule {
  readonly name?: string | undefined
  readonly prompt: string
  readonly interpretation: string
  readonly trigger: RuleTrigger
  readonly actions: readonly RuleAction[]
  readonly cooldownSeconds: number
  readonly maxPerHour: number
  readonly maxIterations: number
  /** Unless told, as the rule's steps suggest. */
  readonly notifyMode?: RuleRow['notify_mode'] | undefined
}

const LONGEST_NAME = 120
/** Only what commits from now on is an event for the rule: nothing of before its owner's word, or of another trigger, starts it. */
const fromNow = sql<string>`pg_current_snapshot()`

/** What the owner has and may do now. */
export async function surroundingsOf(
  parts: Parts,
  owner: Owner,
  more: { readonly zone?: string; readonly limitedTo?: readonly string[] | null | undefined } = {},
): Promise<Surroundings> {
  const caller = { ...owner, limitedTo: more.limitedTo ?? undefined }
  const [functions, events, zone] = await Promise.all([
    parts.kernel.catalog(caller),
    parts.kernel.events(caller),
    more.zone ?? parts.identity.settings(owner.tenantId, owner.userId).then(({ timezone }) => timezone ?? 'UTC'),
  ])
  return { functions, events, zone, now: new Date(parts.clock.now()) }
}

function refuseProblems(rule: { trigger: RuleTrigger; actions: readonly RuleAction[] }, around: Surroundings): void {
  const problems = groundingProblems(rule, around)
  if (problems.length > 0) throw automationsErrors.INVALID({ problems })
}

const nextDue = (trigger: RuleTrigger, { zone, now }: Surroundings): Date | null =>
  trigger.schedule === null ? null : (parseCron(trigger.schedule, zone)?.nextDue(now) ?? null)

async function audited(parts: Parts, rule: RuleRow, caller: Caller, action: string): Promise<void> {
  await parts.audit.record({
    tenantId: rule.tenant_id,
    actorId: caller.actorId,
    actorType: caller.owner === null ? 'service' : 'user',
    userId: rule.user_id,
    action,
    targetType: 'automation',
    targetId: String(rule.rule_id),
    metadata: { name: rule.name, event_type: rule.event_type },
    source: 'automations',
  })
}

/** A rule that only reads is there to tell what it found: “every morning tell me what is due”. */
function usualNotice(actions: NewRule['actions'], functions: Surroundings['functions']): RuleRow['notify_mode'] {
  const reads = (action: NewRule['actions'][number]): boolean =>
    'tool' in action &&
    functions.some(
      ({ appId, name, actionType }) => appId === action.app_id && name === action.tool && actionType === 'read',
    )
  return actions.every(reads) ? 'all' : 'failures'
}

/** Stores a rule that is grounded for its owner. @throws AUTOMATIONS_INVALID, AUTOMATIONS_QUOTA_EXCEEDED */
export async function createRule(parts: Parts, owner: Owner, caller: Caller, rule: NewRule): Promise<RuleRow> {
  const [allowance, around] = await Promise.all([
    allowanceOf(parts, owner),
    surroundingsOf(parts, owner, { limitedTo: caller.limitedTo }),
  ])
  refuseProblems(rule, around)
  const destructive = hasDestructive(rule.actions, around.functions)
  const waits = destructive || caller.byApp !== null
  const now = around.now
  const row = await parts.db.tenant(owner.tenantId, async (tx) => {
    await takeRoom(tx, owner, allowance, 1)
    const stored = await tx
      .insertInto('automations.rule')
      .values({
        tenant_id: owner.tenantId,
        user_id: owner.userId,
        name: (rule.name || rule.prompt || rule.interpretation || rule.trigger.event_type).slice(0, LONGEST_NAME),
        prompt: rule.prompt,
        interpretation: rule.interpretation,
        event_type: rule.trigger.event_type,
        cron: rule.trigger.schedule,
        zone: around.zone,
        conditions: JSON.stringify(rule.trigger.conditions),
        condition_words: rule.trigger.when,
        actions: JSON.stringify(rule.actions),
        limited_to: caller.limitedTo === undefined ? null : JSON.stringify(caller.limitedTo),
        cooldown_seconds: rule.cooldownSeconds,
        max_per_hour: rule.maxPerHour,
        max_iterations: rule.maxIterations,
        notify_mode: rule.notifyMode ?? usualNotice(rule.actions, around.functions),
        status: waits ? 'paused' : 'active',
        status_reason: waits ? whyItWaits({ by_app: caller.byApp }) : null,
        destructive,
        by_app: caller.byApp,
        next_due_at: nextDue(rule.trigger, around),
        active_from: fromNow,
        created_at: now,
        updated_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await announce(parts, tx, stored, 'rule_created')
    return stored
  })
  await audited(parts, row, caller, 'automation.created')
  return row
}

/** The rule, locked; foreign ones are none (api.md 3.15). @throws AUTOMATIONS_RULE_NOT_FOUND */
async function ruleFor(tx: Tx, caller: Caller, ruleId: number): Promise<RuleRow> {
  let query = tx.selectFrom('automations.rule').selectAll().where('rule_id', '=', ruleId).forUpdate()
  if (caller.owner !== null)
    query = query.where('tenant_id', '=', caller.owner.tenantId).where('user_id', '=', caller.owner.userId)
  const row = await query.executeTakeFirst()
  if (row === undefined) throw automationsErrors.RULE_NOT_FOUND()
  return row
}

export const ownerOf = (row: RuleRow): Owner => ({ tenantId: row.tenant_id, userId: row.user_id })

const within = <T>(parts: Parts, caller: Caller, work: (tx: Tx) => Promise<T>): Promise<T> =>
  caller.owner === null ? parts.db.everyTenant(work) : parts.db.tenant(caller.owner.tenantId, work)

/** @throws AUTOMATIONS_RULE_NOT_FOUND */
export const readRule = (parts: Parts, caller: Caller, ruleId: number): Promise<RuleRow> =>
  within(parts, caller, (tx) => ruleFor(tx, caller, ruleId))

const triggerOf = (row: RuleRow): RuleTrigger => ({
  event_type: row.event_type,
  schedule: row.cron,
  conditions: row.conditions,
  when: row.condition_words,
})

async function store(
  parts: Parts,
  tx: Tx,
  row: RuleRow,
  changes: Updateable<Tables['automations.rule']>,
): Promise<RuleRow> {
  const stored = await tx
    .updateTable('automations.rule')
    .set({ ...changes, updated_at: new Date(parts.clock.now()) })
    .where('rule_id', '=', row.rule_id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await announce(parts, tx, stored, 'rule_updated')
  return stored
}

/** What was triggered and has not begun will not begin any more. */
async function cancelWaiting(parts: Parts, tx: Tx, ruleId: number): Promise<void> {
  await tx
    .updateTable('automations.execution')
    .set({
      status: 'cancelled',
      finished_at: new Date(parts.clock.now()),
      error: 'PAUSED',
      error_text: 'The automation was paused.',
    })
    .where('rule_id', '=', ruleId)
    .where('status', '=', 'triggered')
    .where('external', '=', false)
    .execute()
}

/**
 * What a rule may after a change: whoever may do less than the rule makes it do less from now on, no key makes it do more, and a
 * person at the panel gives it all of their own. Null is everything that the owner may.
 */
function limitAfter(caller: Caller, before: RuleRow): readonly string[] | null {
  if (caller.limitedTo === undefined) return caller.isAtPanel ? null : before.limited_to
  return before.limited_to === null ? caller.limitedTo : intersectScopes(before.limited_to, caller.limitedTo)
}

/**
 * Changes a rule. When another trigger or other steps come with a step that cannot be undone, or from an app, the rule
 * waits for its owner again.
 * @throws AUTOMATIONS_RULE_NOT_FOUND, AUTOMATIONS_INVALID
 */
export async function updateRule(parts: Parts, caller: Caller, ruleId: number, update: RuleUpdate): Promise<RuleRow> {
  const before = await readRule(parts, caller, ruleId)
  const trigger = update.trigger_filter ?? triggerOf(before)
  const actions = update.actions ?? before.actions
  const limitedTo = limitAfter(caller, before)
  const around = await surroundingsOf(parts, ownerOf(before), {
    limitedTo,
    ...(update.trigger_filter === undefined ? { zone: before.zone } : {}),
  })
  if (update.trigger_filter !== undefined || update.actions !== undefined) refuseProblems({ trigger, actions }, around)
  const destructive = hasDestructive(actions, around.functions)
  const deed = {
    event_type: trigger.event_type,
    cron: trigger.schedule,
    zone: around.zone,
    conditions: [...trigger.conditions],
    condition_words: trigger.when,
    actions: [...actions],
  }
  const row = await within(parts, caller, async (tx) => {
    const current = await ruleFor(tx, caller, ruleId)
    const by_app = caller.byApp !== null && digestOf(deed) !== digestOf(current) ? caller.byApp : current.by_app
    const stops = current.status === 'active' && approvalNeeded({ ...current, ...deed, destructive, by_app }) !== null
    if (stops) await cancelWaiting(parts, tx, ruleId)
    return store(parts, tx, current, {
      ...(update.name === undefined ? {} : { name: update.name }),
      ...(update.notify_mode == null ? {} : { notify_mode: update.notify_mode }),
      ...(update.cooldown_seconds == null ? {} : { cooldown_seconds: update.cooldown_seconds }),
      ...(update.max_per_hour == null ? {} : { max_per_hour: update.max_per_hour }),
      ...(update.max_iterations == null ? {} : { max_iterations: update.max_iterations }),
      ...deed,
      conditions: JSON.stringify(deed.conditions),
      actions: JSON.stringify(deed.actions),
      limited_to: limitedTo === null ? null : JSON.stringify(limitedTo),
      destructive,
      by_app,
      next_due_at: nextDue(trigger, around),
      ...(digestOf(deed) === digestOf(current) ? {} : { active_from: fromNow }),
      ...(stops ? { status: 'paused' as const, status_reason: whyItWaits({ by_app }) } : {}),
    })
  })
  await audited(parts, row, caller, 'automation.updated')
  return row
}

/** @throws AUTOMATIONS_RULE_NOT_FOUND */
export async function pauseRule(
  parts: Parts,
  caller: Caller,
  ruleId: number,
  reason: string | null = null,
): Promise<RuleRow> {
  const row = await within(parts, caller, async (tx) => {
    const current = await ruleFor(tx, caller, ruleId)
    await cancelWaiting(parts, tx, ruleId)
    return store(parts, tx, current, { status: 'paused', status_reason: reason })
  })
  await audited(parts, row, caller, 'automation.paused')
  return row
}

function approvalFor(rule: RuleRow, destructive: boolean, caller: Caller, approve: string | undefined): string | null {
  const needed = approvalNeeded({ ...rule, destructive })
  if (needed === null) return rule.approved_digest
  if (!caller.mayApprove || approve !== needed) throw automationsErrors.APPROVAL_REQUIRED()
  return needed
}

/**
 * Lets a rule run again; its count begins anew (K6.14). Steps that cannot be undone, and what an app made, need the
 * owner's word for exactly this trigger and these steps, given at the panel (K6.13).
 * @throws AUTOMATIONS_RULE_NOT_FOUND, AUTOMATIONS_INVALID, AUTOMATIONS_QUOTA_EXCEEDED, AUTOMATIONS_APPROVAL_REQUIRED
 */
export async function resumeRule(parts: Parts, caller: Caller, ruleId: number, approve?: string): Promise<RuleRow> {
  const before = await readRule(parts, caller, ruleId)
  const owner = ownerOf(before)
  const [allowance, around] = await Promise.all([
    allowanceOf(parts, owner),
    surroundingsOf(parts, owner, { zone: before.zone, limitedTo: before.limited_to }),
  ])
  refuseProblems({ trigger: triggerOf(before), actions: before.actions }, around)
  const destructive = hasDestructive(before.actions, around.functions)
  const row = await within(parts, caller, async (tx) => {
    await takeRoom(tx, owner, allowance, 0)
    const current = await ruleFor(tx, caller, ruleId)
    const approved = approvalFor(current, destructive, caller, approve)
    return store(parts, tx, current, {
      status: 'active',
      status_reason: null,
      trigger_count: 0,
      failures_in_row: 0,
      destructive,
      approved_digest: approved,
      // Either nothing was asked, or the owner has just agreed.
      by_app: null,
      next_due_at: nextDue(triggerOf(current), around),
      ...(current.status === 'active' ? {} : { active_from: fromNow }),
    })
  })
  await audited(parts, row, caller, approve === undefined ? 'automation.resumed' : 'automation.approved')
  return row
}

/** @throws AUTOMATIONS_RULE_NOT_FOUND */
export async function deleteRule(parts: Parts, caller: Caller, ruleId: number): Promise<void> {
  const row = await within(parts, caller, async (tx) => {
    const current = await ruleFor(tx, caller, ruleId)
    await tx.deleteFrom('automations.rule').where('rule_id', '=', ruleId).execute()
    await announce(parts, tx, current, 'rule_deleted')
    return current
  })
  await audited(parts, row, caller, 'automation.deleted')
}

/** Figures and states that only a service sets. @throws AUTOMATIONS_RULE_NOT_FOUND */
export async function setFigures(
  parts: Parts,
  caller: Caller,
  ruleId: number,
  { status, triggerCount }: { readonly status?: RuleStatus; readonly triggerCount?: number },
): Promise<RuleRow> {
  if (status === 'active') await resumeRule(parts, caller, ruleId)
  return within(parts, caller, async (tx) => {
    const current = await ruleFor(tx, caller, ruleId)
    if (status !== undefined && status !== 'active') await cancelWaiting(parts, tx, ruleId)
    return store(parts, tx, current, {
      ...(status === undefined ? {} : { status, status_reason: null }),
      ...(triggerCount === undefined ? {} : { trigger_count: triggerCount }),
    })
  })
}

/** Own rules, newest first; those of a whole tenant for a service. */
const rulesOf = (tx: Tx, whose: Owner) =>
  tx.selectFrom('automations.rule').where('tenant_id', '=', whose.tenantId).where('user_id', '=', whose.userId)

/** How many rules somebody has. */
export const countRules = (parts: Parts, whose: Owner): Promise<number> =>
  parts.db.tenant(whose.tenantId, async (tx) => {
    const { total } = await rulesOf(tx, whose)
      .select((each) => each.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    return Number(total)
  })

export function listRules(
  parts: Parts,
  whose: Owner | { readonly tenantId: string; readonly userId?: undefined },
  page: { readonly status?: RuleStatus; readonly limit?: number; readonly before?: number | undefined } = {},
): Promise<RuleRow[]> {
  const { status, limit, before } = page
  return parts.db.tenant(whose.tenantId, (tx) => {
    let query = tx.selectFrom('automations.rule').selectAll().where('tenant_id', '=', whose.tenantId)
    if (whose.userId !== undefined) query = query.where('user_id', '=', whose.userId)
    if (status !== undefined) query = query.where('status', '=', status)
    if (before !== undefined) query = query.where('rule_id', '<', before)
    if (limit !== undefined) query = query.limit(limit)
    return query.orderBy('rule_id', 'desc').execute()
  })
}
