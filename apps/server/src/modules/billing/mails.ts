import type { Mail, MailCase } from '../../foundation/mail/index.ts'
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
  const letter = { ...letterOf(parts.publicUrl, to, mail), userId: owner.userId, dedupKey: key }
  if (taken === undefined) parts.post.skipped?.(letter)
  else parts.post.post(letter)
}

function letterOf(publicUrl: string, to: string, { kind, values }: { kind: MailKind; values: Values }): Mail {
  const { subject, text } = LETTERS[kind](values)
  const link = `${publicUrl}/wallet/payments`
  return { kind, to, subject, text: `${text}\n\n--\n${link}\n`, values: { ...values, link } }
}

const ABOUT: Readonly<Record<MailKind, string>> = {
  plan_activated: 'A plan begins.',
  renewal_success: 'A plan was renewed.',
  renewal_failed: 'A plan could not be renewed.',
  expiry_reminder: 'A plan ends soon.',
  low_balance: 'Few credits are left.',
  payment_receipt: 'A payment succeeded.',
  auto_topup_failed: 'Credits could not be bought automatically.',
  payout_approved: 'A developer’s payout was approved.',
  payout_rejected: 'A developer’s payout was turned down.',
  payout_paid: 'A developer’s payout was sent.',
}
const SAMPLE = {
  ...{ plan: 'pro', reason: 'the card was declined', date: '2026-12-31', available: '100', amount: '$10.00' },
  ...{ tokens: '10000', dollars: '10.000', credits: '10000', note: 'The address is missing.' },
}

/** The mails about money, each as it looks. */
export const billingMails = (publicUrl: string): MailCase[] =>
  (Object.keys(ABOUT) as MailKind[]).map((kind) => ({
    case: kind,
    description: ABOUT[kind],
    sample: letterOf(publicUrl, 'ada@example.com', { kind, values: SAMPLE }),
  }))
