import { type SqlBool, sql } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Tx } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { loadRole } from './load-actor.ts'

export interface ChoreOwner {
  readonly tenantId: string
  readonly userId: string
}

export interface PlanGrants {
  /** They add to what was granted (K3.4). */
  readonly scopes: readonly string[]
  /** Actions in a month (G5): -1 any number, null when the plan does not say. */
  readonly actions: number | null
}

/** What other modules do about accounts; plugged in by the program. Everything is repeatable. */
export interface IdentityPorts {
  /** Apps that the user has installed, and those of the platform that everybody has. */
  installedApps(user: ChoreOwner): Promise<readonly string[]>
  /** What the user's plan gives, within `tx` where one is open. */
  planGrants(user: ChoreOwner, tx?: Tx): Promise<PlanGrants>
  /** Installs apps for a new user; an app that cannot be installed is left out. */
  installApps(user: ChoreOwner, appIds: readonly string[]): Promise<void>
  /** The app that a key of the registry opens; null when there is no such key. */
  appKey?(key: string): Promise<{ appId: string; scope: 'full' | 'readonly'; ownerId: string | null } | null>
  /** Removes everything that is kept for a user, except ledger and log. */
  forgetUser(user: ChoreOwner): Promise<void>
}

/** Work in other modules that an account causes: noted with the account's own change, done after it, also after a crash. */
export interface Chores {
  /** A new user gets the apps of the role. */
  welcome(tx: Tx, owner: ChoreOwner): Promise<void>
  /** An erased user is forgotten everywhere. */
  erase(tx: Tx, owner: ChoreOwner): Promise<void>
  /** Does what is due, of one user or of all; what fails is tried again later. */
  run(userId?: string): Promise<void>
  /** The same without waiting for it. */
  soon(): void
  /** Waits for what was begun. */
  settle(): Promise<void>
}

type Kind = 'welcome' | 'erase'

interface Claimed extends ChoreOwner {
  readonly kind: Kind
}

// Longer than any of it takes; a node that dies in between is waited for that long.
const LEASE_MS = 120_000
const AT_ONCE = 20

export function openChores(options: {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly ports: IdentityPorts
}): Chores {
  const { db, clock, log, ports } = options
  let begun: Promise<void> = Promise.resolve()

  const note = (kind: Kind) => async (tx: Tx, owner: ChoreOwner) => {
    await tx
      .insertInto('identity.chore')
      .values({
        user_id: owner.userId,
        tenant_id: owner.tenantId,
        kind,
        created_at: new Date(clock.now()),
        leased_until: null,
      })
      .onConflict((conflict) => conflict.columns(['user_id', 'kind']).doNothing())
      .execute()
  }

  const claim = (userId: string | undefined): Promise<Claimed[]> =>
    db.everyTenant(async (tx) => {
      const now = new Date(clock.now())
      const whose = userId === undefined ? sql<SqlBool>`true` : sql<SqlBool>`user_id = ${userId}`
      const { rows } = await sql<Claimed>`
        update identity.chore c set leased_until = ${new Date(clock.now() + LEASE_MS)}, attempts = attempts + 1
          from (select user_id, kind from identity.chore
                 where ${whose} and (leased_until is null or leased_until <= ${now})
                 order by created_at limit ${AT_ONCE} for update skip locked) due
         where c.user_id = due.user_id and c.kind = due.kind
        returning c.user_id as "userId", c.tenant_id as "tenantId", c.kind`.execute(tx)
      return rows
    })

  async function perform({ kind, ...owner }: Claimed): Promise<void> {
    if (kind === 'erase') return ports.forgetUser(owner)
    const apps = await db.everyTenant(async (tx) => {
      const account = await tx
        .selectFrom('identity.account')
        .select(['role', 'tenant_id'])
        .where('user_id', '=', owner.userId)
        .where('status', '=', 'active')
        .executeTakeFirst()
      return account ? ((await loadRole(tx, account.tenant_id, account.role))?.default_extensions ?? []) : []
    })
    if (apps.length > 0) await ports.installApps(owner, apps)
  }

  async function run(userId?: string): Promise<void> {
    for (let due = await claim(userId); due.length > 0; due = await claim(userId)) await performAll(due)
  }

  async function performAll(due: readonly Claimed[]): Promise<void> {
    for (const chore of due) {
      try {
        await perform(chore)
        await db.everyTenant((tx) =>
          tx.deleteFrom('identity.chore').where('user_id', '=', chore.userId).where('kind', '=', chore.kind).execute(),
        )
      } catch (error) {
        log.error(
          { err: error, userId: chore.userId, kind: chore.kind },
          'a chore of an account failed; it is tried again',
        )
      }
    }
  }

  return {
    welcome: note('welcome'),
    erase: note('erase'),
    run,
    soon() {
      begun = begun
        .then(() => run())
        .catch((error) => log.warn({ err: error }, 'chores of accounts could not be looked up'))
    },
    settle: () => begun,
  }
}
