import type { UserKey } from '../registry/index.ts'
import type { MarketplaceOptions } from './open-marketplace.ts'

const KEPT_MS = 30 * 86_400_000
const AT_ONCE = 100

type Parts = Pick<MarketplaceOptions, 'db' | 'clock' | 'registry' | 'audit' | 'lifecycle' | 'log'>

/** Somebody left an app: from now on the time of its data runs. Repeatable; the first time counts. */
export async function noteLeft(
  { db, clock }: Pick<Parts, 'db' | 'clock'>,
  user: UserKey,
  appId: string,
): Promise<void> {
  await db.tenant(user.tenantId, (tx) =>
    tx
      .insertInto('marketplace.former_install')
      .values({
        tenant_id: user.tenantId,
        user_id: user.userId,
        app_id: appId,
        left_at: new Date(clock.now()),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
}

const forget = ({ db }: Pick<Parts, 'db'>, user: UserKey, appId: string) =>
  db.tenant(user.tenantId, (tx) =>
    tx
      .deleteFrom('marketplace.former_install')
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('app_id', '=', appId)
      .execute(),
  )

/** Somebody came back: what is there stays. */
export async function noteBack(parts: Pick<Parts, 'db'>, user: UserKey, appId: string): Promise<void> {
  await forget(parts, user, appId)
}

async function purge(parts: Parts, user: UserKey, appId: string): Promise<void> {
  // Whoever has it again before their install hook ran keeps everything.
  if (((await parts.registry.resolve(user, appId))?.install ?? null) === null) {
    await parts.lifecycle.purgeData(user, appId)
    await parts.audit.record({
      tenantId: user.tenantId,
      actorId: 'platform',
      actorType: 'system',
      userId: user.userId,
      action: 'app.data_removed',
      targetType: 'app',
      targetId: appId,
      source: 'marketplace',
    })
  }
  await forget(parts, user, appId)
}

/** Removes what was kept for 30 days for nobody who came back. Any number of nodes may do it at once. */
export async function purgeLeft(parts: Parts): Promise<void> {
  const due = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('marketplace.former_install')
      .selectAll()
      .where('left_at', '<', new Date(parts.clock.now() - KEPT_MS))
      .orderBy('left_at')
      .limit(AT_ONCE)
      .execute(),
  )
  for (const row of due) {
    const user = { tenantId: row.tenant_id, userId: row.user_id }
    await purge(parts, user, row.app_id).catch((error) =>
      parts.log.warn({ err: error, appId: row.app_id }, 'the data of an app that was left could not be removed'),
    )
  }
}
