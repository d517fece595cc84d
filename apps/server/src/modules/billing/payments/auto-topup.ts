import type { AutoTopUpSettings } from '@imperal/contract'
import { sql } from 'kysely'
import { billingErrors } from '../errors.ts'
import { sendMail } from '../mails.ts'
import { noteMoney } from '../note-money.ts'
import type { BillingParts, Owner } from '../parts.ts'
import type { Wallet } from '../types.ts'
import { cardOf, methodsOf } from './customers.ts'
import { chargePayment } from './pay.ts'
import { insertPayment, openPayments } from './payment-rows.ts'
import { offerFor } from './topup.ts'

const DEFAULTS = { enabled: false, threshold_pct: 10, recharge_tokens: 20_000, payment_method_id: '' }
/** One attempt in five minutes (K10.12), one in an hour after a card was declined, none after the third (api.md 5.9). */
const PAUSE_MS = 5 * 60_000
const DECLINED_PAUSE_MS = 3_600_000
const MOST_DECLINES = 3

export async function readAutoTopup(parts: BillingParts, owner: Owner): Promise<AutoTopUpSettings> {
  const row = await parts.db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('billing.auto_topup')
      .select(['enabled', 'threshold_pct', 'recharge_tokens', 'payment_method_id'])
      .where('user_id', '=', owner.userId)
      .executeTakeFirst(),
  )
  const found = row ?? DEFAULTS
  return { ...found, recharge_cents: offerFor(parts, found.recharge_tokens)?.cents ?? 0 }
}

/** @throws BILLING_CARD_NEEDED, BILLING_WRONG_PRICE */
export async function writeAutoTopup(
  parts: BillingParts,
  owner: Owner,
  wanted: Omit<AutoTopUpSettings, 'recharge_cents'>,
): Promise<AutoTopUpSettings> {
  if (offerFor(parts, wanted.recharge_tokens) === null)
    throw billingErrors.WRONG_PRICE({ tokens: wanted.recharge_tokens })
  if (wanted.enabled) {
    const methods = await methodsOf(parts, owner)
    const chosen = wanted.payment_method_id
    if (methods.length === 0 || (chosen !== '' && !methods.some((one) => one.id === chosen)))
      throw billingErrors.CARD_NEEDED()
  }
  // Who sets it anew is tried anew.
  const values = { ...wanted, declines: 0, not_before: null }
  await parts.db.tenant(owner.tenantId, async (tx) => {
    await tx
      .insertInto('billing.auto_topup')
      .values({ tenant_id: owner.tenantId, user_id: owner.userId, ...values })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(values))
      .execute()
    const { enabled, threshold_pct, recharge_tokens } = wanted
    await noteMoney(parts, tx, owner, {
      action: 'billing.auto_topup_set',
      targetType: 'auto_topup',
      targetId: owner.userId,
      metadata: { enabled, threshold_pct, recharge_tokens },
      actorId: owner.userId,
    })
  })
  return readAutoTopup(parts, owner)
}

/** Takes the right to try, for five minutes; null when it is off, not due, or somebody else has it. */
function claim(parts: BillingParts, owner: Owner, wallet: Wallet) {
  const now = parts.clock.now()
  return parts.db.tenant(owner.tenantId, (tx) =>
    tx
      .updateTable('billing.auto_topup')
      .set({ not_before: new Date(now + PAUSE_MS).toISOString() })
      .where('user_id', '=', owner.userId)
      .where('enabled', '=', true)
      .where((eb) => eb.or([eb('not_before', 'is', null), eb('not_before', '<=', new Date(now))]))
      .where((eb) => eb(eb.val(wallet.available * 100), '<', eb('threshold_pct', '*', wallet.cap)))
      .returningAll()
      .executeTakeFirst(),
  )
}

async function noteDecline(parts: BillingParts, owner: Owner, reason: string): Promise<void> {
  const now = parts.clock.now()
  const row = await parts.db.tenant(owner.tenantId, async (tx) => {
    const changed = await tx
      .updateTable('billing.auto_topup')
      .set((eb) => ({
        declines: eb('declines', '+', 1),
        not_before: new Date(now + DECLINED_PAUSE_MS).toISOString(),
        enabled: sql<boolean>`declines < ${MOST_DECLINES - 1}`,
      }))
      .where('user_id', '=', owner.userId)
      .returning(['declines', 'enabled'])
      .executeTakeFirst()
    await noteMoney(parts, tx, owner, {
      action: 'billing.auto_topup_declined',
      targetType: 'auto_topup',
      targetId: owner.userId,
      metadata: { reason, declines: changed?.declines ?? 0, enabled: changed?.enabled ?? false },
    })
    return changed
  })
  parts.log.info({ userId: owner.userId, declines: row?.declines }, 'an automatic top-up was declined')
  await sendMail(parts, owner, { kind: 'auto_topup_failed', entity: String(now), values: { reason } })
}

/** Buys credits for a wallet that has fallen below its threshold, when its owner wants that. */
export async function autoTopup(parts: BillingParts, owner: Owner, wallet: Wallet): Promise<void> {
  const row = await claim(parts, owner, wallet)
  if (row === undefined || !(await parts.ports.isActive(owner))) return
  const tokens = row.recharge_tokens
  const offer = offerFor(parts, tokens)
  if (offer === null) return noteDecline(parts, owner, `${tokens} credits are no longer sold at once`)
  const { cents: amountCents, bonus } = offer
  let reason: string
  try {
    const provider = await parts.providers.current()
    const methodId = await cardOf(parts, owner, row.payment_method_id)
    const purpose = bonus === 0 ? {} : { bonus_tokens: bonus }
    const payment = await parts.db.tenant(owner.tenantId, async (tx) => {
      // One whose end nobody knows yet goes on: another would charge twice.
      const [open] = await openPayments(tx, owner, 'auto_topup')
      const wanted = { ...owner, type: 'auto_topup', amountCents, tokens, purpose, provider: provider.name } as const
      return open ?? insertPayment(tx, wanted, parts.clock.iso())
    })
    const description = `${payment.tokens} credits, bought automatically`
    const { charge } = await chargePayment(parts, payment, { methodId, offSession: true, description })
    if (charge.status !== 'failed') return
    reason = charge.failure ?? 'the card was declined'
  } catch (error) {
    if ((error as { code?: unknown }).code === 'BILLING_PROVIDER_FAILED') throw error
    reason = error instanceof Error ? error.message : String(error)
  }
  await noteDecline(parts, owner, reason)
}
