/**
 * `npm run bench -- schedule`: due minutes that the job engine hands to three nodes, from being due to their noted end, against the
 * engine alone: the same jobs, taken and completed by as many workers. Then due minutes that three nodes race for, each of which runs
 * once, and what finding the users of a minute costs, page by page, as they become more. Prints minutes (users) per second and p50
 * and p99 in ms of one (of a page). The handler itself takes no time here.
 */
import pg from 'pg'
import { testKeyring } from '../apps/server/src/foundation/test-keys.ts'
import type { KernelParts } from '../apps/server/src/modules/kernel/parts.ts'
import { fireSchedule } from '../apps/server/src/modules/kernel/schedules/fire-schedule.ts'
import { openStore } from '../apps/server/src/modules/store/index.ts'
import { type Bench, report, timed, withBench } from './open-bench.ts'

const MINUTES = 500
const NODES = 3
const AT_ONCE = 20
const SIZES = [1_000, 10_000, 100_000]
const PAGE = 500

/** What firing uses of a kernel: one tenant has the app, and its handler answers at once. */
function nodeOf(bench: Bench, name: string, ran: string[]): KernelParts {
  const app = {
    appId: 'clock',
    name: 'Clock',
    ownerId: null,
    ownerTenantId: 'default',
    status: 'active',
    firstParty: false,
  }
  return {
    ...bench,
    nodeId: name,
    registry: {
      app: async (appId: string) => ({ ...app, appId }),
      tenantsOf: async () => ['default'],
      tenantsWith: async () => ['default'],
    },
    runInner: async () => {
      ran.push(name)
      return { response: { status: 'success' } }
    },
    dueRuns: new Set(),
  } as unknown as KernelParts // everything else of a kernel has no part in it
}

interface SentMinute {
  readonly n: number
  readonly sent: number
}

/** Minutes as the engine hands them out: one job each, taken by one of three nodes. */
async function handedOut(
  bench: Bench,
  { queue, run }: { readonly queue: string; readonly run: (node: number, minute: number) => Promise<unknown> },
): Promise<{ seconds: number; each: number[] }> {
  const each: number[] = []
  const all = Promise.withResolvers<void>()
  const engines = await Promise.all(Array.from({ length: NODES }, () => bench.openEngine()))
  for (const [node, jobs] of engines.entries())
    await jobs.work<SentMinute>(queue, { concurrency: 4 }, async ({ data }) => {
      await run(node, data.n)
      each.push(performance.now() - data.sent)
      if (each.length === MINUTES) all.resolve()
    })
  let next = 0
  const sender = async () => {
    while (next < MINUTES) await engines[0]?.send(queue, { n: next++, sent: performance.now() } satisfies SentMinute)
  }
  const seconds = await timed(async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, sender))
    await all.promise
  })
  await Promise.all(engines.map((jobs) => jobs.close()))
  return { seconds, each }
}

