import { randomUUID } from 'node:crypto'
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js'
import { sql } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { mcpErrors } from './errors.ts'
import './tables.ts'

const QUIET_MS = 30 * 60_000
const TOUCH_MS = 60_000
export const MOST_SESSIONS = 32

export interface Owner {
  readonly tenantId: string
  readonly userId: string
}

/** A client that has introduced itself, on whichever node. */
export interface Session extends Owner {
  readonly sessionId: string
  readonly capabilities: ClientCapabilities
}

export interface SessionStore {
  readonly db: Database
  readonly clock: Clock
}

const older = ({ clock }: SessionStore, milliseconds: number): Date => new Date(clock.now() - milliseconds)

const LONGEST_CAPABILITY = 1000

/** The one capability that the platform uses. A client may name any others, of any size; they are not kept. */
export function keptCapabilities({ elicitation }: ClientCapabilities): ClientCapabilities {
  const isUsable = elicitation !== undefined && JSON.stringify(elicitation).length <= LONGEST_CAPABILITY
  return isUsable ? { elicitation } : {}
}

/** @throws MCP_TOO_MANY_SESSIONS */
export function beginSession(
  store: SessionStore,
  { tenantId, userId }: Owner,
  introduced: ClientCapabilities,
): Promise<Session> {
  const sessionId = randomUUID()
  const capabilities = keptCapabilities(introduced)
  return store.db.tenant(tenantId, async (tx) => {
    // Those of one user begin one after another, so that none counts past another.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`mcp.session ${tenantId} ${userId}`}, 0))`.execute(tx)
    const { open } = await tx
      .selectFrom('mcp.session')
      .select(sql<number>`count(*)::int`.as('open'))
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('last_used', '>=', older(store, QUIET_MS))
      .executeTakeFirstOrThrow()
    if (open >= MOST_SESSIONS) throw mcpErrors.TOO_MANY_SESSIONS({ most: MOST_SESSIONS, retryAfter: 60 })
    await tx
      .insertInto('mcp.session')
      .values({
        session_id: sessionId,
        tenant_id: tenantId,
        user_id: userId,
        capabilities: JSON.stringify(capabilities),
        last_used: new Date(store.clock.now()),
      })
      .execute()
    return { sessionId, tenantId, userId, capabilities }
  })
}

/** The caller's session of this id, which is used from now on. @throws MCP_NO_SESSION also for one of somebody else */
export async function findSession(store: SessionStore, owner: Owner, sessionId: string): Promise<Session> {
  const row = await store.db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('mcp.session')
      .select(['capabilities', 'last_used'])
      .where('session_id', '=', sessionId)
      .where('tenant_id', '=', owner.tenantId)
      .where('user_id', '=', owner.userId)
      .where('last_used', '>=', older(store, QUIET_MS))
      .executeTakeFirst(),
  )
  if (row === undefined) throw mcpErrors.NO_SESSION()
  if (row.last_used < older(store, TOUCH_MS)) await keepSessions(store, [sessionId])
  const { tenantId, userId } = owner
  return { sessionId, tenantId, userId, capabilities: row.capabilities as ClientCapabilities }
}

/** Sessions whose clients listen are not quiet. */
export async function keepSessions(store: SessionStore, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await store.db.everyTenant((tx) =>
    tx
      .updateTable('mcp.session')
      .set({ last_used: new Date(store.clock.now()) })
      .where('session_id', 'in', [...ids])
      .execute(),
  )
}

export async function endSession({ db }: SessionStore, { sessionId, tenantId }: Session): Promise<void> {
  await db.tenant(tenantId, (tx) => tx.deleteFrom('mcp.session').where('session_id', '=', sessionId).execute())
}

/** Forgets sessions that were quiet for half an hour. Any number of nodes may do it at once. */
export async function forgetQuiet(store: SessionStore): Promise<void> {
  await store.db.everyTenant((tx) =>
    tx.deleteFrom('mcp.session').where('last_used', '<', older(store, QUIET_MS)).execute(),
  )
}
