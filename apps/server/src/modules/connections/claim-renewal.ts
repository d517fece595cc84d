import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../../foundation/db/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'

/** Longer than a provider is waited for, so that a claim ends by itself only when its node is gone. */
const CLAIM_SECONDS = 15
const LOOK_EVERY_MS = 100

/** Held while this node renews an account's tokens. */
export interface RenewalClaim {
  release(): Promise<void>
}

/**
 * The right to renew an account's tokens, one node at a time. Waits while another node renews them; the claim of a node
 * that is gone lapses after 15 s. Null for an account that no consent page of ours connected: nobody counts that one.
 */
export async function claimRenewal(db: Database, who: StoreScope, accountId: string): Promise<RenewalClaim | null> {
  const claim = randomUUID()
  for (;;) {
    const state = await tryClaim(db, { who, accountId, claim })
    if (state === 'unknown') return null
    if (state === 'mine') return { release: () => release(db, { who, accountId, claim }) }
    await delay(LOOK_EVERY_MS)
  }
}

interface Claimed {
  readonly who: StoreScope
  readonly accountId: string
  readonly claim: string
}

const rowOf = ({ who, accountId }: Claimed) =>
  sql`tenant_id = ${who.tenantId} and user_id = ${who.userId} and app_id = ${who.appId} and account_id = ${accountId}`

function tryClaim(db: Database, claimed: Claimed): Promise<'mine' | 'taken' | 'unknown'> {
  return db.tenant(claimed.who.tenantId, async (tx) => {
    const taken = await sql`
      update connections.account
         set renewal_claim = ${claimed.claim}, renewal_until = now() + make_interval(secs => ${CLAIM_SECONDS})
       where ${rowOf(claimed)} and (renewal_until is null or renewal_until < now()) returning 1`.execute(tx)
    if (taken.rows.length > 0) return 'mine'
    const there = await sql`select 1 from connections.account where ${rowOf(claimed)}`.execute(tx)
    return there.rows.length > 0 ? 'taken' : 'unknown'
  })
}

async function release(db: Database, claimed: Claimed): Promise<void> {
  await db.tenant(claimed.who.tenantId, (tx) =>
    sql`update connections.account set renewal_claim = null, renewal_until = null
         where ${rowOf(claimed)} and renewal_claim = ${claimed.claim}`.execute(tx),
  )
}
