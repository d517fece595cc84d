import { sql } from 'kysely'
import { EVERY_TENANT } from '../../../foundation/db/index.ts'
import type { VerifiedCall } from '../corridor/stages.ts'
import { platformEvent } from '../ledger/messages.ts'
import type { KernelParts } from '../parts.ts'
import { FAILURES_TO_WARN } from './check-health.ts'

const MESSAGE = 'This version is switched off after repeated crashes, until it is deployed again.'

/** Codes that this process has told of, so that each further call costs nothing. */
const told = new WeakMap<KernelParts, Set<string>>()

/** Notes it in the health of the app; true on the one node that is the first to see it of this code. */
async function note(
  parts: KernelParts,
  { appId, version, hash }: { appId: string; version: string; hash: string },
): Promise<boolean> {
  const { rows } = await parts.db.everyTenant((tx) =>
    sql`insert into kernel.health as h (app_id, version, status, message, details, failures, checked_at)
      values (${appId}, ${version}, 'unhealthy', ${MESSAGE}, ${JSON.stringify({ switched_off: hash })}::jsonb, ${FAILURES_TO_WARN}, now())
      on conflict (app_id) do update set version = excluded.version, status = 'unhealthy', message = excluded.message,
        details = excluded.details, failures = greatest(h.failures, excluded.failures), checked_at = now()
      where h.details ->> 'switched_off' is distinct from ${hash}
      returning app_id`.execute(tx),
  )
  return rows.length > 0
}

/**
 * Code that the hosts have switched off for everybody is told once: to its owner, who can mend it, to operators by the log,
 * the audit log and the health of the app, and to those who choose functions, who see that the app is unwell.
 */
export async function tellSwitchedOff(parts: KernelParts, { executed }: VerifiedCall): Promise<void> {
  const { answer, confirmed } = executed
  if (answer.ok || answer.code !== 'EXT_DISABLED') return
  const { app, version } = confirmed.use
  const known = told.get(parts) ?? new Set()
  told.set(parts, known)
  if (known.has(version.artefactHash)) return
  known.add(version.artefactHash)
  parts.unwell.add(app.appId)
  try {
    if (!(await note(parts, { appId: app.appId, version: version.version, hash: version.artefactHash }))) return
    parts.log.warn({ app: app.appId, version: version.version }, 'an app was switched off after repeated crashes')
    await parts.audit.record({
      tenantId: app.ownerTenantId,
      actorId: 'kernel',
      actorType: 'system',
      action: 'app.switched_off',
      targetType: 'app',
      targetId: app.appId,
      metadata: { version: version.version, call_id: confirmed.pass.callId },
      source: 'kernel',
    })
    if (app.ownerId !== null) await tellOwner(parts, { tenantId: app.ownerTenantId, userId: app.ownerId }, app)
  } catch (error) {
    known.delete(version.artefactHash)
    parts.log.error({ err: error, app: app.appId }, 'that an app is switched off could not be told')
  }
}

async function tellOwner(
  parts: KernelParts,
  owner: { readonly tenantId: string; readonly userId: string },
  app: { readonly appId: string; readonly name: string },
): Promise<void> {
  const status = { app_id: app.appId, status: 'unhealthy' }
  await parts.db.tenant(EVERY_TENANT, async (tx) => {
    const facts = { ...owner, timestamp: parts.clock.iso() }
    await parts.outbox.publish(tx, platformEvent('health.changed', { ...status, before: 'unknown' }, facts))
    await parts.outbox.publish(tx, { ...owner, type: 'app_status', payload: { ...status, reason: MESSAGE } })
  })
  const atomic = (statements: Parameters<typeof parts.db.atomic>[1]) => parts.db.atomic(owner.tenantId, statements)
  await parts.notifications.notify(
    { tenantId: owner.tenantId, atomic },
    {
      ...owner,
      appId: app.appId,
      title: app.name,
      body: MESSAGE,
      message: MESSAGE,
      priority: 'high',
      channel: 'in_app',
      link: null,
      extra: {},
    },
  )
}

/** The app has other code now: what its old code did says nothing about it. */
export async function forgetSwitchedOff(parts: KernelParts, appId: string): Promise<void> {
  const version = await parts.registry.liveVersion(appId)
  await parts.db.everyTenant((tx) =>
    sql`update kernel.health set status = 'unknown', message = '', details = '{}', failures = 0
      where app_id = ${appId} and details ? 'switched_off'
        and details ->> 'switched_off' is distinct from ${version?.artefactHash ?? null}`.execute(tx),
  )
}
