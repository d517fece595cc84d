import type { developer as contract, DeveloperApp, RouteBody } from '@imperal/contract'
import type { Principal } from '../../foundation/http/index.ts'
import { developerErrors } from './errors.ts'
import { mergePricing } from './merge-pricing.ts'
import type { DeveloperParts } from './open-developer.ts'
import { portalApp, savePortalApp, toDeveloperApp } from './own-app.ts'
import type { Note } from './record-audit.ts'
import { isReserved } from './reserved-ids.ts'
import { appLimit } from './tiers.ts'

/** @throws DEVELOPER_APP_LIMIT */
async function checkLimit(parts: DeveloperParts, caller: Principal & { userId: string }, tier: string): Promise<void> {
  const limit = appLimit(tier, parts.appLimitFactor)
  if (limit === null || caller.role === 'admin') return
  const owned = await parts.registry.ownedBy(caller.userId)
  if (owned.length >= limit) throw developerErrors.APP_LIMIT({ tier, limit })
}

/**
 * Creates a draft that only its owner sees.
 * @throws DEVELOPER_APP_ID_RESERVED, DEVELOPER_APP_ID_TAKEN, DEVELOPER_APP_LIMIT, DEVELOPER_PRICES_INVALID
 */
export async function createDraft(
  parts: DeveloperParts,
  asked: {
    readonly caller: Principal & { readonly userId: string }
    readonly body: RouteBody<typeof contract.createApp>
  },
  note: Note,
): Promise<DeveloperApp> {
  const { caller, body } = asked
  const { registry } = parts
  if (await registry.app(body.app_id)) throw developerErrors.APP_ID_TAKEN({ appId: body.app_id })
  if (isReserved(body.app_id)) throw developerErrors.APP_ID_RESERVED({ appId: body.app_id })
  const tier = (await parts.identity.developer(caller.tenantId, caller.userId))?.tier ?? 'explorer'
  await checkLimit(parts, caller, tier)
  const made = await parts.db.everyTenant(async (tx) => {
    const app = await registry.createApp(tx, {
      appId: body.app_id,
      name: body.name ?? body.display_name ?? body.app_id,
      shortDescription: body.short_description || body.description.slice(0, 200),
      longDescription: body.long_description || body.description,
      category: body.category,
      icon: body.icon,
      ownerId: caller.userId,
      ownerTenantId: caller.tenantId,
      pricingModel: body.pricing_model,
      pricingConfig: mergePricing({}, body.pricing_config ?? {}, null),
    })
    await savePortalApp(tx, app, { git_url: body.git_url ?? '' })
    await note(tx)
    return toDeveloperApp(app, await portalApp(tx, app), tier)
  })
  registry.forget(body.app_id)
  return made
}
