import { billing as routes } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { implement } from '../../foundation/http/index.ts'
import { FREE_PLAN, type FreePlan } from './free-plan.ts'
import { readBalance } from './read-balance.ts'
import type { Billing } from './types.ts'

export interface BillingOptions {
  readonly db: Database
  readonly clock: Clock
  readonly plan?: FreePlan
}

export function openBilling(options: BillingOptions): Billing {
  const parts = { ...options, plan: options.plan ?? FREE_PLAN }
  const balance: Billing['balance'] = (tenantId, userId) => readBalance(parts, tenantId, userId)
  return {
    balance,
    routes: [
      implement(routes.balance, async ({ user }) => {
        const wallet = await balance(user.tenantId, user.userId)
        return {
          balance: wallet.balance,
          currency: 'token' as const,
          updated_at: wallet.updatedAt,
          plan: wallet.plan,
          status: wallet.status,
          cap: wallet.cap,
          included_tokens: wallet.includedTokens,
        }
      }),
    ],
  }
}
