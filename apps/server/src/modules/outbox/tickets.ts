import { createHash } from 'node:crypto'
import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { randomId } from '../../foundation/ids.ts'

/** Seconds in which a ticket opens the stream (api 3.19). */
export const TICKET_SECONDS = 30
const PREFIX = 'tkt'

const INSERT = 'insert into outbox.ticket (hash, principal, expires_at) values ($1, $2, $3)'
const REDEEM = 'delete from outbox.ticket where hash = $1 returning principal, expires_at'
const hashOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url')

/** Makes a ticket in the name of `principal`; it opens the event stream and nothing else. */
export async function issueTicket(db: Database, clock: Clock, principal: Principal): Promise<string> {
  const ticket = randomId(PREFIX)
  const expires = new Date(clock.now() + TICKET_SECONDS * 1_000)
  const holder: Principal = { ...principal, credential: 'stream_ticket' }
  await db.atomic(EVERY_TENANT, [{ text: INSERT, values: [hashOf(ticket), JSON.stringify(holder), expires] }])
  return ticket
}

/** The holder of a ticket, once; null for one that is unknown, used or expired. Any node may redeem it. */
export async function redeemTicket(db: Database, clock: Clock, ticket: string): Promise<Principal | null> {
  if (!ticket.startsWith(`${PREFIX}_`)) return null
  const [result] = await db.atomic(EVERY_TENANT, [{ text: REDEEM, values: [hashOf(ticket)] }])
  const row = result?.rows[0] as { principal: Principal; expires_at: Date } | undefined
  return row !== undefined && row.expires_at.getTime() > clock.now() ? row.principal : null
}
