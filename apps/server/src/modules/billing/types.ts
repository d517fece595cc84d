import type { MountedRoute } from '../../foundation/http/index.ts'

export interface Balance {
  /** Whole credits; one credit is a thousandth of a dollar (K10.1). */
  readonly balance: number
  readonly plan: string
  readonly status: string
  readonly cap: number
  readonly includedTokens: number
  readonly updatedAt: string
}

export interface Billing {
  /** Credits of one user; a wallet with the free grant is created at the first look. */
  balance(tenantId: string, userId: string): Promise<Balance>
  readonly routes: readonly MountedRoute[]
}
