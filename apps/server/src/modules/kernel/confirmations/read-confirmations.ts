import type { CallResponse, Confirmation, ConfirmationItem, ConfirmationStatus } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Database } from '../../../foundation/db/index.ts'
import type { KernelParts } from '../parts.ts'
import type { ConfirmationTable } from '../tables.ts'
import type { CallOutcome } from '../types.ts'
import { panelUrlOf } from './money.ts'

interface Reading {
  readonly now: number
  readonly publicUrl: string
}

/** Confirmation of api.md 3.16; a pending one whose time is over reads as expired before the job says so. */
function toConfirmation(row: Selectable<ConfirmationTable>, { now, publicUrl }: Reading): Confirmation {
  const items = row.items as unknown as ConfirmationItem[] // written by `askUser` only
  const status = row.status === 'pending' && row.expires_at.getTime() <= now ? 'expired' : row.status
  return {
    confirmation_id: row.confirmation_id,
    user_id: row.user_id,
    tenant_id: row.tenant_id,
    status: status as ConfirmationStatus, // held by a check of the table
    kind: row.kind as Confirmation['kind'], // written by `askUser` only
    source: row.source,
    app_id: row.app_id,
    title: row.title,
    summary: row.message,
    items,
    total_price: items.reduce((sum, { price }) => sum + price, 0),
    panel_url: row.kind === 'money' ? panelUrlOf(publicUrl, row.confirmation_id) : null,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
    decided_via: row.decided_via,
    results: row.results as unknown as CallResponse[] | null, // written by `keepResults` only
  }
}

type ReadParts = Pick<KernelParts, 'db' | 'clock' | 'settings'>

interface Owner {
  readonly tenantId: string
  readonly userId: string
}

/** Own confirmations that still wait, oldest first. */
export function activeConfirmations({ db, clock, settings }: ReadParts, user: Owner): Promise<Confirmation[]> {
  const now = clock.now()
  return db.tenant(user.tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('kernel.confirmation')
      .selectAll()
      .where('user_id', '=', user.userId)
      .where('status', '=', 'pending')
      .where('expires_at', '>', new Date(now))
      .orderBy('created_at')
      .limit(100)
      .execute()
    return rows.map((row) => toConfirmation(row, { now, publicUrl: settings.publicUrl }))
  })
}

/** Null also for another user's. */
export function readConfirmation(
  { db, clock, settings }: ReadParts,
  user: Owner,
  id: string,
): Promise<Confirmation | null> {
  return db.tenant(user.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('kernel.confirmation')
      .selectAll()
      .where('confirmation_id', '=', id)
      .where('user_id', '=', user.userId)
      .executeTakeFirst()
    return row === undefined ? null : toConfirmation(row, { now: clock.now(), publicUrl: settings.publicUrl })
  })
}

/** What came of each call of a confirmation, in their order; `pending` while it is open or runs. */
export interface DecidedConfirmation {
  readonly status: ConfirmationStatus
  readonly outcomes: readonly CallOutcome[]
}

/** Null also for another user's. */
export function readDecision(db: Database, user: Owner, id: string): Promise<DecidedConfirmation | null> {
  return db.tenant(user.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('kernel.confirmation')
      .select(['status', 'outcomes'])
      .where('confirmation_id', '=', id)
      .where('user_id', '=', user.userId)
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      status: row.status as ConfirmationStatus, // held by a check of the table
      outcomes: (row.outcomes ?? []) as unknown as CallOutcome[], // written by `keepResults` only
    }
  })
}
