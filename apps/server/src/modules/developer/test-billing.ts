import type { TestNode } from '../../../../../test/support/apps.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import { type Billing, openBilling } from '../billing/index.ts'
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
): Promise<Billing & { readonly mails: { kind: string; to: string }[] }> {
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
      installsOf: async () => 0,
      automationsOf: async () => 0,
      actionsOf: async () => 0,
      notify: async () => {},
    },
  })
  return { ...billing, mails }
}
