import { sendMail } from '../mails.ts'
import type { BillingParts } from '../parts.ts'

const AHEAD_MS = 3 * 86_400_000

/** Writes three days ahead to everybody whose plan ends, or who has to pay for it by hand. Each end is told once. */
export async function remindOfEnds(parts: BillingParts): Promise<void> {
  const now = parts.clock.now()
  const ending = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('billing.subscription')
      .select(['tenant_id', 'user_id', 'plan_id', 'expires_at'])
      .where('status', '=', 'active')
      .where('expires_at', '>', new Date(now))
      .where('expires_at', '<=', new Date(now + AHEAD_MS))
      .where((eb) => eb.or([eb('cancel_at_period_end', '=', true), eb('billing_mode', '=', 'manual')]))
      .orderBy('expires_at')
      .limit(500)
      .execute(),
  )
  for (const row of ending) {
    const end = row.expires_at.toISOString()
    await sendMail(
      parts,
      { tenantId: row.tenant_id, userId: row.user_id },
      { kind: 'expiry_reminder', entity: end, values: { plan: row.plan_id, date: end.slice(0, 10) } },
    )
  }
}
