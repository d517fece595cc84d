import { hash } from 'node:crypto'
import type { ConfirmationItem, JsonObject } from '@imperal/contract'
import { canonicalJson } from '@imperal/ir'
import type { Updateable } from 'kysely'
import type { Statement, Tx } from '../../../foundation/db/index.ts'
import type { BoundCall } from '../corridor/stages.ts'
import { toDatabaseJson } from '../ledger/mask.ts'
import type { KernelParts } from '../parts.ts'
import type { ConfirmationTable } from '../tables.ts'
import type { CallOutcome } from '../types.ts'

const MONEY_APP = 'billing'
const MONEY_FUNCTIONS: ReadonlySet<string> = new Set([
  'buy_tokens',
  'cancel_subscription',
  'change_plan',
  'downgrade_plan',
  'renew_subscription',
  'resume_subscription',
  'upgrade_plan',
])
/** How long a person has to decide about money. */
export const MONEY_TTL_SECONDS = 900

/** Whether only a person at the panel lets this run, whatever policies, modes and bypasses say (api.md 5.6, kernel 3.5.5). */
export const movesMoney = ({ use, handler }: Pick<BoundCall, 'use' | 'handler'>): boolean =>
  use.app.firstParty && use.app.appId === MONEY_APP && MONEY_FUNCTIONS.has(handler.functionName)

/** What makes a repeated call the one that was released: its user, app, function and arguments, in any order of keys. */
export function moneyKeyOf({ use, handler, params }: BoundCall): string {
  return `sha256:${hash('sha256', `${use.app.appId}\n${handler.functionName}\n${canonicalJson(params)}`)}`
}

/** The card as the asking side shows it; `panel_url` is where it is released. */
export interface MoneyCard {
  readonly confirmation_id: string
  readonly title: string
  readonly message: string
  readonly items: readonly ConfirmationItem[]
  readonly expires_at: string
  readonly kind: 'money'
}

/** The answer of api.md 3.8 to a call that waits for its release. */
export const approvalData = (card: MoneyCard, publicUrl: string): JsonObject => ({
  confirmation_id: card.confirmation_id,
  panel_url: panelUrlOf(publicUrl, card.confirmation_id),
  summary: card.title,
  expires_at: card.expires_at,
  confirmation: card as unknown as JsonObject, // JSON: its items were read from JSON
})

export const panelUrlOf = (publicUrl: string, confirmationId: string): string =>
  `${publicUrl}/?confirmation=${confirmationId}`

export type Release =
  | { readonly kind: 'none' }
  | { readonly kind: 'waits'; readonly card: MoneyCard }
  /** This call, and no other, may run. */
  | { readonly kind: 'taken'; readonly confirmationId: string }
  /** Declined by the person, or left until its time was over. */
  | { readonly kind: 'denied'; readonly status: 'cancelled' | 'expired'; readonly confirmationId: string }
  | { readonly kind: 'used'; readonly confirmationId: string }

/** The newest question of the same call. What can still be taken comes first, then what waits, then what is over. */
function find(tx: Tx, call: BoundCall, now: number) {
  const { actor } = call.pass
  return tx
    .selectFrom('kernel.confirmation')
    .select(['confirmation_id', 'status', 'title', 'message', 'items', 'expires_at', 'decided_via'])
    .where('tenant_id', '=', actor.tenantId)
    .where('user_id', '=', actor.userId)
    .where('kind', '=', 'money')
    .where('money_key', '=', moneyKeyOf(call))
    .where('told', '=', false)
    .where('expires_at', '>', new Date(now - MONEY_TTL_SECONDS * 1000))
    .orderBy((row) =>
      row
        .case()
        .when(row.and([row('status', '=', 'confirmed'), row('expires_at', '>', new Date(now))]))
        .then(0)
        .when(row.and([row('status', '=', 'pending'), row('expires_at', '>', new Date(now))]))
        .then(1)
        .else(2)
        .end(),
    )
    .orderBy('created_at', 'desc')
    .limit(1)
    .forUpdate() // of two equal calls at once, one takes the release and the other finds it taken
    .executeTakeFirst()
}
type Found = NonNullable<Awaited<ReturnType<typeof find>>>

function endOf({ confirmation_id: confirmationId, status, decided_via }: Found): Release {
  if (status === 'cancelled') return { kind: 'denied', status, confirmationId }
  // Nobody decided in time; a release that nobody took in time was decided.
  if (decided_via === null) return { kind: 'denied', status: 'expired', confirmationId }
  return { kind: 'used', confirmationId }
}

/**
 * What the person said to this very call. A release is taken by the first call that comes for it; an end is told once, and
 * the same call after that is a new question.
 */
export function takeRelease(parts: Pick<KernelParts, 'db' | 'clock' | 'nodeId'>, call: BoundCall): Promise<Release> {
  const now = parts.clock.now()
  return parts.db.tenant(call.pass.actor.tenantId, async (tx): Promise<Release> => {
    const row = await find(tx, call, now)
    if (row === undefined) return { kind: 'none' }
    const change = (values: Updateable<ConfirmationTable>) =>
      tx.updateTable('kernel.confirmation').set(values).where('confirmation_id', '=', row.confirmation_id).execute()
    const isInTime = row.expires_at.getTime() > now
    if (row.status === 'pending' && isInTime) return { kind: 'waits', card: cardOf(row) }
    if (row.status === 'confirmed' && isInTime) {
      await change({ status: 'executing', node_id: parts.nodeId, call_ids: JSON.stringify([call.pass.callId]) })
      return { kind: 'taken', confirmationId: row.confirmation_id }
    }
    await change({ told: true })
    return endOf(row)
  })
}

function cardOf(row: Found): MoneyCard {
  return {
    confirmation_id: row.confirmation_id,
    title: row.title,
    message: row.message,
    items: row.items as unknown as ConfirmationItem[], // written by `askUser` only
    expires_at: row.expires_at.toISOString(),
    kind: 'money',
  }
}

/** What came of a call that took a release; written with the record of the call. */
export const releaseEnded = (confirmationId: string, tenantId: string, outcome: CallOutcome): Statement => ({
  text: `update kernel.confirmation set status = $3, results = $4, outcomes = $5
where confirmation_id = $1 and tenant_id = $2 and kind = 'money' and status = 'executing'`,
  values: [
    confirmationId,
    tenantId,
    outcome.status === 'success' ? 'executed' : 'failed',
    toDatabaseJson([outcome.response]),
    toDatabaseJson([outcome]),
  ],
})
