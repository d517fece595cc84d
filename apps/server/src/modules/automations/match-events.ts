import { EventEnvelope, isNobody, type JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { openSoon } from '../../foundation/soon.ts'
import { passOver, type SettledPage, type StreamRecord, wasSeenBy } from '../outbox/index.ts'
import { conditionsHold } from './conditions.ts'
import { FOLLOWED, noteDeclared } from './declared-rules.ts'
import { notePaused, tellNotices } from './notify-owner.ts'
import { stopRulesOfApp, UNINSTALLED } from './stop-rules-of-app.ts'
import type { RuleRow } from './tables.ts'
import { triggerRule } from './trigger-rule.ts'
import type { Parts } from './types.ts'

const AT_ONCE = 200
/** Where the place in the outbox is kept up to which rules were asked. */
export const RULE_CURSOR = 'automations.event_cursor'
const LOCK = 4_780_000_004
// Looks by itself, too: a node that heard of an event may have ended before it looked at the rules.
const EVERY_SECONDS = 5
const REST = { soonMs: 20, restMs: 60 }
// The names that active rules wait for, each found by one step in the index; and what ends rules.
const NAMES = `
with recursive waited (name) as (
  (select event_type from automations.rule where status = 'active' and event_type is not null order by event_type limit 1)
  union all
  select (select r.event_type from automations.rule r where r.status = 'active' and r.event_type > w.name
           order by r.event_type limit 1)
    from waited w where w.name is not null
)
select name from waited where name is not null union all select unnest($5::text[])`

/** An event and its place in the outbox. */
interface Happened {
  readonly id: string
  readonly event: EventEnvelope
}

const namesOf = (event: EventEnvelope): string[] => [event.event_type, ...(event.aliases ?? [])]

interface Wanted {
  readonly tenant_id: string
  readonly user_id: string
  readonly event_type: string
}

/** Active rules that any of the events may concern, locked in one order on every node. */
async function rulesFor(tx: Tx, happened: readonly Happened[]): Promise<RuleRow[]> {
  const wanted: Wanted[] = happened.flatMap(({ event }) =>
    namesOf(event).map((name) => ({ tenant_id: event.tenant_id, user_id: event.user_id, event_type: name })),
  )
  if (wanted.length === 0) return []
  return (
    tx
      .selectFrom('automations.rule')
      .selectAll()
      // Of a database whose transactions were counted otherwise: it says nothing here.
      .select(
        sql<
          string | null
        >`case when pg_snapshot_xmax(active_from) <= pg_snapshot_xmax(pg_current_snapshot()) then active_from end`.as(
          'active_from',
        ),
      )
      .where('status', '=', 'active')
      .where(
        'rule_id',
        'in',
        sql<number>`(select r.rule_id from automations.rule r
        join jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (tenant_id text, user_id text, event_type text)
          on r.tenant_id = w.tenant_id and r.user_id = w.user_id and r.event_type = w.event_type
        where r.status = 'active')`,
      )
      .orderBy('rule_id')
      .forUpdate()
      .execute()
  )
}

const isMeant = (rule: RuleRow, { id, event }: Happened): boolean =>
  rule.tenant_id === event.tenant_id &&
  rule.user_id === event.user_id &&
  namesOf(event).includes(rule.event_type) &&
  (rule.active_from === null || !wasSeenBy(rule.active_from, id)) &&
  conditionsHold(rule.conditions, event as unknown as JsonObject) // an envelope is JSON

/** Rules of the events in their order; each rule is read again after it ran, for its guards count that run. */
async function runRules(parts: Parts, tx: Tx, happened: readonly Happened[]): Promise<RuleRow[]> {
  const rules = new Map((await rulesFor(tx, happened)).map((rule) => [rule.rule_id, rule]))
  const paused: RuleRow[] = []
  for (const one of happened) {
    const { event } = one
    for (const rule of rules.values()) {
      if (rule.status !== 'active' || !isMeant(rule, one)) continue
      const { executionId, paused: stopped } = await triggerRule(parts, tx, rule, {
        cause: event.event_id,
        event: event as unknown as JsonObject, // an envelope is JSON
        traceId: event.trace_id,
      })
      if (stopped !== null) paused.push(stopped)
      if (executionId === null && stopped === null) continue
      const again = await tx
        .selectFrom('automations.rule')
        .selectAll()
        .where('rule_id', 'in', [rule.rule_id, stopped?.rule_id ?? rule.rule_id])
        .execute()
      for (const row of again) {
        const before = rules.get(row.rule_id)
        if (before !== undefined) rules.set(row.rule_id, { ...row, active_from: before.active_from })
      }
    }
  }
  return paused
}

function eventsOf(parts: Parts, records: readonly StreamRecord[]): Happened[] {
  return records.flatMap(({ id, payload }) => {
    const event = EventEnvelope.safeParse(payload)
    if (event.success) return isNobody(event.data.user_id) ? [] : [{ id, event: event.data }]
    parts.log.warn({ message: id }, 'an event without the form of one triggers no automation')
    return []
  })
}

const waitedFor = (parts: Parts, position: string): Promise<SettledPage> =>
  parts.outbox.readSettled(position, {
    type: 'event',
    limit: AT_ONCE,
    names: { text: NAMES, values: [[UNINSTALLED, ...FOLLOWED]] },
  })

/** One batch from the place that all nodes share: rules are triggered and the place moves in one transaction. */
async function matchBatch(parts: Parts): Promise<number> {
  if (await passOver(parts.db, RULE_CURSOR, (position) => waitedFor(parts, position))) return 0
  const { count, notices } = await parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as mine`.execute(tx)
    if (rows[0]?.mine !== true) return { count: 0, notices: [] }
    const { position } = await tx.selectFrom(RULE_CURSOR).select('position').executeTakeFirstOrThrow()
    const page = await waitedFor(parts, position)
    const happened = eventsOf(parts, page.records)
    const notices = []
    for (const rule of await runRules(parts, tx, happened)) notices.push(await notePaused(parts, tx, rule))
    for (const { event } of happened) {
      await noteDeclared(parts, tx, event)
      await stopRulesOfApp(parts, tx, event)
    }
    if (page.position !== position) await tx.updateTable(RULE_CURSOR).set({ position: page.position }).execute()
    return { count: page.records.length, notices }
  })
  await tellNotices(parts, notices)
  return count
}

/** Looks at all events that are there. Any number of nodes may do it at once. */
export async function matchEvents(parts: Parts, stopping?: AbortSignal): Promise<void> {
  while (stopping?.aborted !== true) if ((await matchBatch(parts)) < AT_ONCE) return
}

/** Triggers the rules of events as they come. Returns a function that stops it. */
export function openMatching(parts: Parts): () => Promise<void> {
  const stopping = new AbortController()
  const soon = openSoon(
    () =>
      matchEvents(parts, stopping.signal).catch((error) =>
        parts.log.warn({ err: error }, 'automations did not look at events'),
      ),
    REST,
  )
  const off = parts.outbox.listen(({ type }) => {
    if (type === 'event') soon.notice()
  })
  const stopLooking = parts.jobs.upkeep('automations.events', EVERY_SECONDS, (signal) => matchEvents(parts, signal))
  return async () => {
    stopping.abort()
    off()
    await Promise.all([soon.stop(), stopLooking()])
  }
}
