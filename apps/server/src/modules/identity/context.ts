import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { Log } from '../../foundation/log.ts'
import type { Post } from '../../foundation/mail/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { AccessTokens } from './access-token.ts'
import type { Attempts } from './attempts.ts'
import type { Chores, IdentityPorts } from './chores.ts'
import type { Directory } from './directory.ts'
import type { Changes } from './notices.ts'
import type { OidcPolicy } from './oidc/provider.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What the operator decides about accounts. */
export interface IdentityPolicy {
  /** Base of links in mails and of the token's issuer, without a trailing slash. */
  readonly publicUrl: string
  /** A sign-up with a known address answers 409; otherwise it answers as always and the owner gets a mail. */
  readonly revealExisting: boolean
  /** Raises the documented minimum of every password; 0 leaves them. */
  readonly passwordMinimum: number
  /** Multiplies the limits per e-mail address. */
  readonly limitFactor: number
  /** Users may point their own model at private addresses. */
  readonly allowPrivateNetwork: boolean
  /** Absent: nobody signs in elsewhere. */
  readonly oidc?: OidcPolicy | undefined
}

/** What every use case of this module works with. */
export interface IdentityContext {
  readonly db: Database
  readonly changes: Changes
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly audit: Audit
  readonly outbox: Outbox
  readonly post: Post
  readonly keys: SigningKeys
  readonly tokens: AccessTokens
  readonly directory: Directory
  readonly attempts: Attempts
  readonly ports: IdentityPorts
  readonly chores: Chores
  readonly policy: IdentityPolicy
}

/** Where a request came from, for sessions and the audit log. */
export interface Caller {
  readonly ip: string
  readonly userAgent: string | null
  readonly requestId: string
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The clock's moment, moved by `plus` milliseconds, as the database takes it. */
export const moment = (context: { readonly clock: Clock }, plus = 0): Date => new Date(context.clock.now() + plus)
