import type { JsonObject, RuleSkip } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { newTraceId, orderedId } from '../../foundation/ids.ts'
import type { QueueOptions } from '../../foundation/jobs/index.ts'
import { eventMessage } from '../outbox/index.ts'
import { announce } from './announce.ts'
import type { RuleRow } from './tables.ts'
import type { Happening, Parts } from './types.ts'

export const RUN_QUEUE = 'automations.run'
export const RUN_OPTIONS: QueueOptions = { concurrency: 8, expireSeconds: 420, retries: 0, perGroup: 2, pollSeconds: 5 }

/** What a job of the queue names. */
export interface RunJob {
  readonly tenant_id: string
  readonly execution_id: string
}

const HOUR_MS = 3_600_000
/** Runs of all rules of a user within an hour; above it the noisiest rule is paused (6.5). */
export const MOST_PER_USER_HOUR = 200
/** Events that led to one another; a longer chain reaches apps, and no rule (6.5). */
const DEEPEST = 5

export const causeOfRule = (ruleId: number): string => `rule_${ruleId}`

const causationOf = (event: JsonObject): string[] =>
  Array.isArray(event.causation) ? event.causation.filter((cause) => typeof cause === 'string') : []

/** Calls and rules are in the list as well; events are what is neither. */
const depthOf = (event: JsonObject): number =>
  causationOf(event).filter((cause) => !cause.startsWith('cal_') && !cause.startsWith('rule_')).length

async function runsSince(
  tx: Tx,
  whose: { rule_id?: number; tenant_id: string; user_id: string },
  since: Date,
): Promise<number> {
  let query = tx
    .selectFrom('automations.execution')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('tenant_id', '=', whose.tenant_id)
    .where('user_id', '=', whose.user_id)
    .where('created_at', '>', since)
    .where('attempt', '=', 1)
    // What its condition stopped is no run.
    .where('status', '!=', 'cancelled')
  if (whose.rule_id !== undefined) query = query.where('rule_id', '=', whose.rule_id)
  return (await query.executeTakeFirstOrThrow()).count
}

/** The loudest rule of somebody whose rules ran too often is stopped, and they are told why. */
async function pauseNoisiest(parts: Parts, tx: Tx, rule: RuleRow, since: Date): Promise<RuleRow | null> {
  const noisiest = await tx
    .selectFrom('automations.execution')
    .select('rule_id')
    .where('tenant_id', '=', rule.tenant_id)
    .where('user_id', '=', rule.user_id)
    .where('created_at', '>', since)
    .where('status', '!=', 'cancelled')
    .groupBy('rule_id')
    .orderBy(({ fn }) => fn.countAll(), 'desc')
    .limit(1)
    .executeTakeFirst()
  if (noisiest === undefined) return null
  const paused = await tx
    .updateTable('automations.rule')
    .set({
      status: 'paused',
      status_reason: `Your automations ran ${MOST_PER_USER_HOUR} times within an hour, this one most often.`,
      updated_at: new Date(parts.clock.now()),
    })
    .where('rule_id', '=', noisiest.rule_id)
    .where('status', '=', 'active')
    .returningAll()
    .executeTakeFirst()
  if (paused !== undefined) await announce(parts, tx, paused, 'rule_updated')
  return paused ?? null
}

/** Counted on the rule, so that a rule that does not run says why (6.5). */
export async function noteSkip(parts: Parts, tx: Tx, rule: Pick<RuleRow, 'rule_id'>, why: RuleSkip): Promise<void> {
  await tx
    .updateTable('automations.rule')
    .set({
      skipped: sql`jsonb_set(skipped, array[${why}], to_jsonb(coalesce((skipped ->> ${why})::integer, 0) + 1))`,
      last_skipped_at: new Date(parts.clock.now()),
    })
    .where('rule_id', '=', rule.rule_id)
    .execute()
}

const usedUp = (most: number): string => `It has run ${most} times, as often as it may.`

