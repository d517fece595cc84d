import type { MountedRoute } from '../../foundation/http/index.ts'

export interface Billing {
  /** Credits of one user; a wallet with the free grant is created at the first look. */
  balance(tenantId: string, userId: string): Promise<{ balance: number; plan: string; cap: number; updatedAt: string }>
  readonly routes: readonly MountedRoute[]
}
