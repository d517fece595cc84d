import type { JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { eventMessage } from '../outbox/index.ts'
import type { SessionKey } from './session-id.ts'
import { keyOf } from './sessions.ts'
import type { SessionRow } from './tables.ts'
import type { CodingOptions } from './types.ts'

/** Notices that a session has new frames; the payload names it. */
export const CHANNEL = 'coding.frames'

/** Id before the first frame. */
export const START = '0-0'

export interface StoredFrame {
  readonly position: number
  readonly id: string
  readonly frame: JsonObject
}

export const frameId = (createdAt: Date, position: number): string => `${createdAt.getTime()}-${position}`

/** Position behind which a reader goes on; an id that is none stands for the start. */
export function positionOf(id: string | undefined): number {
  const position = Number(/^\d+-(\d{1,15})$/.exec(id ?? '')?.[1] ?? 0)
  return Number.isSafeInteger(position) ? position : 0
}

export const noticeOf = ({ tenantId, userId, sessionId }: SessionKey): string =>
  JSON.stringify([tenantId, userId, sessionId])

/** What other places that follow the session get to know; the rest is for the terminal alone. */
const MIRRORED = new Set([
  'confirm_request',
  'final',
  'marathon_plan',
  'milestone',
  'marathon_paused',
  'marathon_complete',
])

/** Appends one frame to a locked session, and wakes its readers on every node at the commit. */
export async function appendFrame(
  parts: Pick<CodingOptions, 'outbox' | 'clock'>,
  tx: Tx,
  session: SessionRow,
  frame: JsonObject & { readonly type: string },
): Promise<StoredFrame> {
  const { tenant_id, user_id, session_id } = session
  const whole = { ...frame, ...(session.task_id === null ? {} : { task_id: session.task_id }) }
  const row = await tx
    .insertInto('coding.frame')
    .values({ tenant_id, user_id, session_id, frame: JSON.stringify(whole) })
    .returning(['position', 'created_at'])
    .executeTakeFirstOrThrow()
  await sql`select pg_notify(${CHANNEL}, ${noticeOf(keyOf(session))})`.execute(tx)
  if (session.remote_enabled && session.mirror.length > 0 && MIRRORED.has(frame.type))
    await parts.outbox.publish(
      tx,
      eventMessage({
        type: 'coding-remote.frame',
        source: 'system',
        tenantId: tenant_id,
        userId: user_id,
        data: { session_id, mirror: session.mirror, frame: whole },
        timestamp: parts.clock.iso(),
      }).message,
    )
  return { position: row.position, id: frameId(row.created_at, row.position), frame: whole }
}

/** Position of the newest frame of a session; 0 without any. */
export async function lastFrame(
  tx: Tx,
  { tenantId, userId, sessionId }: SessionKey,
): Promise<{ position: number; id: string }> {
  const row = await tx
    .selectFrom('coding.frame')
    .select(['position', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined
    ? { position: 0, id: START }
    : { position: row.position, id: frameId(row.created_at, row.position) }
}

export function framesAfter(db: Database, key: SessionKey, position: number, limit: number): Promise<StoredFrame[]> {
  return db.tenant(key.tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('coding.frame')
      .select(['position', 'created_at', 'frame'])
      .where('tenant_id', '=', key.tenantId)
      .where('user_id', '=', key.userId)
      .where('session_id', '=', key.sessionId)
      .where('position', '>', position)
      .orderBy('position')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ position: row.position, id: frameId(row.created_at, row.position), frame: row.frame }))
  })
}
