import type { IdentityContext } from './context.ts'

/** Handles under which users are known in public; who never chose one is left out. */
export async function readNicknames(
  context: IdentityContext,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (userIds.length === 0) return new Map()
  const rows = await context.db.everyTenant((tx) =>
    tx
      .selectFrom('identity.account')
      .select(['user_id', 'nickname'])
      .where('user_id', 'in', userIds)
      .where('nickname', 'is not', null)
      .execute(),
  )
  return new Map(rows.map((row) => [row.user_id, row.nickname ?? '']))
}
