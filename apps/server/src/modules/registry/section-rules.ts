import type { JsonObject, SectionRule } from '@imperal/contract'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { noticeInstall } from './announce.ts'
import { registryErrors } from './errors.ts'
import type { UserKey } from './types.ts'

export type StoredRule = SectionRule & { readonly ttl: number | null }

/** What a user wants of skeleton sections; sections without a rule go by the app. */
export async function readSectionRules(db: Database, user: UserKey): Promise<StoredRule[]> {
  return db.tenant(user.tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('registry.section_rule')
      .select(['app_id', 'section_name', 'enabled', 'ttl', 'alert_config'])
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .orderBy('app_id')
      .orderBy('section_name')
      .execute()
    return rows.map((row) => ({ ...row, alert_config: row.alert_config as JsonObject }))
  })
}

/** Sets rules; those of other sections stay. Every node looks at the user again. @throws REGISTRY_APP_NOT_FOUND */
export async function writeSectionRules(
  db: Database,
  { user, rules }: { readonly user: UserKey; readonly rules: readonly SectionRule[] },
  note: (tx: Tx) => Promise<void>,
): Promise<void> {
  if (rules.length === 0) return
  // A later one of the same section wins.
  const last = new Map(rules.map((rule) => [`${rule.app_id}\n${rule.section_name}`, rule]))
  await db.tenant(user.tenantId, async (tx) => {
    const named = [...new Set(rules.map((rule) => rule.app_id))]
    const known = await tx
      .selectFrom('registry.app')
      .select('app_id')
      .where('app_id', 'in', named)
      .where('status', '<>', 'deleted')
      .execute()
    if (known.length < named.length) throw registryErrors.APP_NOT_FOUND()
    await tx
      .insertInto('registry.section_rule')
      .values(
        [...last.values()].map((rule) => ({
          tenant_id: user.tenantId,
          user_id: user.userId,
          app_id: rule.app_id,
          section_name: rule.section_name,
          enabled: rule.enabled,
          ttl: rule.ttl ?? null,
          alert_config: JSON.stringify(rule.alert_config),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'user_id', 'app_id', 'section_name']).doUpdateSet((eb) => ({
          enabled: eb.ref('excluded.enabled'),
          ttl: eb.ref('excluded.ttl'),
          alert_config: eb.ref('excluded.alert_config'),
        })),
      )
      .execute()
    await note(tx)
    for (const appId of named) await noticeInstall(tx, { user, appId, hooks: false })
  })
}
