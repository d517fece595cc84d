import { billingInternal as routes } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, runsInstallation } from '../../../foundation/http/index.ts'
import { billingErrors } from '../errors.ts'
import { runIn } from '../ledger/move-credits.ts'
import type { BillingParts } from '../parts.ts'
import type { SettingKey } from '../pricing/billing-settings.ts'

/** The administrator in whose name a service changes something (api.md 1.6). @throws BILLING_ADMIN_NEEDED */
export function actingAdmin(principal: Principal | null): string {
  if (principal?.userId == null || !runsInstallation(principal)) throw billingErrors.ADMIN_NEEDED()
  return principal.userId
}

export interface Change {
  readonly key: string
  readonly value: object
  readonly by: string
  /** What the audit may show of it; the value itself unless said otherwise. */
  readonly shown?: object
}

/** Stores a figure; every node knows it within a second or so, this one at once. */
export async function storeSetting(parts: BillingParts, change: Change): Promise<void> {
  const { key, value, by } = change
  const values = { value: JSON.stringify(value), updated_by: by, updated_at: parts.clock.iso() }
  await parts.db.everyTenant(async (tx) => {
    const before = await tx.selectFrom('billing.setting').select('value').where('key', '=', key).executeTakeFirst()
    await tx
      .insertInto('billing.setting')
      .values({ key, ...values })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
      .execute()
    const shown = { ...(change.shown ?? value) }
    await runIn(
      tx,
      parts.audit.recording({
        tenantId: 'default',
        actorId: by,
        actorType: 'user',
        action: `billing.${key}_saved`,
        targetType: 'setting',
        targetId: key,
        ...(change.shown === undefined && before !== undefined ? { beforeState: before.value } : {}),
        afterState: JSON.parse(JSON.stringify(shown)),
        source: 'service',
      }),
    )
    await parts.book.changed(tx)
  })
  await parts.book.refresh()
}

type Figures = (typeof routes)[
  | 'platformFees'
  | 'tokenRate'
  | 'categoryDefaults'
  | 'codingPricing'
  | 'voiceCosts'
  | 'voiceEnabled']

/** Reading and writing one of the operator's figures. */
const figureRoutes = (parts: BillingParts, key: SettingKey, { read, write }: Figures): readonly MountedRoute[] => [
  // One pair of handlers for six shapes: what is stored under the key has the shape of its route.
  implement(read, () => parts.book.setting(key) as never),
  implement(write, async ({ principal, body }) => {
    const by = actingAdmin(principal)
    await storeSetting(parts, { key, value: body as object, by })
    return parts.book.setting(key) as never
  }),
]

/** Figures of the operator (api.md 3.11). */
export const settingRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  ...figureRoutes(parts, 'platform_fees', routes.platformFees),
  ...figureRoutes(parts, 'token_rate', routes.tokenRate),
  ...figureRoutes(parts, 'category_defaults', routes.categoryDefaults),
  ...figureRoutes(parts, 'coding_pricing', routes.codingPricing),
  ...figureRoutes(parts, 'voice_costs', routes.voiceCosts),
  ...figureRoutes(parts, 'voice_enabled', routes.voiceEnabled),
]
