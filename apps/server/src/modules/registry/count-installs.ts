import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import type { UserKey } from './types.ts'

export interface InstallCounts {
  readonly installed: number
  readonly disabled: number
}

/** How many have the app, and how many of them switched it off; in one tenant, or everywhere. */
export function countInstalls(db: Database, appId: string, tenantId?: string): Promise<InstallCounts> {
  const count = (tx: Tx) =>
    tx
      .selectFrom('registry.install')
      .select([
        sql<number>`count(*)::int`.as('installed'),
        sql<number>`count(*) filter (where is_disabled)::int`.as('disabled'),
      ])
      .where('app_id', '=', appId)
      .executeTakeFirstOrThrow()
  return tenantId === undefined ? db.everyTenant(count) : db.tenant(tenantId, count)
}

/** Ids of the apps that somebody has installed, as they are now; inside a transaction of the caller. */
export async function installedIds(tx: Tx, user: UserKey): Promise<string[]> {
  const rows = await tx
    .selectFrom('registry.install')
    .select('app_id')
    .where('tenant_id', '=', user.tenantId)
    .where('user_id', '=', user.userId)
    .execute()
  return rows.map((row) => row.app_id)
}
