import type { JsonObject } from '@imperal/contract'
import { mountForTest, openTestNode, principalOf } from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { EVERY_TENANT } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import type { Mail } from '../../foundation/mail/index.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import type { StreamRecord } from '../outbox/index.ts'
import { type BillingOptions, type BillingPorts, type BillingSettings, openBilling } from './index.ts'

export interface Person {
  readonly tenantId: string
  readonly userId: string
}

/** Users of these tests carry their tenant in their id, as `userOf` makes them. */
const tenantOf = async (userId: string) => /^imp_u_([^_]+)_/.exec(userId)?.[1] ?? null

export const TEST_SETTINGS: BillingSettings = {
  chargeModels: true,
  payments: true,
  payoutMinimum: 10_000,
  stripe: null,
  publicUrl: 'http://127.0.0.1:4780',
}

/** Ports of a billing that stands alone: everybody is there and has an address, nobody has installed or done anything. */
export const TEST_PORTS: BillingPorts = {
  emailOf: async ({ userId }) => `${userId}@example.com`,
  tenantOf,
  isActive: async () => true,
  installsOf: async () => 0,
  automationsOf: async () => 0,
  actionsOf: async () => 0,
  notify: async () => {},
}

/** Billing over real lower modules, with repeated work that the test runs itself. */
export async function openBillingFixture(settings: Partial<BillingSettings> = {}, ports: Partial<BillingPorts> = {}) {
  const database = await createTestDatabase()
  const node = await openTestNode(database)
  const streamed: StreamRecord[] = []
  node.outbox.listen((record) => streamed.push(record))
  const mails: Mail[] = []
  const notices: (Person & { title: string })[] = []
  const repeated = new Map<string, () => Promise<unknown>>()
  const every: BillingOptions['jobs']['every'] = (name, _seconds, work) => {
    repeated.set(name, () => work(new AbortController().signal))
    return async () => {}
  }
  const jobs = { every, upkeep: every }
  const options: BillingOptions = {
    ...node,
    jobs,
    audit: openAudit(node),
    post: { post: (mail) => void mails.push(mail) },
    keyring: testKeyring(),
    settings: { ...TEST_SETTINGS, ...settings },
    ports: { ...TEST_PORTS, notify: async (owner, notice) => void notices.push({ ...owner, ...notice }), ...ports },
  }
  const billing = await openBilling(options)
  let caller: Principal | null = null
  const app = await mountForTest(billing.routes, () => caller)
  let people = 0

  return {
    ...node,
    database,
    options,
    billing,
    streamed,
    mails,
    notices,
    run: async (job: string) => repeated.get(job)?.(),
    /** A user whose wallet nobody has looked at. */
    someone: (tenantId = 'default'): Person => ({
      tenantId,
      userId: `imp_u_${tenantId}_${String(++people).padStart(5, '0')}`,
    }),
    async send(
      method: 'GET' | 'POST' | 'PUT' | 'DELETE',
      url: string,
      as: Person | Principal | null,
      body?: object | string,
      headers: Record<string, string> = {},
    ) {
      caller = as === null || 'kind' in as ? as : principalOf(as)
      const answer = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) })
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
    },
    /** What apps of a user hear of their money, in order. */
    async eventsOf({ tenantId, userId }: Person): Promise<{ type: string; data: JsonObject }[]> {
      const text = `select payload ->> 'event_type' as type, payload -> 'data' as data from outbox.message
        where tenant_id = $1 and user_id = $2 and type = 'event' order by xid, seq`
      const [result] = await node.db.atomic(EVERY_TENANT, [{ text, values: [tenantId, userId] }])
      return (result?.rows ?? []) as { type: string; data: JsonObject }[]
    },
    /** Rows as they are, of every tenant. */
    rows: async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> => {
      const [result] = await node.db.atomic(EVERY_TENANT, [{ text, values }])
      return (result?.rows ?? []) as Row[]
    },
    async close() {
      await app.close()
      await billing.close()
      await node.close()
    },
  }
}

export type BillingFixture = Awaited<ReturnType<typeof openBillingFixture>>

/** A service in the name of a user. */
export const serviceFor = (user: Person | null, more: Partial<Principal> = {}): Principal =>
  principalOf(user, { kind: 'service', credential: 'service_token', ...more })
/** A service in the name of an administrator of the installation. */
export const asAdmin = serviceFor({ tenantId: 'default', userId: 'imp_u_default_root' }, { role: 'admin' })
