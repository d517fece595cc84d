import { MailboxAccount, type MailServer } from '@imperal/contract'
import type { StoreScope } from '../../foundation/scope.ts'
import { type Egress, EgressError } from '../hosts/index.ts'
import type { Registry } from '../registry/index.ts'
import { declarationsOf, type Secrets } from '../secrets/index.ts'
import type { Store } from '../store/index.ts'
import { mailboxErrors } from './errors.ts'

const APP = 'mail'
const COLLECTION = 'mailboxes'
const PASSWORD = 'password'

export interface AccountParts {
  readonly store: Pick<Store, 'query'>
  readonly secrets: Pick<Secrets, 'get'>
  readonly registry: Pick<Registry, 'resolve'>
  readonly egress: Pick<Egress, 'addressOf'>
}

export interface OpenAccount extends MailboxAccount {
  readonly password: string
}
type Person = Pick<StoreScope, 'tenantId' | 'userId'>

/** Where the user's mailbox is, and what opens it. @throws MAILBOX_NOT_SET_UP, MAILBOX_PASSWORD_MISSING */
export async function accountOf(parts: AccountParts, { tenantId, userId }: Person): Promise<OpenAccount> {
  const scope = { tenantId, userId, appId: APP }
  const [app, { data }] = await Promise.all([
    parts.registry.resolve(scope, APP),
    parts.store.query(scope, COLLECTION, { order_by: '-created_at', limit: 1 }),
  ])
  const account = MailboxAccount.safeParse(data[0]?.data)
  if (app === null || !account.success) throw mailboxErrors.NOT_SET_UP()
  const password = await parts.secrets.get(scope, declarationsOf(app.version.manifest), PASSWORD, 'platform')
  if (password === null) throw mailboxErrors.PASSWORD_MISSING()
  return { ...account.data, password }
}

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/

/**
 * The address to connect to, by the rules of the way out. Without encryption only this machine is reached: a password
 * never crosses a network in the clear. @throws MAILBOX_SERVER_CLOSED_OFF, MAILBOX_UNREACHABLE
 */
export async function addressOf(egress: Pick<Egress, 'addressOf'>, { host, security }: MailServer): Promise<string> {
  try {
    const address = await egress.addressOf(host)
    if (security === 'none' && !LOOPBACK.test(address))
      throw mailboxErrors.SERVER_CLOSED_OFF({
        reason: `${host} is not on this machine, so it is reached with encryption only.`,
      })
    return address
  } catch (problem) {
    if (!(problem instanceof EgressError)) throw problem
    if (problem.code === 'EGRESS_REFUSED') throw mailboxErrors.SERVER_CLOSED_OFF({ reason: problem.message })
    throw mailboxErrors.UNREACHABLE({ host, why: 'it has no address.' }, problem)
  }
}
