import type { Tx } from '../../../foundation/db/index.ts'
import { DEAD_AFTER_SECONDS } from '../ledger/node-lease.ts'
import type { KernelParts } from '../parts.ts'
import { settleStep } from '../steps/kept-outcome.ts'
import type { CallOutcome } from '../types.ts'
import { keepResults, tellDecision } from './decide.ts'
import type { StoredCall } from './stored-call.ts'

const AT_ONCE = 50

/** The outcome of an accepted call whose node died: what was kept, or that it is not known, or that it never began. */
async function outcomeOf(
  parts: KernelParts,
  row: { readonly tenant_id: string; readonly trace_id: string },
  { stored, callId }: { stored: StoredCall; callId: string },
): Promise<CallOutcome> {
  const end = await settleStep(parts.db, row.tenant_id, callId)
  if (typeof end === 'object') return end
  const isUnknown = end === 'unknown'
  return {
    response: {
      status: 'error',
      data: {},
      summary: null,
      error: isUnknown
        ? 'The platform stopped while this ran. Whether it took effect is not known; please look before you repeat it.'
        : 'The platform stopped before this ran; nothing was done.',
      ui: null,
      error_code: isUnknown ? 'OUTCOME_UNKNOWN' : 'NOT_RUN',
      trace_id: row.trace_id,
    },
    callId,
    traceId: row.trace_id,
    status: isUnknown ? 'unknown' : 'cancelled',
    actionType: stored.action_type as CallOutcome['actionType'],
    durationMs: 0,
  }
}

interface LostDecision {
  readonly confirmation_id: string
  readonly tenant_id: string
  readonly user_id: string
  readonly trace_id: string
  readonly source: string
  readonly calls: unknown
  readonly call_ids: string[] | null
}

async function settle(parts: KernelParts, row: LostDecision): Promise<void> {
  const outcomes: CallOutcome[] = []
  for (const [index, stored] of (row.calls as StoredCall[]).entries()) // written by `askUser` only
    outcomes.push(await outcomeOf(parts, row, { stored, callId: row.call_ids?.[index] ?? '' }))
  const user = { tenantId: row.tenant_id, userId: row.user_id }
  const { status, isKept } = await keepResults(parts, user, row.confirmation_id, { outcomes, unlessKept: true })
  if (isKept) await tellDecision(parts, row, status)
}

const unended = (tx: Tx) =>
  tx
    .selectFrom('kernel.confirmation as c')
    .select(['c.confirmation_id', 'c.tenant_id', 'c.user_id', 'c.trace_id', 'c.source', 'c.calls', 'c.call_ids'])
    .where('c.status', 'in', ['confirmed', 'executing'])
    .where('c.call_ids', 'is not', null)
    .limit(AT_ONCE)

/** Ends confirmations whose node died between the decision and its results. Nothing is run again (K3.27). */
export async function settleLostDecisions(parts: KernelParts): Promise<number> {
  const dead = new Date(parts.clock.now() - DEAD_AFTER_SECONDS * 1000)
  const rows = await parts.db.everyTenant((tx) =>
    unended(tx)
      .leftJoin('kernel.node as n', 'n.node_id', 'c.node_id')
      .where('c.node_id', '<>', parts.nodeId)
      .where((on) => on.or([on('n.node_id', 'is', null), on('n.heartbeat_at', '<', dead)]))
      .execute(),
  )
  for (const row of rows) await settle(parts, row)
  return rows.length
}

/** The same for decisions of this node that it could not carry to their end because the database went away meanwhile. */
export async function settleOwnDecisions(parts: KernelParts): Promise<number> {
  const rows = await parts.db.everyTenant((tx) =>
    unended(tx).where('c.node_id', '=', parts.nodeId).where('c.status', '=', 'confirmed').execute(),
  )
  // Asked after the read: one that is carried out has been known here since before its row said so.
  const lost = rows.filter((row) => !parts.deciding.has(row.confirmation_id))
  for (const row of lost) await settle(parts, row)
  return lost.length
}
