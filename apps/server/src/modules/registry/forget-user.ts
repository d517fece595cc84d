import { sql } from 'kysely'
import type { Database } from '../../foundation/db/index.ts'
import { noticeInstall } from './announce.ts'
import type { UserKey } from './types.ts'

/** Removes every install of a user, without hooks: there is nobody any more whom they could act for. Repeatable. */
export function forgetInstalls(db: Database, user: UserKey): Promise<void> {
  return db.tenant(user.tenantId, async (tx) => {
    await tx
      .deleteFrom('registry.due_hook')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
    await tx
      .deleteFrom('registry.section_rule')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .execute()
    const gone = await tx
      .deleteFrom('registry.install')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .returning('app_id')
      .execute()
    for (const { app_id: appId } of gone) {
      await tx
        .updateTable('registry.app')
        .set({ install_count: sql<number>`greatest(install_count - 1, 0)` })
        .where('app_id', '=', appId)
        .execute()
      await noticeInstall(tx, { user, appId, hooks: false })
    }
  })
}
