import type { TestNode } from '../../../../../test/support/apps.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import { type Billing, openBilling } from '../billing/index.ts'
import { booking, PAYMENTS_ACCOUNT, userAccount } from '../billing/ledger/book.ts'
import type { DeveloperOptions } from './open-developer.ts'

/** Repeated work that a test runs itself, by name. */
export function testJobs() {
  const works = new Map<string, () => Promise<unknown>>()
  const every: DeveloperOptions['jobs']['every'] = (name, _seconds, work) => {
    works.set(name, () => work(new AbortController().signal))
    return async () => {}
  }
  return { jobs: { every, upkeep: every }, run: async (name: string) => works.get(name)?.() }
}

/** Billing over a test's database; mails are gathered. */
export async function openTestBilling(
  node: TestNode,
  jobs: DeveloperOptions['jobs'],
  payoutMinimum = 10_000,
): Promise<
  Billing & {
    readonly mails: { kind: string; to: string }[]
    /** Credits for money, as a payment that has arrived brings them. */
    buy(user: { tenantId: string; userId: string }, amount: number): Promise<void>
  }
> {
  const mails: { kind: string; to: string }[] = []
  const billing = await openBilling({
    ...node,
    jobs,
    audit: openAudit(node),
    post: { post: (mail) => void mails.push(mail) },
    keyring: testKeyring(),
    settings: { chargeModels: true, payments: true, payoutMinimum, stripe: null, publicUrl: 'http://x' },
    ports: {
      emailOf: async ({ userId }) => `${userId.toLowerCase()}@example.com`,
      tenantOf: async () => 'default',
      isActive: async () => true,
      installsOf: async () => 0,
      automationsOf: async () => 0,
      actionsOf: async () => 0,
      notify: async () => {},
    },
  })
  let bought = 0
  return {
    ...billing,
    mails,
    async buy({ tenantId, userId }, amount) {
      await billing.balance(tenantId, userId)
      const transactionId = `bought:${++bought}:${userId}`
      const line = { reason: 'topup', description: 'Bought' } as const
      const lines = [
        { ...line, account: userAccount(userId), amount, paid: amount, eventId: transactionId },
        { ...line, account: PAYMENTS_ACCOUNT, amount: -amount, eventId: `${transactionId}:from` },
      ]
      await node.db.atomic(tenantId, [booking({ tenantId, transactionId, at: node.clock.iso(), lines })])
    },
  }
}
