import type { DeveloperApp } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import type { AppRecord, Registry } from '../registry/index.ts'
import { developerErrors } from './errors.ts'
import type { PortalAppTable } from './tables.ts'
import { tierOf } from './tiers.ts'

export type PortalApp = Selectable<PortalAppTable>

/** The caller's own app; somebody else's does not exist. @throws DEVELOPER_APP_NOT_FOUND */
export async function ownApp(
  registry: Pick<Registry, 'app'>,
  caller: Principal & { readonly userId: string },
  appId: string,
): Promise<AppRecord> {
  const app = await registry.app(appId)
  if (!app || app.ownerId !== caller.userId) throw developerErrors.APP_NOT_FOUND()
  return app
}

/** The row lock of an app, so that its state cannot change under a decision. @throws DEVELOPER_APP_NOT_FOUND */
export async function lockedApp(registry: Registry, tx: Tx, appId: string): Promise<AppRecord> {
  const app = await registry.lockApp(tx, appId)
  if (!app) throw developerErrors.APP_NOT_FOUND()
  return app
}

const EMPTY = {
  git_url: '',
  submitted_at: null,
  checks: [],
  reviewed_at: null,
  reviewed_by: null,
  reject_reason: null,
  approved_hash: null,
  suspended_by: null,
} satisfies Omit<PortalApp, 'app_id' | 'tenant_id'>

/** What the portal knows of an app; the record of an app that never met the portal is empty. */
export async function portalApp(tx: Tx, app: Pick<AppRecord, 'appId' | 'ownerTenantId'>): Promise<PortalApp> {
  const row = await tx.selectFrom('developer.portal_app').selectAll().where('app_id', '=', app.appId).executeTakeFirst()
  return row ?? { app_id: app.appId, tenant_id: app.ownerTenantId, ...EMPTY }
}

/** Writes facts of the portal about an app, making its row when there is none. */
export async function savePortalApp(
  tx: Tx,
  app: Pick<AppRecord, 'appId' | 'ownerTenantId'>,
  facts: Partial<{
    git_url: string
    submitted_at: string
    checks: string
    reviewed_at: string
    reviewed_by: string
    reject_reason: string | null
    approved_hash: string
    suspended_by: 'developer' | 'admin' | null
  }>,
): Promise<void> {
  await tx
    .insertInto('developer.portal_app')
    .values({ app_id: app.appId, tenant_id: app.ownerTenantId, ...facts })
    .onConflict((conflict) => conflict.column('app_id').doUpdateSet({ app_id: app.appId, ...facts }))
    .execute()
}

/** AppResponse of the developer API. */
export const toDeveloperApp = (app: AppRecord, portal: PortalApp, tier: string): DeveloperApp => ({
  app_id: app.appId,
  name: app.name,
  display_name: app.name,
  developer_id: app.ownerId ?? 'imperal',
  short_description: app.shortDescription,
  description: app.longDescription || app.shortDescription,
  long_description: app.longDescription,
  category: app.category,
  icon: app.icon,
  homepage: app.homepage,
  license: app.license,
  tags: [...app.tags],
  git_url: portal.git_url,
  status: app.status,
  reject_reason: portal.reject_reason,
  version: app.liveVersion,
  pricing_model: app.pricingModel,
  pricing_config: app.pricingConfig,
  revenue_split_dev: tierOf(tier).split,
  install_count: app.installCount,
  created_at: app.createdAt,
  updated_at: app.updatedAt,
})
