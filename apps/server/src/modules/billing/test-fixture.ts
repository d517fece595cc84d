import { mountForTest, openTestNode, principalOf } from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import type { Principal } from '../../foundation/http/index.ts'
import type { StreamRecord } from '../outbox/index.ts'
import { type BillingOptions, openBilling } from './index.ts'

export interface Person {
  readonly tenantId: string
  readonly userId: string
}

/** Billing over real lower modules, with repeated work that the test runs itself. */
export async function openBillingFixture(changes: Partial<BillingOptions> = {}) {
  const database = await createTestDatabase()
  const node = await openTestNode(database)
  const streamed: StreamRecord[] = []
  node.outbox.listen((record) => streamed.push(record))
  const repeated = new Map<string, () => Promise<unknown>>()
  const jobs: BillingOptions['jobs'] = {
    every: (name, _seconds, work) => {
      repeated.set(name, () => work(new AbortController().signal))
      return async () => {}
    },
  }
  const options: BillingOptions = { ...node, jobs, chargeModels: true, ...changes }
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
    run: async (job: string) => repeated.get(job)?.(),
    /** A user whose wallet nobody has looked at. */
    someone: (tenantId = 'default'): Person => ({ tenantId, userId: `imp_u_user${String(++people).padStart(5, '0')}` }),
    async send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, as: Person | Principal | null, body?: object) {
      caller = as === null || 'kind' in as ? as : principalOf(as)
      const answer = await app.inject({ method, url, ...(body === undefined ? {} : { payload: body }) })
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
    },
    /** Rows as they are, of every tenant. */
    rows: async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> => {
      const [, result] = await node.db.atomic('*', [
        { text: 'select 1', values: [] },
        { text, values },
      ])
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
