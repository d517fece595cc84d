import type { Selectable } from 'kysely'
import { sendMail } from '../mails.ts'
import type { BillingParts } from '../parts.ts'
import type { PayoutTable } from '../tables.ts'

const KINDS = { approved: 'payout_approved', rejected: 'payout_rejected', paid: 'payout_paid' } as const

/** Tells a developer what became of a payout, once for each step. */
export async function sendPayoutMail(parts: BillingParts, row: Selectable<PayoutTable>): Promise<void> {
  if (row.status === 'pending') return
  await sendMail(
    parts,
    { tenantId: row.tenant_id, userId: row.user_id },
    {
      kind: KINDS[row.status],
      entity: String(row.id),
      values: { dollars: row.amount_usd, credits: String(row.amount), note: row.admin_note ?? '' },
    },
  )
}
