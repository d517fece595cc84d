/**
 * `npm run bench -- skeletons`: what it costs to find the sections that are due and to store their snapshots, with 1,000, 10,000
 * and 100,000 pairs of user and section, against the job engine alone with a job for each pair (fetch those that are due, complete
 * them, send the next ones), and against the bare update of as many rows by their key. Prints pairs per second and p50 and p99 in ms
 * of one batch of 100; the last line is how the cost of a pair grows, beside those of the bare ones, which grow with a busy machine
 * as well.
 */
import pg from 'pg'
import { openState } from '../apps/server/src/modules/state/index.ts'
import { type Bench, bareEngine, report, timed, withBench } from './open-bench.ts'

const SIZES = [1_000, 10_000, 100_000]
const MEASURED = 2_000
const BATCH = 100
const USERS_PER_APP = 4
const TTL = 300

async function seed(bench: Bench, pairs: number): Promise<void> {
  const client = new pg.Client(bench.postgres.superuserConnection)
  await client.connect()
  await client.query('truncate state.skeleton')
  await client.query(
    `insert into state.skeleton (tenant_id, user_id, app_id, section, ttl, due_at, wanted_until)
     select 'default', 'imp_u_' || n / ${USERS_PER_APP}, 'app-' || n % ${USERS_PER_APP}, 'open', ${TTL},
       now() - make_interval(secs => n % 1000), 'infinity' from generate_series(1, $1::int) n`,
    [pairs],
  )
  await client.query('analyze state.skeleton')
  await client.end()
}

/** Claims, then stores what the handler would have answered, as a node does. */
async function refresh(bench: Bench): Promise<{ seconds: number; each: number[] }> {
  const state = openState(bench)
  const each: number[] = []
  const seconds = await timed(async () => {
    for (let done = 0; done < MEASURED; done += BATCH) {
      const took = await timed(async () => {
        const rows = await state.skeletonClaimDue(BATCH)
        for (const row of rows) await state.skeletonPut(row, row.section, { open: done })
      })
      each.push(took * 1000)
    }
  })
  await state.close()
  return { seconds, each }
}

/** The least that keeps a snapshot: one update by key for each pair, in a transaction of its own. */
async function bare(bench: Bench): Promise<{ seconds: number; each: number[] }> {
  const pool = new pg.Pool({ ...bench.postgres.superuserConnection, max: 1 })
  const each: number[] = []
  const seconds = await timed(async () => {
    for (let n = 1; n <= MEASURED; n += BATCH) {
      const took = await timed(async () => {
        for (let at = n; at < n + BATCH; at += 1)
          await pool.query({
            name: 'put',
            text: `update state.skeleton set data = $1, refreshed_at = now(), due_at = now() + interval '5 minutes'
                   where tenant_id = 'default' and user_id = $2 and app_id = $3 and section = 'open'`,
            values: [{ open: n }, `imp_u_${Math.floor(at / USERS_PER_APP)}`, `app-${at % USERS_PER_APP}`],
          })
      })
      each.push(took * 1000)
    }
  })
  await pool.end()
  return { seconds, each }
}

const QUEUE = 'bench.pairs'
const PER_INSERT = 5_000

/** A job for each pair in the engine's own tables; it keeps no snapshot, and finds and renews what is due. */
async function engine(bench: Bench, pairs: number): Promise<{ seconds: number; each: number[] }> {
  return bareEngine(bench, async (boss) => {
    await boss.createQueue(QUEUE)
    await boss.deleteAllJobs(QUEUE)
    for (let n = 0; n < pairs; n += PER_INSERT)
      await boss.insert(
        QUEUE,
        Array.from({ length: Math.min(PER_INSERT, pairs - n) }, (_, at) => ({ data: { pair: n + at } })),
      )
    const each: number[] = []
    const seconds = await timed(async () => {
      for (let done = 0; done < Math.min(MEASURED, pairs); done += BATCH) {
        const took = await timed(async () => {
          const jobs = await boss.fetch<{ pair: number }>(QUEUE, { batchSize: BATCH })
          if (jobs.length === 0) throw new Error('the engine had no jobs left')
          await boss.insert(
            QUEUE,
            jobs.map(({ data }) => ({ data, startAfter: TTL })),
          )
          await boss.complete(
            QUEUE,
            jobs.map(({ id }) => id),
          )
        })
        each.push(took * 1000)
      }
    })
    return { seconds, each }
  })
}

await withBench(async (bench) => {
  const costs: number[] = []
  const engineCosts: number[] = []
  const bareCosts: number[] = []
  for (const pairs of SIZES) {
    await seed(bench, pairs)
    const { seconds, each } = await refresh(bench)
    report(`claim and put, ${pairs} pairs`, MEASURED, seconds, each)
    costs.push(seconds / MEASURED)
    const alone = await engine(bench, pairs)
    const measured = alone.each.length * BATCH
    report(`job engine alone, ${pairs} jobs`, measured, alone.seconds, alone.each)
    engineCosts.push(alone.seconds / measured)
    await seed(bench, pairs)
    const least = await bare(bench)
    report(`bare update by key, ${pairs} pairs`, MEASURED, least.seconds, least.each)
    bareCosts.push(least.seconds / MEASURED)
  }
  const growth = (list: readonly number[]) => ((list.at(-1) ?? 0) / (list[0] ?? 1)).toFixed(2)
  process.stdout.write(
    `a pair costs ${growth(costs)} times as much with ${SIZES.at(-1)} pairs as with ${SIZES[0]}, a job of the engine ${growth(engineCosts)} times, a bare update ${growth(bareCosts)} times\n`,
  )
})
