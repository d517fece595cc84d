import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import type { SessionKey } from './session-id.ts'
import type { SessionRow } from './tables.ts'

/** Seconds that an instruction waits for somebody to read it. */
export const STEER_SECONDS = 3600

export interface Steer {
  readonly iid: string
  readonly text: string
  readonly surface: string
}

/** Keeps an instruction. False: this one came before. */
export async function addSteer(tx: Tx, session: SessionRow, steer: Steer): Promise<boolean> {
  const { tenant_id, user_id, session_id } = session
  const added = await tx
    .insertInto('coding.steer')
    .values({ tenant_id, user_id, session_id, ...steer })
    // A terminal that took it from the queue sends it as a task of its own; if a turn runs by then, it joins that one.
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'user_id', 'session_id', 'iid'])
        .doUpdateSet({ state: 'waiting' })
        .where('coding.steer.state', '=', 'handed'),
    )
    .executeTakeFirst()
  return added.numInsertedOrUpdatedRows === 1n
}

const waiting = (tx: Tx, { tenantId, userId, sessionId }: SessionKey, state: 'handed' | 'dropped') =>
  tx
    .updateTable('coding.steer')
    .set({ state })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .where('state', '=', 'waiting')
    .where('created_at', '>', sql<Date>`now() - make_interval(secs => ${STEER_SECONDS})`)

/** Hands out what waits, oldest first; each once. */
export async function handOut(tx: Tx, key: SessionKey): Promise<Steer[]> {
  const rows = await waiting(tx, key, 'handed').returning(['position', 'iid', 'text', 'surface']).execute()
  return rows.toSorted((a, b) => a.position - b.position).map(({ iid, text, surface }) => ({ iid, text, surface }))
}

/** Takes one back that nobody has read yet; null: it was read, or never there. */
export const takeBack = (tx: Tx, key: SessionKey, iid: string): Promise<Pick<Steer, 'surface'> | undefined> =>
  waiting(tx, key, 'dropped').where('iid', '=', iid).returning('surface').executeTakeFirst()
