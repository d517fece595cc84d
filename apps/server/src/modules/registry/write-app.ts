import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { noticeApp, noticeDeleted } from './announce.ts'
import { registryErrors } from './errors.ts'
import { APP_COLUMNS, toApp, toColumns } from './rows.ts'
import type { AppFigures, AppRecord } from './types.ts'

export type NewApp = Partial<AppRecord> & {
  appId: string
  name: string
  ownerId: string | null
  ownerTenantId: string
}

/** Takes the row lock of an app, so that whoever writes it next waits for `tx`. */
export async function lockApp(tx: Tx, appId: string): Promise<AppRecord | null> {
  const row = await tx
    .selectFrom('registry.app')
    .select(APP_COLUMNS)
    .where('app_id', '=', appId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row && row.status !== 'deleted' ? toApp(row) : null
}

/** @throws REGISTRY_APP_EXISTS, also while a deleted app of that id is still kept */
export async function createApp(tx: Tx, app: NewApp, now: string): Promise<AppRecord> {
  const row = await tx
    .insertInto('registry.app')
    .values({
      ...toColumns(app),
      app_id: app.appId,
      name: app.name,
      owner_id: app.ownerId,
      owner_tenant_id: app.ownerTenantId,
      created_at: now,
      updated_at: now,
      ...(app.status === 'active' ? { published_at: now } : {}),
    })
    .onConflict((conflict) => conflict.column('app_id').doNothing())
    .returning(APP_COLUMNS)
    .executeTakeFirst()
  if (!row) throw registryErrors.APP_EXISTS({ appId: app.appId })
  await noticeApp(tx, app.appId)
  return toApp(row)
}

/** @throws REGISTRY_APP_NOT_FOUND */
export async function updateApp(tx: Tx, appId: string, patch: Partial<AppRecord>, now: string): Promise<AppRecord> {
  const row = await tx
    .updateTable('registry.app')
    .set({ ...toColumns(patch), updated_at: now })
    .$if(patch.status === 'active', (query) =>
      query.set({ published_at: sql<string>`coalesce(published_at, ${now}::timestamptz)` }),
    )
    .where('app_id', '=', appId)
    .where('status', '<>', 'deleted')
    .returning(APP_COLUMNS)
    .executeTakeFirst()
  if (!row) throw registryErrors.APP_NOT_FOUND()
  await noticeApp(tx, appId)
  return toApp(row)
}

/** Figures of an app; what does not change how the app works needs no notice. */
export async function writeFigures(tx: Tx, appId: string, figures: Partial<AppFigures>): Promise<void> {
  const { ratingTotal, reviewCount, actionCount } = figures
  const columns = { rating_total: ratingTotal, review_count: reviewCount, action_count: actionCount }
  const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
  await tx
    .updateTable('registry.app')
    .set(given as typeof columns & Record<string, number>)
    .where('app_id', '=', appId)
    .execute()
}

/** Soft: the row and its code stay for 30 days, every install goes now. @throws REGISTRY_APP_NOT_FOUND */
export async function deleteApp(tx: Tx, appId: string, now: string): Promise<number> {
  const row = await tx
    .updateTable('registry.app')
    .set({ status: 'deleted', deleted_at: now, updated_at: now, install_count: 0 })
    .where('app_id', '=', appId)
    .where('status', '<>', 'deleted')
    .returning('app_id')
    .executeTakeFirst()
  if (!row) throw registryErrors.APP_NOT_FOUND()
  const removed = await tx.deleteFrom('registry.install').where('app_id', '=', appId).executeTakeFirst()
  await tx.deleteFrom('registry.due_hook').where('app_id', '=', appId).execute()
  await noticeDeleted(tx, appId)
  return Number(removed.numDeletedRows)
}

/** Removes an app with everything that belongs to it. Gives the number of installs that went with it. */
export async function purgeApp(tx: Tx, appId: string): Promise<number> {
  await tx.deleteFrom('registry.due_hook').where('app_id', '=', appId).execute()
  const removed = await tx.deleteFrom('registry.install').where('app_id', '=', appId).executeTakeFirst()
  await tx.deleteFrom('registry.app').where('app_id', '=', appId).execute()
  await noticeDeleted(tx, appId)
  return Number(removed.numDeletedRows)
}
