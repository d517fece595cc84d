import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Post } from '../../foundation/mail/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Providers } from './payments/choose-provider.ts'
import type { PriceBook } from './pricing/price-book.ts'
import type { WalletWatch } from './watch-wallets.ts'

export interface Owner {
  readonly tenantId: string
  readonly userId: string
}

/** What billing has to know of others; plugged in. */
export interface BillingPorts {
  /** Null when the user has no address, or is none. */
  emailOf(owner: Owner): Promise<string | null>
  /** Tenant of a user; null: there is no such user. */
  tenantOf(userId: string): Promise<string | null>
  /** Whether the account may act: it is neither deactivated nor deleted, and neither is its tenant. */
  isActive(owner: Owner): Promise<boolean>
  /** Installed apps, without those of the platform that nobody installs. */
  installsOf(owner: Owner): Promise<number>
  /** Automations that the user keeps. */
  automationsOf(owner: Owner): Promise<number>
  /** Changes that the user made through apps since a moment. */
  actionsOf(owner: Owner, since: Date): Promise<number>
  notify(owner: Owner, notice: { readonly title: string; readonly body: string; readonly link: string }): Promise<void>
}

/** What the use cases of billing share. */
export interface BillingParts {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly book: PriceBook
  readonly audit: Pick<Audit, 'recording'>
  readonly outbox: Pick<Outbox, 'publishingMany'>
  readonly post: Pick<Post, 'post'> & Partial<Pick<Post, 'skipped'>>
  readonly providers: Providers
  readonly watch: WalletWatch
  readonly ports: BillingPorts
  readonly publicUrl: string
  /** Least credits of one payout. */
  readonly payoutMinimum: number
}
