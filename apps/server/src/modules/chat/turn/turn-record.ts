import type { ChatAttachment, JsonObject } from '@imperal/contract'
import { type Selectable, sql } from 'kysely'
import type { Database, Statement, Tx } from '../../../foundation/db/index.ts'
import type { ChatUser } from '../messages.ts'
import type { TurnTable } from '../tables.ts'

/** States in which a node has something to do (kernel 1.2). */
export const ACTIVE = ['QUEUED', 'RESOLVED', 'CLASSIFIED', 'PLANNED', 'RUNNING', 'VERIFYING', 'NARRATING'] as const
export type ActiveState = (typeof ACTIVE)[number]
/** Every turn ends in exactly one of these (K1.1). */
export type EndState = 'CLOSED' | 'CANCELLED' | 'EXPIRED' | 'FAILED' | 'REFUSED'

/** What was asked, as it is stored with the turn. */
export interface TurnRequest {
  readonly text: string
  readonly surface: string
  readonly openApp: string | null
  /** What the credential of the request allowed; absent: everything. */
  readonly limitedTo?: readonly string[]
  /** Files that came with it, by their place in the user's storage. */
  readonly attachments?: readonly ChatAttachment[]
  /** It came while others were worked on, and the person was told that it waits (K1.2). */
  readonly queued?: true
}

/** A turn that this node works on: the right to it ends when another node takes it. */
export interface TurnHold {
  readonly turnId: string
  readonly tenantId: string
  readonly userId: string
  readonly conversationId: string
  readonly messageId: string
  readonly replyId: string
  readonly traceId: string
  readonly attempt: number
  /** How often whoever worked on it was lost. */
  readonly losses: number
  readonly nodeId: string
  readonly state: ActiveState
  readonly request: TurnRequest
  readonly plan: JsonObject | null
  readonly language: string | null
  /** The card that was decided, when the turn goes on behind it. */
  readonly confirmationId: string | null
  readonly cancelRequested: boolean
}

/** Somebody else works on the turn by now, or will, or it is gone: this node says and does nothing more about it. */
export class TurnLost extends Error {
  constructor() {
    super('the turn belongs to another node by now')
    this.name = 'TurnLost'
  }
}

export const holdOf = (row: Selectable<TurnTable>): TurnHold => ({
  turnId: row.turn_id,
  tenantId: row.tenant_id,
  userId: row.user_id,
  conversationId: row.conversation_id,
  messageId: row.message_id,
  replyId: row.reply_id,
  traceId: row.trace_id,
  attempt: row.attempt,
  losses: row.losses,
  nodeId: row.node_id ?? '',
  state: row.state as ActiveState, // claimed rows are active
  request: row.request as unknown as TurnRequest, // written by `storeTurn` only
  plan: row.plan,
  language: row.language,
  confirmationId: row.confirmation_id,
  cancelRequested: row.cancel_requested,
})

export const userOf = (hold: TurnHold): ChatUser => ({
  tenantId: hold.tenantId,
  userId: hold.userId,
  limitedTo: hold.request.limitedTo,
})

// Divides by zero for an attempt that was lost, and holds the row until the effects of this one are committed.
const FENCE = `select 1 / count(*) as ours from (
  select from chat.turn where turn_id = $1 and node_id = $2 and attempt = $3 and ended_at is null for share
) held`

/** In front of the first effects of a step: nothing is written in the name of an attempt that was lost. */
export const turnFence = (hold: TurnHold): Statement => ({
  text: FENCE,
  values: [hold.turnId, hold.nodeId, hold.attempt],
})

/** A step of a turn on its way (kernel 1.2). */
export interface TurnChange {
  readonly state: TurnTable['state'] extends { readonly __select__: infer S } ? S : string
  readonly plan?: JsonObject
  readonly language?: string
  readonly confirmationId?: string | null
  readonly ended?: boolean
  /** What the truth gate found since the turn was taken up; added to what is there (K11.4). */
  readonly verdicts?: readonly string[]
  /** Nobody works on it until it is woken. */
  readonly released?: boolean
}

/** Moves a turn on. @throws TurnLost */
export async function moveTurn(tx: Tx, hold: TurnHold, change: TurnChange): Promise<void> {
  const row = await tx
    .updateTable('chat.turn')
    .set({
      state: change.state,
      updated_at: sql`now()`,
      ...(change.plan === undefined ? {} : { plan: JSON.stringify(change.plan) }),
      ...(change.language === undefined ? {} : { language: change.language }),
      ...(change.confirmationId === undefined ? {} : { confirmation_id: change.confirmationId }),
      ...(change.verdicts === undefined || change.verdicts.length === 0
        ? {}
        : {
            verdicts: sql<string[]>`array(select distinct unnest(verdicts || ${sql.val(change.verdicts)}::text[]))`,
          }),
      ...(change.ended === true ? { ended_at: sql`now()`, lease_until: null } : {}),
      ...(change.released === true ? { lease_until: null, node_id: null } : {}),
    })
    .where('turn_id', '=', hold.turnId)
    .where('node_id', '=', hold.nodeId)
    .where('attempt', '=', hold.attempt)
    .where('ended_at', 'is', null)
    .returning('turn_id')
    .executeTakeFirst()
  if (row === undefined) throw new TurnLost()
}

/** The same in a transaction of its own. @throws TurnLost */
export const advance = (db: Database, hold: TurnHold, change: TurnChange): Promise<void> =>
  db.tenant(hold.tenantId, (tx) => moveTurn(tx, hold, change))
