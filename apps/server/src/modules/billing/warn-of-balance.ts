import { sendMail } from './mails.ts'
import type { BillingParts, Owner } from './parts.ts'
import { tellEvent } from './tell-event.ts'
import type { Wallet } from './types.ts'

/** Below these parts of the plan's cap the owner is warned (K10.12). */
const LEVELS = [
  { alert: 'critical', below: 5 },
  { alert: 'warning', below: 20 },
] as const

type Alert = (typeof LEVELS)[number]['alert'] | null

export function alertOf(wallet: Pick<Wallet, 'available' | 'cap'>): Alert {
  return LEVELS.find(({ below }) => wallet.available * 100 < wallet.cap * below)?.alert ?? null
}

const isWorse = (now: Alert, before: Alert): boolean => now === 'critical' || (now === 'warning' && before === null)

/** Warns once when a wallet gets low, and once more when it is nearly empty; it may warn again after it was filled. */
export async function warnOfBalance(parts: BillingParts, owner: Owner, wallet: Wallet): Promise<void> {
  const alert = alertOf(wallet)
  const before = await parts.db.tenant(owner.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('billing.wallet')
      .select('alert')
      .where('tenant_id', '=', owner.tenantId)
      .where('user_id', '=', owner.userId)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined || row.alert === alert) return undefined
    await tx
      .updateTable('billing.wallet')
      .set({ alert })
      .where('tenant_id', '=', owner.tenantId)
      .where('user_id', '=', owner.userId)
      .execute()
    if (alert !== null && isWorse(alert, row.alert))
      await tellEvent(parts, tx, owner, {
        type: 'billing.balance_low',
        data: { level: alert, available: wallet.available, cap: wallet.cap },
      })
    return row.alert
  })
  if (before === undefined || alert === null || !isWorse(alert, before)) return
  const left = `${wallet.available} of ${wallet.cap} credits are left.`
  const title = alert === 'critical' ? 'Your credits are nearly used up' : 'Few credits are left'
  await parts.ports.notify(owner, { title, body: left, link: '/wallet/credits' })
  if (alert !== 'critical') return
  const entity = `${wallet.updatedAt}`
  await sendMail(parts, owner, { kind: 'low_balance', entity, values: { available: String(wallet.available) } })
}
