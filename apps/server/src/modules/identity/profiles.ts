import type { Tx } from '../../foundation/db/index.ts'

/** What `GET /v1/auth/me` shows of an account beside what every request needs. */
export async function loadProfile(tx: Tx, userId: string) {
  const row = await tx
    .selectFrom('identity.account')
    .select(['email', 'auth_method', 'first_name', 'last_name', 'nickname', 'cases_user_id'])
    .select(['created_at', 'last_login_at'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row ?? null
}

export type Profile = NonNullable<Awaited<ReturnType<typeof loadProfile>>>
