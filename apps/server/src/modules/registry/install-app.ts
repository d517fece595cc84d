import type { JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { eventMessage, type Outbox } from '../outbox/index.ts'
import { noticeInstall } from './announce.ts'
import { registryErrors } from './errors.ts'
import { APP_COLUMNS, toApp, toInstall } from './rows.ts'
import type { AppRecord, Install, InstallNote, LifecycleHook, UserKey } from './types.ts'

export interface Writing {
  readonly db: Database
  readonly outbox: Pick<Outbox, 'publish'>
  readonly now: () => string
}

export type InstallChange = 'installed' | 'uninstalled' | 'enabled' | 'disabled'

const EVENTS: Readonly<Record<InstallChange, string>> = {
  installed: 'marketplace.app_installed',
  uninstalled: 'marketplace.app_uninstalled',
  enabled: 'extensions.changed',
  disabled: 'extensions.changed',
}

/** Tells the user's open panels and every node; visible with `tx`. */
async function announce(tx: Tx, writing: Writing, about: { user: UserKey; appId: string; change: InstallChange }) {
  const { user, appId, change } = about
  await noticeInstall(tx, { user, appId, hooks: true })
  const to = { tenantId: user.tenantId, userId: user.userId }
  const about_it = { ...to, source: 'user', data: { app_id: appId, change }, timestamp: writing.now() } as const
  for (const type of [EVENTS[change], `extension.${change}`])
    await writing.outbox.publish(tx, eventMessage({ ...about_it, type }).message)
  await writing.outbox.publish(tx, { ...to, type: 'extensions_changed', payload: { app_id: appId, change } })
  await writing.outbox.publish(tx, { ...to, type: 'panel_refresh', payload: { app_id: appId, panels: [] } })
}

async function queueHook(tx: Tx, about: { user: UserKey; appId: string; hook: LifecycleHook }, now: string) {
  await tx
    .insertInto('registry.due_hook')
    .values({
      tenant_id: about.user.tenantId,
      user_id: about.user.userId,
      app_id: about.appId,
      hook: about.hook,
      from_version: null,
      to_version: null,
      last_error: null,
      next_at: now,
    })
    .execute()
}

const whose = (user: UserKey, appId: string) => ({
  tenant_id: user.tenantId,
  user_id: user.userId,
  app_id: appId,
})

async function insert(
  tx: Tx,
  about: { user: UserKey; appId: string; config?: JsonObject | undefined },
  now: string,
): Promise<Install | null> {
  const { user, appId } = about
  const exists = await tx.selectFrom('registry.app').select('app_id').where('app_id', '=', appId).executeTakeFirst()
  if (!exists) throw registryErrors.APP_NOT_ACTIVE()
  const row = await tx
    .insertInto('registry.install')
    .values({ ...whose(user, appId), installed_at: now, config: JSON.stringify(about.config ?? {}) })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'app_id']).doNothing())
    .returningAll()
    .executeTakeFirst()
  return row ? toInstall(row) : null
}

/** Counting is also the check of the state: a suspension that commits first wins over this statement. */
async function countInstall(tx: Tx, user: UserKey, appId: string): Promise<AppRecord> {
  const row = await tx
    .updateTable('registry.app')
    .set((eb) => ({ install_count: eb('install_count', '+', 1) }))
    .where('app_id', '=', appId)
    .where('live_version', 'is not', null)
    .where((eb) =>
      eb.or([eb('status', '=', 'active'), eb.and([eb('owner_id', '=', user.userId), eb('status', '<>', 'deleted')])]),
    )
    .returning(APP_COLUMNS)
    .executeTakeFirst()
  if (!row) throw registryErrors.APP_NOT_ACTIVE()
  return toApp(row)
}

async function readInstalled(tx: Tx, user: UserKey, appId: string): Promise<{ install: Install; app: AppRecord }> {
  const install = await tx
    .selectFrom('registry.install')
    .selectAll()
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .where('app_id', '=', appId)
    .executeTakeFirst()
  const app = await tx
    .selectFrom('registry.app')
    .select(APP_COLUMNS)
    .where('app_id', '=', appId)
    .where('status', '<>', 'deleted')
    .executeTakeFirst()
  if (!install || !app) throw registryErrors.APP_NOT_ACTIVE()
  return { install: toInstall(install), app: toApp(app) }
}

