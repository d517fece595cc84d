/**
 * `npm run bench -- schedule`: due minutes that three nodes race for, each of which runs once, against the bare insert that
 * decides such a race. Prints minutes per second and p50 and p99 in ms of one. The handler itself takes no time here.
 */
import pg from 'pg'
import type { KernelParts } from '../apps/server/src/modules/kernel/parts.ts'
import { fireSchedule } from '../apps/server/src/modules/kernel/schedules/fire-schedule.ts'
import { type Bench, report, timed, withBench } from './open-bench.ts'

const MINUTES = 500
const NODES = 3

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
    registry: { app: async () => app, tenantsOf: async () => ['default'], tenantsWith: async () => ['default'] },
    runInner: async () => {
      ran.push(name)
      return { response: { status: 'success' } }
    },
    dueRuns: new Set(),
  } as unknown as KernelParts // everything else of a kernel has no part in it
}

async function platform(bench: Bench): Promise<void> {
  const ran: string[] = []
  const nodes = Array.from({ length: NODES }, (_, index) => nodeOf(bench, `node_${index}`, ran))
  await bench.db.everyTenant((tx) =>
    tx
      .insertInto('kernel.node')
      .values(nodes.map(({ nodeId }) => ({ node_id: nodeId })))
      .execute(),
  )
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
  await platform(bench)
  await bare(bench)
})
