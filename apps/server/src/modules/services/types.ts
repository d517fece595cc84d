import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { MailCase, Post } from '../../foundation/mail/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Connections } from '../connections/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Llm } from '../llm/index.ts'
import type { Notifications } from '../notifications/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Registry } from '../registry/index.ts'
import type { State } from '../state/index.ts'
import type { Storage } from '../storage/index.ts'
import type { Store } from '../store/index.ts'

/** A message in somebody's chat that nobody asked for; plugged in by the chat. */
export type Deliver = (
  user: { readonly tenantId: string; readonly userId: string },
  conversationId: string,
  said: {
    readonly text: string
    readonly type: 'response' | 'system' | 'tool_result'
    readonly status: 'done'
    readonly appId: string
  },
) => Promise<{ readonly message_id: string }>

/** What the routes for services stand on. */
export interface ServiceParts {
  readonly db: Database
  readonly clock: Clock
  readonly identity: Pick<Identity, 'findUser' | 'tenant' | 'settings'>
  readonly registry: Pick<Registry, 'app' | 'liveVersion' | 'resolve'>
  readonly store: Store
  /** Whether a document is reached by its id only in the name of a user (api.md 3.24). */
  readonly requireUser: boolean
  readonly storage: Storage
  readonly state: State
  readonly connections: Pick<Connections, 'seal' | 'open'>
  readonly notifications: Pick<Notifications, 'notify'>
  readonly outbox: Pick<Outbox, 'send' | 'connected'>
  readonly llm: Pick<Llm, 'complete'>
  readonly deliver: Deliver
  readonly audit: Pick<Audit, 'record'>
  readonly post: Pick<Post, 'sendNow'>
  /** Every kind of mail that the platform sends. */
  readonly mailCases: readonly MailCase[]
}
