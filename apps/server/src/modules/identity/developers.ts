import type { JsonObject } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { type IdentityContext, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { checkedNickname, takingNickname } from './nicknames.ts'
import type { AccountTable } from './tables.ts'
import type { DeveloperRecord } from './types.ts'

interface Owner {
  readonly tenantId: string
  readonly userId: string
}

const TIERS = new Set(['explorer', 'indie', 'studio', 'partner'])

/** Makes the user a developer; see `Identity.enrolDeveloper`. */
export async function enrolDeveloper(
  context: IdentityContext,
  owner: Owner,
  given: JsonObject,
  within: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
  const { nickname, tier, ...profile } = given
  const chosen = typeof nickname === 'string' ? checkedNickname(nickname) : undefined
  const values = {
    developer_tier: typeof tier === 'string' && TIERS.has(tier) ? tier : 'explorer',
    developer_profile: profile,
    developer_since: moment(context),
    updated_at: moment(context),
    ...(chosen === undefined ? {} : { nickname: chosen }),
  }
  await takingNickname(() =>
    context.changes.tenant(owner.tenantId, async (tx, tell) => {
      const enrolled = await tx
        .updateTable('identity.account')
        .set(values)
        .where('user_id', '=', owner.userId)
        .where('developer_tier', 'is', null)
        .returning('user_id')
        .executeTakeFirst()
      if (enrolled) {
        await within(tx)
        return tell(`user:${owner.userId}`)
      }
      const known = await tx
        .selectFrom('identity.account')
        .select('user_id')
        .where('user_id', '=', owner.userId)
        .executeTakeFirst()
      throw known ? identityErrors.ALREADY_DEVELOPER() : identityErrors.USER_NOT_FOUND()
    }),
  )
}

const COLUMNS = [
  'user_id',
  'email',
  'nickname',
  'developer_tier',
  'developer_profile',
  'developer_since',
  'created_at',
] as const

type Row = Pick<Selectable<AccountTable>, (typeof COLUMNS)[number]>

const toRecord = (row: Row): DeveloperRecord => ({
  userId: row.user_id,
  email: row.email,
  nickname: row.nickname,
  tier: row.developer_tier ?? 'explorer',
  profile: row.developer_profile ?? {},
  registeredAt: (row.developer_since ?? row.created_at).toISOString(),
})

/** Null when the user is no developer. */
export async function findDeveloper(context: IdentityContext, owner: Owner): Promise<DeveloperRecord | null> {
  const row = await context.db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('identity.account')
      .select(COLUMNS)
      .where('user_id', '=', owner.userId)
      .where('developer_tier', 'is not', null)
      .executeTakeFirst(),
  )
  return row === undefined ? null : toRecord(row)
}

/** Those of these users who are developers, of whatever tenant. */
export async function findDevelopers(context: IdentityContext, userIds: readonly string[]): Promise<DeveloperRecord[]> {
  if (userIds.length === 0) return []
  const rows = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.account')
      .select(COLUMNS)
      .where('user_id', 'in', userIds)
      .where('developer_tier', 'is not', null)
      .execute(),
  )
  return rows.map(toRecord)
}

/** Moves a developer to another tier; see `Identity.changeTier`. */
export function changeTier<T extends { readonly tier: string }>(
  context: IdentityContext,
  userId: string,
  decide: (tx: Tx, before: DeveloperRecord & { readonly tenantId: string }) => Promise<T>,
): Promise<T | null> {
  return context.changes.everyTenant(async (tx, tell) => {
    const row = await tx
      .selectFrom('identity.account')
      .select([...COLUMNS, 'tenant_id'])
      .where('user_id', '=', userId)
      .where('developer_tier', 'is not', null)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) return null
    const decided = await decide(tx, { ...toRecord(row), tenantId: row.tenant_id })
    await tx
      .updateTable('identity.account')
      .set({ developer_tier: decided.tier, updated_at: moment(context) })
      .where('user_id', '=', userId)
      .execute()
    await tell(`user:${userId}`)
    return decided
  })
}