/**
 * Installs the live version of an app for one user, queues its install hook and announces it.
 * Idempotent: a repeated call gives the first install and announces nothing.
 * @throws REGISTRY_APP_NOT_ACTIVE
 */
export function installApp(
  writing: Writing,
  about: { user: UserKey; appId: string; config?: JsonObject | undefined; note?: InstallNote | undefined },
): Promise<{ install: Install; created: boolean; app: AppRecord }> {
  const { user, appId } = about
  return writing.db.tenant(user.tenantId, async (tx) => {
    const install = await insert(tx, about, writing.now())
    if (!install) return { ...(await readInstalled(tx, user, appId)), created: false }
    const app = await countInstall(tx, user, appId)
    await queueHook(tx, { user, appId, hook: 'on_install' }, writing.now())
    await announce(tx, writing, { user, appId, change: 'installed' })
    await about.note?.(tx)
    return { install, created: true, app }
  })
}

/** Idempotent. Data stays where it is; what has to go is the business of the uninstall hook. @throws REGISTRY_SYSTEM_APP */
export function uninstallApp(
  writing: Writing,
  { user, appId, note }: { user: UserKey; appId: string; note?: InstallNote | undefined },
): Promise<{ removed: boolean; app: AppRecord | null }> {
  return writing.db.tenant(user.tenantId, async (tx) => {
    const row = await tx.selectFrom('registry.app').select(APP_COLUMNS).where('app_id', '=', appId).executeTakeFirst()
    if (!row || row.status === 'deleted') return { removed: false, app: null }
    if (row.system) throw registryErrors.SYSTEM_APP({ appId })
    const gone = await tx
      .deleteFrom('registry.install')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('app_id', '=', appId)
      .returning('installed_version')
      .executeTakeFirst()
    // An app that is not public is none to whoever does not have it.
    if (!gone) return { removed: false, app: row.status === 'active' ? toApp(row) : null }
    const counted = await tx
      .updateTable('registry.app')
      .set({ install_count: sql<number>`greatest(install_count - 1, 0)` })
      .where('app_id', '=', appId)
      .returning(APP_COLUMNS)
      .executeTakeFirstOrThrow()
    await queueHook(tx, { user, appId, hook: 'on_uninstall' }, writing.now())
    await announce(tx, writing, { user, appId, change: 'uninstalled' })
    await note?.(tx)
    return { removed: true, app: toApp(counted) }
  })
}

/** Switches an installed or system app off or on for one user. Idempotent. @throws REGISTRY_APP_NOT_FOUND */
export function setAppDisabled(
  writing: Writing,
  set: { user: UserKey; appId: string; disabled: boolean; note?: InstallNote | undefined },
): Promise<void> {
  const { user, appId, disabled } = set
  return writing.db.tenant(user.tenantId, async (tx) => {
    const app = await tx.selectFrom('registry.app').select(APP_COLUMNS).where('app_id', '=', appId).executeTakeFirst()
    if (!app || app.status === 'deleted') throw registryErrors.APP_NOT_FOUND()
    // A system app has no install until somebody switches it off.
    if (app.system) await insert(tx, { user, appId }, writing.now())
    const before = await tx
      .selectFrom('registry.install')
      .select('is_disabled')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('app_id', '=', appId)
      .forUpdate()
      .executeTakeFirst()
    if (!before) throw registryErrors.APP_NOT_FOUND()
    if (before.is_disabled === disabled) return
    await tx
      .updateTable('registry.install')
      .set({ is_disabled: disabled })
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('app_id', '=', appId)
      .execute()
    await queueHook(tx, { user, appId, hook: disabled ? 'on_disable' : 'on_enable' }, writing.now())
    await announce(tx, writing, { user, appId, change: disabled ? 'disabled' : 'enabled' })
    await set.note?.(tx)
  })
}
