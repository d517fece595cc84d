import type { PendingConsent, RemoteState } from '@imperal/contract'
import type { Database, Tx } from '../../foundation/db/index.ts'
import type { SessionKey } from './session-id.ts'
import { isOnline } from './sessions.ts'
import type { RequestRow, SessionRow } from './tables.ts'

export const NO_REMOTE: RemoteState = { enabled: false, mirror: [], steer: [] }

/** Who else may watch and steer a session. Stored names are those of the contract. */
export const remoteOf = (session: SessionRow | undefined): RemoteState =>
  session === undefined
    ? NO_REMOTE
    : {
        enabled: session.remote_enabled,
        mirror: session.mirror as RemoteState['mirror'], // written through the contract only
        steer: session.steer as RemoteState['steer'], // the same
      }

/** What a session waits for; null: nothing. */
export const openRequest = (tx: Tx, { tenantId, userId, sessionId }: SessionKey): Promise<RequestRow | undefined> =>
  tx
    .selectFrom('coding.request')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .where('state', '=', 'open')
    .executeTakeFirst()

export const consentIn = (request: RequestRow | undefined): PendingConsent | null =>
  request === undefined || request.kind !== 'consent'
    ? null
    : {
        req_id: request.req_id,
        tool: request.tool,
        summary: request.summary,
        since: request.created_at.toISOString(),
      }

export interface Described {
  readonly session: SessionRow
  readonly consent: PendingConsent | null
  readonly online: boolean
}

/** Sessions of a user, the one that was used last first. */
export function sessionsOf(
  db: Database,
  user: { tenantId: string; userId: string },
  now: number,
): Promise<Described[]> {
  return db.tenant(user.tenantId, async (tx) => {
    const sessions = await tx
      .selectFrom('coding.session')
      .selectAll()
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .orderBy('updated_at', 'desc')
      .limit(200)
      .execute()
    const open = await tx
      .selectFrom('coding.request')
      .selectAll()
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('state', '=', 'open')
      .execute()
    return sessions.map((session) => ({
      session,
      consent: consentIn(open.find((request) => request.session_id === session.session_id)),
      online: isOnline(session, now),
    }))
  })
}

/** Something goes on in it, or somebody sits before it. */
export const isActive = ({ session, online }: Described): boolean => session.status !== 'idle' || online