/** Takes back what a run counted that its condition stopped: no limit knows of it, and no pause stays for it (6.5). */
export async function uncountRun(
  parts: Parts,
  tx: Tx,
  run: { readonly rule_id: number; readonly tenant_id: string },
): Promise<void> {
  const last = tx
    .selectFrom('automations.execution')
    .select(({ fn }) => fn.max('created_at').as('at'))
    .where('rule_id', '=', run.rule_id)
    .where('attempt', '=', 1)
    .where('status', '!=', 'cancelled')
  const rule = await tx
    .updateTable('automations.rule')
    .set({ trigger_count: sql`greatest(trigger_count - 1, 0)`, last_triggered_at: last })
    .where('rule_id', '=', run.rule_id)
    .returningAll()
    .executeTakeFirst()
  if (rule?.status !== 'paused' || rule.status_reason !== usedUp(rule.max_iterations)) return
  const active = await tx
    .updateTable('automations.rule')
    .set({ status: 'active', status_reason: null, updated_at: new Date(parts.clock.now()) })
    .where('rule_id', '=', run.rule_id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await announce(parts, tx, active, 'rule_updated')
}

async function whyNot(parts: Parts, tx: Tx, rule: RuleRow, { event }: Happening): Promise<RuleSkip | null> {
  const now = parts.clock.now()
  if (causationOf(event).includes(causeOfRule(rule.rule_id))) return 'loop'
  if (depthOf(event) >= DEEPEST) return 'depth'
  const last = rule.last_triggered_at?.getTime()
  if (last !== undefined && now - last < rule.cooldown_seconds * 1000) return 'cooldown'
  const since = new Date(now - HOUR_MS)
  if ((await runsSince(tx, rule, since)) >= rule.max_per_hour) return 'max_per_hour'
  const everything = { tenant_id: rule.tenant_id, user_id: rule.user_id }
  return (await runsSince(tx, everything, since)) >= MOST_PER_USER_HOUR ? 'user_limit' : null
}

export interface Triggered {
  readonly executionId: string | null
  readonly skip: RuleSkip | null
  /** A rule that was stopped because all of them ran too often. */
  readonly paused: RuleRow | null
}

/** Puts a run into the queue, in the transaction of the caller. */
export const enqueue = (
  parts: Parts,
  tx: Tx,
  run: RunJob & { readonly userId: string },
  afterSeconds = 0,
): Promise<void> =>
  parts.jobs.send(
    RUN_QUEUE,
    { tenant_id: run.tenant_id, execution_id: run.execution_id } satisfies RunJob,
    { tx, group: `${run.tenant_id} ${run.userId}`, ...(afterSeconds > 0 ? { afterSeconds } : {}) },
    RUN_OPTIONS,
  )

/**
 * Makes a rule run for something that happened, once, or writes down why not (6.5). `rule` is locked by the transaction,
 * so what the guards count cannot change meanwhile.
 */
export async function triggerRule(parts: Parts, tx: Tx, rule: RuleRow, happening: Happening): Promise<Triggered> {
  const skip = await whyNot(parts, tx, rule, happening)
  const now = new Date(parts.clock.now())
  if (skip !== null) {
    await noteSkip(parts, tx, rule, skip)
    const since = new Date(now.getTime() - HOUR_MS)
    return {
      executionId: null,
      skip,
      paused: skip === 'user_limit' ? await pauseNoisiest(parts, tx, rule, since) : null,
    }
  }
  const executionId = orderedId('exe')
  const traceId = happening.traceId ?? newTraceId()
  const inserted = await tx
    .insertInto('automations.execution')
    .values({
      execution_id: executionId,
      rule_id: rule.rule_id,
      tenant_id: rule.tenant_id,
      user_id: rule.user_id,
      cause: happening.cause,
      attempt: 1,
      status: 'triggered',
      event: JSON.stringify(happening.event),
      trace_id: traceId,
      due_at: now,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('execution_id')
    .executeTakeFirst()
  if (inserted === undefined) return { executionId: null, skip: null, paused: null }
  const isLast = rule.max_iterations > 0 && rule.trigger_count + 1 >= rule.max_iterations
  const counted = await tx
    .updateTable('automations.rule')
    .set({
      trigger_count: rule.trigger_count + 1,
      last_triggered_at: now,
      ...(isLast ? { status: 'paused' as const, status_reason: usedUp(rule.max_iterations) } : {}),
    })
    .where('rule_id', '=', rule.rule_id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await announce(parts, tx, counted, 'execution_triggered')
  const { message } = eventMessage({
    type: 'automation.triggered',
    source: 'automation',
    tenantId: rule.tenant_id,
    userId: rule.user_id,
    data: { rule_id: rule.rule_id, execution_id: executionId, name: rule.name },
    timestamp: now.toISOString(),
    traceId,
    causation: [...causationOf(happening.event), happening.cause, causeOfRule(rule.rule_id)],
  })
  await parts.outbox.publish(tx, message)
  await enqueue(parts, tx, { tenant_id: rule.tenant_id, execution_id: executionId, userId: rule.user_id })
  return { executionId, skip: null, paused: null }
}
