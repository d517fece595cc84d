import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { runIn } from './ledger/move-credits.ts'
import type { BillingParts, Owner } from './parts.ts'

export interface MoneyAct {
  readonly action: string
  readonly targetType: 'payment' | 'subscription' | 'card' | 'auto_topup' | 'profile'
  readonly targetId: string
  readonly metadata?: JsonObject
  /** Who did it; the platform by itself unless said otherwise. */
  readonly actorId?: string | undefined
}

const BY_ITSELF = '__billing__'

/** Writes down what happens to somebody's money or plan, in the transaction in which it happens. */
export async function noteMoney(
  { audit }: Pick<BillingParts, 'audit'>,
  tx: Tx,
  owner: Owner,
  { actorId, ...act }: MoneyAct,
): Promise<void> {
  await runIn(
    tx,
    audit.recording({
      ...act,
      tenantId: owner.tenantId,
      userId: owner.userId,
      actorId: actorId ?? BY_ITSELF,
      actorType: actorId === undefined ? 'service' : 'user',
      source: 'billing',
    }),
  )
}

/** The same for what is changed elsewhere, at a provider: written down first, for what cannot be recorded is not done. */
export const noteOwn = (
  { audit, db }: Pick<BillingParts, 'audit' | 'db'>,
  owner: Owner,
  act: MoneyAct,
): Promise<void> =>
  db.tenant(owner.tenantId, (tx) => noteMoney({ audit }, tx, owner, { ...act, actorId: owner.userId }))
