import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import { hashOf, type StatePayload } from './oauth-state.ts'
import type { AttemptTable } from './tables.ts'

const BEGIN = `insert into connections.attempt (tenant_id, nonce_hash, user_id, app_id, provider, verifier, created_at)
values ($1, $2, $3, $4, $5, $6, $7)`
const TAKE = `delete from connections.attempt where tenant_id = $1 and nonce_hash = $2 and user_id = $3 and app_id = $4 and provider = $5
returning verifier`
const FORGET = 'delete from connections.attempt where created_at < $1'
const FORGOTTEN_AFTER_MS = 3_600_000

/** Consents that were begun and have not come back. */
export interface Attempts {
  begin(state: StatePayload, verifier: string): Promise<void>
  /** The verifier, once; null when there is no such attempt. */
  take(state: Begun): Promise<string | null>
  forgetOld(): Promise<void>
}

type Begun = Omit<StatePayload, 'iat'>

const contextOf = ({ tenant_id, user_id, app_id, provider }: Begun): string =>
  JSON.stringify(['oauth attempt', tenant_id, user_id, app_id, provider])

export function openAttempts({ db, keyring, clock }: { db: Database; keyring: Keyring; clock: Clock }): Attempts {
  const place = (state: Begun) => [state.tenant_id, hashOf(state.nonce), state.user_id, state.app_id, state.provider]
  return {
    async begin(state, verifier) {
      const values = [...place(state), keyring.seal(verifier, contextOf(state)), clock.iso()]
      await db.atomic(state.tenant_id, [{ text: BEGIN, values }])
    },
    async take(state) {
      const [result] = await db.atomic(state.tenant_id, [{ text: TAKE, values: place(state) }])
      const row = result?.rows[0] as Pick<AttemptTable, 'verifier'> | undefined
      return row === undefined ? null : keyring.open(row.verifier, contextOf(state))
    },
    async forgetOld() {
      const before = new Date(clock.now() - FORGOTTEN_AFTER_MS).toISOString()
      await db.atomic(EVERY_TENANT, [{ text: FORGET, values: [before] }])
    },
  }
}
