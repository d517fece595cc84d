import { readFileSync } from 'node:fs'
import { OPEN_TABLES } from '../../support/open-tables.ts'

/** What the database did while a request was answered; a line of `record-tenants.mjs`. */
export interface Acted {
  readonly kind: 'session' | 'key' | 'service' | 'nobody'
  readonly user?: string
  readonly key?: string
  readonly method: string
  readonly path: string
  /** `*` is every tenant. */
  readonly tenant: string
  /** Tables, and functions of the database with `()`. */
  readonly names: readonly string[]
  /** Left in a transaction that several callers shared; which of them is not known. */
  readonly shared: boolean
  /** The file below `apps/server/src` that asked, as far as the stack tells. */
  readonly file?: string
}

export const RECORDER = new URL('../../support/record-tenants.mjs', import.meta.url).href

export const readActed = (file: string): Acted[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

interface Exception {
  readonly why: string
  /** Begins of files below `apps/server/src/modules`. */
  readonly files: readonly string[]
  readonly names: readonly string[]
}

/** Where a request of a user looks past the tenants, into tables that have some. Nowhere else. */
export const OF_A_USER: readonly Exception[] = [
  {
    why: 'who somebody is, by a session, a key or an id, before the tenant is known; and that it ended',
    files: ['identity/'],
    names: [
      'identity.account',
      'identity.api_key',
      'identity.refresh_token',
      'identity.role',
      'identity.session',
      'identity.tenant',
      'identity.user_settings',
    ],
  },
  {
    why: 'that a session ended is written and told with its end, of whichever tenant it is',
    files: ['identity/records.ts', 'outbox/open-outbox.ts'],
    names: ['audit.entry', 'outbox.message'],
  },
  {
    why: 'scopes that are offered: those of the installation, and of the own tenant',
    files: ['identity/administration/scopes.ts'],
    names: ['identity.scope'],
  },
  {
    why: 'apps and developers belong to no tenant, and a deploy reaches all who installed the app',
    files: ['developer/', 'registry/publish-version.ts'],
    names: [
      'developer.deploy',
      'developer.membership',
      'developer.portal_app',
      'registry.due_hook',
      'registry.install',
    ],
  },
  {
    why: 'developers earn in all tenants, and of what somebody there owes nothing is paid out; it is their own account',
    files: ['billing/developers/earnings.ts', 'billing/developers/payouts.ts', 'billing/payments/owed-credits.ts'],
    names: ['billing.entry', 'billing.payment', 'billing.payout'],
  },
  {
    why: 'the audit row of a deploy or a review is written with what it records, which reaches all tenants; it names its own',
    files: ['audit/open-audit.ts'],
    names: ['audit.entry'],
  },
  {
    why: 'reviews and votes for them are read by everybody, and counted for the app',
    files: ['marketplace/reviews/'],
    names: ['marketplace.review', 'marketplace.vote'],
  },
  {
    why: 'whether an id that the tenant has not is one of another: that, and no more of it, is told to the security audit',
    files: ['kernel/confirmations/decide.ts'],
    names: ['kernel.confirmation'],
  },
  {
    why: 'one statement ends the calls of several tenants that end together; every row names its tenant',
    files: ['kernel/ledger/closer.ts'],
    names: [
      'kernel.confirmation',
      'kernel.effects_lost()',
      'kernel.kept_outcome',
      'kernel.open_call',
      'ledger.action',
      'outbox.message',
    ],
  },
  {
    why: 'what the models of the installation cost this month, one number for its budget',
    files: ['llm/config/caps.ts'],
    names: ['llm.usage'],
  },
  {
    why: 'loops that a request may wake; what they find, they do in the tenant of the row',
    files: ['state/skeleton-claims.ts', 'registry/due-hooks.ts', 'chat/turn/claim-turn.ts'],
    names: ['state.skeleton', 'registry.due_hook', 'chat.turn'],
  },
]

/** What an administrator of one tenant does besides. */
export const OF_AN_ADMINISTRATOR: readonly Exception[] = [
  ...OF_A_USER,
  {
    why: 'people, roles and scopes by an id; the answer says not found unless they are of the own tenant',
    files: ['identity/administration/'],
    names: ['audit.entry', 'identity.account', 'identity.role', 'identity.scope', 'identity.tenant'],
  },
]

/** What was done for every tenant at once, and no exception covers. */
export function beyond(acted: readonly Acted[], exceptions: readonly Exception[]): string[] {
  const covers = (file: string, name: string) =>
    exceptions.some(
      ({ files, names }) => names.includes(name) && files.some((one) => file.startsWith(`modules/${one}`)),
    )
  return acted
    .filter(({ tenant }) => tenant === '*')
    .flatMap(({ names, file = '', method, path }) =>
      names
        .filter((name) => !(name in OPEN_TABLES) && !covers(file, name))
        .map((name) => `${name} in ${file}: ${method} ${path}`),
    )
}
