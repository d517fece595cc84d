import type { JsonObject } from '@imperal/contract'
import type { Database } from '../../../foundation/db/index.ts'
import { newCallId } from '../../../foundation/ids.ts'
import { type CallOutcome, toDatabaseJson } from '../../kernel/index.ts'
import { type TurnHold, TurnLost, turnFence } from './turn-record.ts'

/** Why a step was not run. */
export type SkipReason = 'stopped' | 'dependency' | 'unresolved' | 'cancelled' | 'expired' | 'replaced'

/** What is stored of one call of a step. */
export interface StepRow {
  readonly stepNo: number
  readonly itemNo: number
  readonly state: 'running' | 'waiting' | 'done' | 'skipped'
  readonly callId: string | null
  readonly args: JsonObject
  readonly outcome: CallOutcome | null
  readonly reason: SkipReason | null
  readonly told: boolean
}

/** The steps of one turn in the database. Every write needs the hold: what was lost is never written over. */
export interface StepStore {
  load(): Promise<StepRow[]>
  /** Notes that calls begin, before they do, and gives each its pass. @throws TurnLost */
  begin(stepNo: number, items: readonly { readonly itemNo: number; readonly args: JsonObject }[]): Promise<string[]>
  /** @throws TurnLost */
  end(stepNo: number, itemNo: number, outcome: CallOutcome): Promise<void>
  /** @throws TurnLost */
  skip(stepNo: number, reason: SkipReason, itemNo?: number): Promise<void>
}

const BEGIN = `insert into chat.turn_step (tenant_id, turn_id, step_no, item_no, state, call_id, args)
values ($1, $2, $3, $4, 'running', $5, $6)
on conflict (turn_id, step_no, item_no) do update
set state = 'running', call_id = excluded.call_id, args = excluded.args, outcome = null, reason = null`
const END = `update chat.turn_step set state = $4, outcome = $5 where turn_id = $1 and step_no = $2 and item_no = $3`
const SKIP = `insert into chat.turn_step (tenant_id, turn_id, step_no, item_no, state, reason) values ($1, $2, $3, $5, 'skipped', $4)
on conflict (turn_id, step_no, item_no) do update set state = 'skipped', reason = excluded.reason`

export function openSteps(db: Database, hold: TurnHold): StepStore {
  const write = async (statements: readonly { text: string; values: readonly unknown[] }[]): Promise<void> => {
    try {
      await db.atomic(hold.tenantId, [turnFence(hold), ...statements])
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code === '22012') throw new TurnLost()
      throw error
    }
  }
  return {
    async load() {
      const rows = await db.tenant(hold.tenantId, (tx) =>
        tx
          .selectFrom('chat.turn_step')
          .selectAll()
          .where('turn_id', '=', hold.turnId)
          .orderBy('step_no')
          .orderBy('item_no')
          .execute(),
      )
      return rows.map((row) => ({
        stepNo: row.step_no,
        itemNo: row.item_no,
        state: row.state,
        callId: row.call_id,
        args: row.args,
        outcome: row.outcome as unknown as CallOutcome | null, // written by `end` only
        reason: row.reason as SkipReason | null,
        told: row.told,
      }))
    },
    async begin(stepNo, items) {
      const callIds = items.map(() => newCallId())
      await write(
        items.map(({ itemNo, args }, index) => ({
          text: BEGIN,
          values: [hold.tenantId, hold.turnId, stepNo, itemNo, callIds[index], toDatabaseJson(args)],
        })),
      )
      return callIds
    },
    end: (stepNo, itemNo, outcome) =>
      write([
        {
          text: END,
          values: [
            hold.turnId,
            stepNo,
            itemNo,
            outcome.status === 'intercepted' ? 'waiting' : 'done',
            toDatabaseJson(outcome),
          ],
        },
      ]),
    skip: (stepNo, reason, itemNo = 0) =>
      write([{ text: SKIP, values: [hold.tenantId, hold.turnId, stepNo, reason, itemNo] }]),
  }
}
