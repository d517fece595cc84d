import { sql } from 'kysely'
import { type Database, EVERY_TENANT, type Tx, type Whose } from '../../foundation/db/index.ts'

/** Channel of the notices that other nodes drop their cached facts by. */
export const IDENTITY_CHANNEL = 'identity_changed'
export const KEYS_NOTICE = 'signing_keys'

/** What changed: `user:<id>`, `profile:<user id>` (of the user only what is shown), `settings:<user id>`, `session:<id>`, `key:<hash>:<user id>`, `tenant:<id>`, `agency:<id>`, `role`, `signing_keys`. */
export type Notice =
  | `${'user' | 'profile' | 'settings' | 'session' | 'key' | 'tenant' | 'agency'}:${string}`
  | 'role'
  | typeof KEYS_NOTICE

export type Tell = (notice: Notice) => Promise<void>

/** Runs transactions whose notices reach every node at their commit, and this process before the call returns. */
export interface Changes {
  tenant<T>(tenantId: string, work: (tx: Tx, tell: Tell) => Promise<T>): Promise<T>
  everyTenant<T>(work: (tx: Tx, tell: Tell) => Promise<T>): Promise<T>
}

/** `apply` drops the cached facts of this process. */
export function openChanges(db: Database, apply: (notice: string) => void): Changes {
  const run = async <T>(tenantId: Whose, work: (tx: Tx, tell: Tell) => Promise<T>): Promise<T> => {
    const told: Notice[] = []
    const result = await db.tenant(tenantId, (tx) =>
      work(tx, async (notice) => {
        told.push(notice)
        await sql`select pg_notify(${IDENTITY_CHANNEL}, ${notice})`.execute(tx)
      }),
    )
    for (const notice of told) apply(notice)
    return result
  }
  return { tenant: run, everyTenant: (work) => run(EVERY_TENANT, work) }
}
