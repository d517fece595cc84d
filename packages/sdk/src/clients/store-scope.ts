import type { HandlerKind } from '@imperal/contract/host-protocol'

/** What the store of one context may reach. */
export interface StoreScope {
  readonly kind: HandlerKind
  /** The acting user, a pseudo identity included. */
  readonly userId: string
  /** Schedules and signals: `listUsers` and `queryAll` work. */
  readonly isSystem: boolean
  /** Webhooks: `forUser` works. */
  readonly mayActForUsers: boolean
}
