import type { Database } from '../../foundation/db/index.ts'
import './tables.ts'

/** Removes cached values and skeletons of a user. Repeatable. */
export function forgetState(db: Database, user: { readonly tenantId: string; readonly userId: string }): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    await tx
      .deleteFrom('state.cache')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
    await tx
      .deleteFrom('state.cache_fetch')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
    await tx
      .deleteFrom('state.skeleton')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
  })
}
