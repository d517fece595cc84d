import { type JsonObject, type JsonValue, SYSTEM_USER } from '@imperal/contract'
import { sql } from 'kysely'
import type { AppRecord, AppVersion } from '../../registry/index.ts'
import { toDatabaseJson } from '../ledger/mask.ts'
import { platformEvent } from '../ledger/messages.ts'
import type { KernelParts } from '../parts.ts'

const LOOK_EVERY_SECONDS = 10
const INTERVAL_SECONDS = 60
/** A check may take two seconds: one after another, those of many apps would not come round in their interval. */
const AT_ONCE = 8
export const FAILURES_TO_WARN = 3

interface LiveApp {
  readonly app: AppRecord
  readonly version: AppVersion
}

interface Health {
  readonly status: 'ok' | 'degraded' | 'unhealthy'
  readonly message: string
  readonly details: JsonObject
  readonly latencyMs: number
}

/** One node checks an app in an interval, and once after a deploy: whoever moves its time, or its version, on. */
function claim(parts: KernelParts, app: { appId: string; version: string }, seconds: number): Promise<boolean> {
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql`insert into kernel.health as h (app_id, version, status)
      values (${app.appId}, ${app.version}, 'unknown')
      on conflict (app_id) do update set checked_at = now(), version = excluded.version
      where h.checked_at < now() - make_interval(secs => ${seconds}) or h.version <> ${app.version}
      returning app_id`.execute(tx)
    return rows.length > 0
  })
}

async function check(parts: KernelParts, app: AppRecord): Promise<Health> {
  const { response, durationMs } = await parts.runInner({
    source: 'health',
    tenantId: app.ownerTenantId,
    userId: SYSTEM_USER,
    appId: app.appId,
    function: 'health_check',
    params: {},
  })
  if (response.status === 'error')
    return { status: 'unhealthy', message: response.error ?? '', details: {}, latencyMs: durationMs }
  const data = response.data as { status: Health['status']; message: string; details: JsonObject } // made by the truth gate
  return { ...data, latencyMs: durationMs }
}

async function keep(parts: KernelParts, app: AppRecord, version: AppVersion, health: Health): Promise<void> {
  await parts.db.everyTenant(async (tx) => {
    const before = await tx
      .selectFrom('kernel.health')
      .select(['status', 'failures', 'details'])
      .where('app_id', '=', app.appId)
      .forUpdate() // against whoever notes at this moment that the code is switched off
      .executeTakeFirst()
    // Told once, by whoever noted it; a check that overwrites the note would have it told again.
    const off = before?.details.switched_off
    const switchedOff = off === version.artefactHash ? { switched_off: off } : {}
    const failures = health.status === 'unhealthy' ? (before?.failures ?? 0) + 1 : 0
    await tx
      .updateTable('kernel.health')
      .set({
        version: version.version,
        status: health.status,
        message: health.message.slice(0, 500),
        details: toDatabaseJson({ ...health.details, ...switchedOff }),
        latency_ms: Math.round(health.latencyMs),
        failures,
        checked_at: new Date(),
      })
      .where('app_id', '=', app.appId)
      .execute()
    if (failures === FAILURES_TO_WARN) parts.log.warn({ app: app.appId }, 'an app is unhealthy again and again')
    if (before?.status === health.status || before?.status === 'unknown' || app.ownerId === null) return
    await parts.outbox.publish(
      tx,
      platformEvent(
        'health.changed',
        { app_id: app.appId, status: health.status, before: before?.status ?? 'unknown' },
        { tenantId: app.ownerTenantId, userId: app.ownerId, timestamp: parts.clock.iso() },
      ),
    )
    await parts.outbox.publish(tx, {
      tenantId: app.ownerTenantId,
      userId: app.ownerId,
      type: 'app_status',
      payload: { app_id: app.appId, status: health.status, reason: health.message.slice(0, 500) },
    })
  })
}

async function checkOne(parts: KernelParts, { app, version }: LiveApp): Promise<void> {
  const declared = version.manifest.lifecycle?.health_check
  if (declared === undefined || app.status === 'suspended') return
  const seconds = Math.max(30, declared.interval_sec ?? INTERVAL_SECONDS)
  if (await claim(parts, { appId: app.appId, version: version.version }, seconds))
    await keep(parts, app, version, await check(parts, app))
}

async function checkDue(parts: KernelParts, stopping: AbortSignal): Promise<void> {
  const waiting = [...(await parts.registry.liveApps())]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined && !stopping.aborted; next = waiting.shift()) {
      const { appId } = next.app
      await checkOne(parts, next).catch((error) => parts.log.warn({ err: error, app: appId }, 'an app was not checked'))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** What this node tells of apps: a check may have run on another one. */
export async function readUnwell(parts: KernelParts): Promise<void> {
  const rows = await parts.db.everyTenant((tx) =>
    tx.selectFrom('kernel.health').select('app_id').where('failures', '>=', FAILURES_TO_WARN).execute(),
  )
  parts.unwell.clear()
  for (const row of rows) parts.unwell.add(row.app_id)
}

/** Checks every app that declares a check, once a minute in the whole installation (K7.20). Returns a function that stops it. */
export const openHealthChecks = (parts: KernelParts): (() => Promise<void>) =>
  parts.jobs.every('kernel.health', LOOK_EVERY_SECONDS, (stopping) => checkDue(parts, stopping))

const ON_THE_WIRE = { ok: 'ok', degraded: 'degraded', unhealthy: 'down', unknown: 'unknown' } as const

export interface HealthWire {
  readonly app_id: string
  readonly status: 'ok' | 'degraded' | 'down' | 'unknown'
  readonly checked_at: string | null
  readonly latency_ms: number | null
  readonly details: JsonObject
}

/** The last check of an app; `unknown` without one (api.md 3.20). */
export function readHealth(parts: KernelParts, appId: string): Promise<HealthWire> {
  return parts.db.everyTenant(async (tx) => {
    const row = await tx.selectFrom('kernel.health').selectAll().where('app_id', '=', appId).executeTakeFirst()
    if (row === undefined) return { app_id: appId, status: 'unknown', checked_at: null, latency_ms: null, details: {} }
    const message: Record<string, JsonValue> = row.message === '' ? {} : { message: row.message }
    return {
      app_id: appId,
      status: ON_THE_WIRE[row.status as keyof typeof ON_THE_WIRE], // held by a check of the table
      checked_at: row.checked_at.toISOString(),
      latency_ms: row.latency_ms,
      details: { ...row.details, ...message },
    }
  })
}
