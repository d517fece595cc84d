import type { BillingParts, Owner } from './parts.ts'

type MailKind =
  | 'plan_activated'
  | 'renewal_success'
  | 'renewal_failed'
  | 'expiry_reminder'
  | 'low_balance'
  | 'payment_receipt'
  | 'auto_topup_failed'
  | 'payout_approved'
  | 'payout_rejected'
  | 'payout_paid'

type Values = Readonly<Record<string, string>>

const LETTERS: Readonly<Record<MailKind, (values: Values) => { subject: string; text: string }>> = {
  plan_activated: ({ plan }) => ({
    subject: `Your plan ${plan} is active`,
    text: `Your plan ${plan} is active from now on. Thank you.`,
  }),
  renewal_success: ({ plan }) => ({
    subject: `Your plan ${plan} was renewed`,
    text: `Your plan ${plan} was renewed for another period.`,
  }),
  renewal_failed: ({ plan, reason }) => ({
    subject: `Your plan ${plan} could not be renewed`,
    text: `Your plan ${plan} could not be renewed: ${reason}. It goes on for seven days; we try again until then.`,
  }),
  expiry_reminder: ({ plan, date }) => ({
    subject: `Your plan ${plan} ends on ${date}`,
    text: `Your plan ${plan} ends on ${date}. What the plan gave and you did not use ends with it; credits that you bought stay.`,
  }),
  low_balance: ({ available }) => ({
    subject: 'Few credits are left',
    text: `Your wallet holds ${available} credits. What costs credits stops when none are left.`,
  }),
  payment_receipt: ({ amount, tokens }) => ({
    subject: `Receipt: ${amount}`,
    text: `You paid ${amount}.${tokens === '0' ? '' : ` ${tokens} credits are in your wallet.`}`,
  }),
  auto_topup_failed: ({ reason }) => ({
    subject: 'Credits could not be bought automatically',
    text: `We tried to buy credits for you, and it did not work: ${reason}.`,
  }),
  payout_approved: ({ dollars, credits }) => ({
    subject: `Your payout of $${dollars} was approved`,
    text: `Your payout of ${credits} credits ($${dollars}) was approved. The money is on its way.`,
  }),
  payout_rejected: ({ dollars, credits, note }) => ({
    subject: `Your payout of $${dollars} was turned down`,
    text: `Your payout of ${credits} credits was turned down${note ? `: ${note}` : '.'}\nThe credits are among your earnings again.`,
  }),
  payout_paid: ({ dollars }) => ({
    subject: `Your payout of $${dollars} was sent`,
    text: `$${dollars} were sent to you.`,
  }),
}

/**
 * Sends a mail about money, once: `entity` says about what (a period, a payment). Nothing happens without an address. Called
 * after the transaction that is told of.
 */
export async function sendMail(
  parts: BillingParts,
  owner: Owner,
  mail: { readonly kind: MailKind; readonly entity: string; readonly values: Values },
): Promise<void> {
  const to = await parts.ports.emailOf(owner)
  if (to === null) return
  const key = `${mail.kind}:${owner.userId}:${mail.entity}`
  const taken = await parts.db.everyTenant((tx) =>
    tx
      .insertInto('billing.sent_mail')
      .values({ dedup_key: key, sent_at: parts.clock.iso() })
      .onConflict((conflict) => conflict.doNothing())
      .returning('dedup_key')
      .executeTakeFirst(),
  )
  if (taken === undefined) return
  const { subject, text } = LETTERS[mail.kind](mail.values)
  parts.post.post({ kind: mail.kind, to, subject, text: `${text}\n\n--\n${parts.publicUrl}/settings/billing\n` })
}
