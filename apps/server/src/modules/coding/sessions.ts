import type { SessionKind } from '@imperal/contract'
import { sql, type UpdateObject } from 'kysely'
import type { Database, Tables, Tx } from '../../foundation/db/index.ts'
import { codingErrors } from './errors.ts'
import { kindOfOwn, type SessionKey } from './session-id.ts'
import { after, columnsOf, type SessionAction, stateOf } from './session-state.ts'
import type { SessionRow } from './tables.ts'

/** A terminal that was heard of within so many seconds is connected. */
export const ONLINE_SECONDS = 45

const row = (tx: Tx, { tenantId, userId, sessionId }: SessionKey) =>
  tx
    .selectFrom('coding.session')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)

export const findSession = (db: Database, key: SessionKey): Promise<SessionRow | undefined> =>
  db.tenant(key.tenantId, (tx) => row(tx, key).executeTakeFirst())

/** The session, locked until the transaction ends: whatever happens to it happens in one order. */
export const lockSession = (tx: Tx, key: SessionKey): Promise<SessionRow | undefined> =>
  row(tx, key).forUpdate().executeTakeFirst()

/** The same; it is made if it is not there yet. @throws CODING_NO_SESSION */
export async function openSession(tx: Tx, key: SessionKey, slot: string | null = null): Promise<SessionRow> {
  const kind = ownKind(key)
  const { tenantId, userId, sessionId } = key
  await tx
    .insertInto('coding.session')
    .values({ tenant_id: tenantId, user_id: userId, session_id: sessionId, kind, slot })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return row(tx, key).forUpdate().executeTakeFirstOrThrow()
}

/** @throws CODING_NO_SESSION for an id that the user cannot have */
export function ownKind({ userId, sessionId }: SessionKey): SessionKind {
  const kind = kindOfOwn(userId, sessionId)
  if (kind === null) throw codingErrors.NO_SESSION()
  return kind
}

export const keyOf = (session: Pick<SessionRow, 'tenant_id' | 'user_id' | 'session_id'>): SessionKey => ({
  tenantId: session.tenant_id,
  userId: session.user_id,
  sessionId: session.session_id,
})

/** Changes columns of a locked session; answers it as it is then. */
export function changeSession(
  tx: Tx,
  session: SessionRow,
  change: UpdateObject<Tables, 'coding.session', 'coding.session'>,
): Promise<SessionRow> {
  return updating(tx, session).set(change).returningAll().executeTakeFirstOrThrow()
}

const updating = (tx: Tx, session: SessionRow) =>
  tx
    .updateTable('coding.session')
    .where('tenant_id', '=', session.tenant_id)
    .where('user_id', '=', session.user_id)
    .where('session_id', '=', session.session_id)

/** Moves a locked session along the table of its states. @throws CODING_WRONG_STATE */
export function moveSession(
  tx: Tx,
  session: SessionRow,
  action: SessionAction,
  taskId: string | null = session.task_id,
): Promise<SessionRow> {
  const from = stateOf(session)
  const to = after(from, action)
  if (to === null) throw codingErrors.WRONG_STATE({ state: from, action })
  const columns = columnsOf(to)
  const isOver = columns.status === 'idle' || columns.parked_reason === 'out_of_credits'
  return changeSession(tx, session, {
    ...columns,
    parked_at: columns.status === 'parked' ? sql<Date>`now()` : null,
    task_id: isOver ? null : taskId,
    lease_until: null,
    updated_at: sql<Date>`now()`,
  })
}

export const isOnline = (session: Pick<SessionRow, 'terminal_seen_at'>, now: number): boolean =>
  session.terminal_seen_at !== null && now - session.terminal_seen_at.getTime() < ONLINE_SECONDS * 1000

/** The terminal was heard of. */
export const touchTerminal = (tx: Tx, { tenantId, userId, sessionId }: SessionKey) =>
  tx
    .updateTable('coding.session')
    .set({ terminal_seen_at: sql<Date>`now()` })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .execute()