async function openNodes(bench: Bench, ran: string[]): Promise<KernelParts[]> {
  const nodes = Array.from({ length: NODES }, (_, index) => nodeOf(bench, `node_${index}`, ran))
  await bench.db.everyTenant((tx) =>
    tx
      .insertInto('kernel.node')
      .values(nodes.map(({ nodeId }) => ({ node_id: nodeId })))
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  return nodes
}

/** Of as many apps as minutes, so that none waits for the one before it. */
async function throughTheEngine(bench: Bench): Promise<void> {
  const ran: string[] = []
  const nodes = await openNodes(bench, ran)
  const at = new Date(Date.UTC(2026, 0, 1))
  const ours = await handedOut(bench, {
    queue: 'bench.minutes',
    run: async (node, n) =>
      fireSchedule(nodes[node] as KernelParts, { app_id: `clock-${n}`, schedule: 'tick', cron: '* * * * *' }, at),
  })
  report('due minutes of the engine: claimed, run, noted', MINUTES, ours.seconds, ours.each)
  process.stdout.write(`${MINUTES} minutes ran ${ran.length} times\n`)
  const alone = await handedOut(bench, { queue: 'bench.alone', run: async () => {} })
  report('job engine alone, the same jobs', MINUTES, alone.seconds, alone.each)
  process.stdout.write(`a minute costs ${(ours.seconds / alone.seconds).toFixed(2)} times the bare job\n`)
}

async function seedUsers(bench: Bench, users: number): Promise<void> {
  const client = new pg.Client(bench.postgres.superuserConnection)
  await client.connect()
  try {
    await client.query("select set_config('imperal.tenant', '*', false)") // for triggers, which act as the owner
    await client.query('truncate store.document')
    await client.query(
      `insert into store.document (id, tenant_id, user_id, app_id, collection, data, etag, bytes, created_at, updated_at)
       select 'doc_' || n, 'default', 'imp_u_' || lpad(n::text, 8, '0'), 'clock', 'open', '{}', 'none', 2, now(), now() from generate_series(1, $1::int) n`,
      [users],
    )
    await client.query('analyze store.document')
  } finally {
    await client.end()
  }
}

/** The fan-out of one minute: every user who has something, by pages behind a cursor. */
async function fanOut(bench: Bench): Promise<void> {
  const store = openStore({ ...bench, keyring: testKeyring() })
  const costs: number[] = []
  for (const users of SIZES) {
    await seedUsers(bench, users)
    const each: number[] = []
    let found = 0
    const seconds = await timed(async () => {
      for (let cursor: string | null = null, page = 0; page === 0 || cursor !== null; page += 1) {
        const took = await timed(async () => {
          const users = await store.listUsers('default', 'clock', null, { pageSize: PAGE, cursor })
          found += users.user_ids.length
          cursor = users.next_cursor
        })
        each.push(took * 1000)
      }
    })
    if (found !== users) throw new Error(`${found} of ${users} users were found`)
    report(`fan-out over ${users} users, pages of ${PAGE}`, users, seconds, each)
    costs.push(seconds / users)
  }
  const growth = (costs.at(-1) ?? 0) / (costs[0] ?? 1)
  process.stdout.write(`a user costs ${growth.toFixed(2)} times as much with ${SIZES.at(-1)} as with ${SIZES[0]}\n`)
}

async function race(bench: Bench): Promise<void> {
  const ran: string[] = []
  const nodes = await openNodes(bench, ran)
  const each: number[] = []
  const first = Date.UTC(2026, 0, 1)
  const seconds = await timed(async () => {
    for (let minute = 0; minute < MINUTES; minute += 1) {
      const at = new Date(first + minute * 60_000)
      const due = { app_id: 'clock', schedule: 'tick', cron: '* * * * *' }
      each.push((await timed(() => Promise.all(nodes.map((parts) => fireSchedule(parts, due, at))))) * 1000)
    }
  })
  report(`${NODES} nodes race for each minute`, MINUTES, seconds, each)
  process.stdout.write(`${MINUTES} minutes ran ${ran.length} times\n`)
}

async function bare(bench: Bench): Promise<void> {
  const pool = new pg.Pool({ ...bench.postgres.superuserConnection, max: NODES })
  await pool.query('create table public.race (minute int primary key, node int)')
  const each: number[] = []
  const seconds = await timed(async () => {
    for (let minute = 0; minute < MINUTES; minute += 1) {
      const insert = (node: number) =>
        pool.query('insert into public.race values ($1, $2) on conflict do nothing', [minute, node])
      each.push((await timed(() => Promise.all(Array.from({ length: NODES }, (_, node) => insert(node))))) * 1000)
    }
  })
  await pool.end()
  report('bare inserts that decide the race', MINUTES, seconds, each)
}

await withBench(async (bench) => {
  await throughTheEngine(bench)
  await race(bench)
  await bare(bench)
  await fanOut(bench)
})
