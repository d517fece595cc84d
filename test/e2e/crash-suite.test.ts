import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plan, taskOf } from '../support/assistant.ts'
import { EAR, GUEST, LAB, PRICE } from '../support/crash/apps.ts'
import { type CrashFacts, readFacts, unsettled } from '../support/crash/facts.ts'
import { kill, type Victim } from '../support/crash/kills.ts'
import { comeAndGo, load, type Told } from '../support/crash/load.ts'
import { seeded } from '../support/crash/random.ts'
import { deploySource } from '../support/extension.ts'
import { type ModelProvider, settingsFor, startModelProvider } from '../support/model-provider.ts'
import { freePort, startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'
import { type SharedPostgres, startSharedPostgres } from '../support/shared-postgres.ts'

// `npm run crash` asks for fifty.
const KILLS = Number(process.env.IMPERAL_CRASH_KILLS ?? 8)
const SEED = Number(process.env.IMPERAL_CRASH_SEED ?? 4_780)
/** One with everything, a gateway that runs no app, and a node behind it that runs them and does what waits. */
const ROLES = ['gateway,kernel,worker', 'gateway', 'kernel,worker'] as const
const NODES = ROLES.length
const CALLERS = 6
const VICTIMS: readonly Victim[] = ['node', 'node', 'host', 'backend', 'connection']

let postgres: SharedPostgres
let folder: string
let session: Session
/** Living servers by place; null while one starts. */
const nodes: (TestServer | null)[] = []
const alive = () => nodes.filter((node) => node !== null)
/** Those that answer people. */
const doors = () => nodes.flatMap((node, place) => (node !== null && ROLES[place]?.includes('gateway') ? [node] : []))
let model: ModelProvider

const startNode = async (place: number) => {
  const port = String(await freePort())
  return startTestServer({
    dataDir: path.join(folder, `node-${place}`),
    env: {
      DATABASE_URL: postgres.url,
      IMPERAL_KEYS_DIR: path.join(folder, 'keys'),
      IMPERAL_FILES_DIR: path.join(folder, 'files'),
      IMPERAL_ROLES: ROLES[place] ?? '',
      PORT: port,
      IMPERAL_NODE_URL: `http://127.0.0.1:${port}`,
      ...settingsFor(model),
    },
  })
}

async function rows(text: string, values: unknown[] = []) {
  const database = await postgres.superuser()
  try {
    await database.query("select set_config('imperal.tenant', '*', false)") // for triggers, which act as the owner
    return (await database.query(text, values)).rows
  } finally {
    await database.end()
  }
}

beforeAll(async () => {
  // What was acknowledged has to survive the death of PostgreSQL's processes, so it waits for the log (not for the disk).
  postgres = await startSharedPostgres({ synchronous_commit: 'on' })
  folder = mkdtempSync(path.join(tmpdir(), 'imperal-crash-'))
  // Plans the one call that the last message asks for, and has no words of its own.
  model = await startModelProvider((request) => {
    const key = request.messages.flatMap(({ content }) => content.match(/crash-\d+-\d+/g) ?? []).at(-1)
    if (taskOf(request) !== 'classify' || key === undefined) return { status: 400 }
    return plan([{ tool: 'crashlab.write', args: { key } }])
  })
  const first = await startNode(0)
  session = await signInAdmin(first)
  await deploySource(first.url, session, LAB)
  await deploySource(first.url, session, EAR)
  await deploySource(first.url, session, GUEST)
  await rows("update registry.app set status = 'active' where app_id in ('crashlab', 'crashguest')")
  await rows(
    `insert into billing.terms (app_id, owner_id, model, tool_prices, free_tools, split, agreed_at)
     values ('crashlab', null, 'per_action', $1, '["write", "work", "count", "rare", "follow", "close", "wipe", "detach"]', 70, now())
     on conflict (app_id) do update set model = 'per_action', tool_prices = excluded.tool_prices, free_tools = excluded.free_tools`,
    [JSON.stringify({ paid: PRICE })],
  )
  // For each rare effect, two steps of an automation.
  const made = await session.request('POST', '/v1/automations', {
    prompt: 'follow what is rare',
    trigger_filter: { event_type: 'crashlab.rare' },
    actions: [
      { app_id: 'crashlab', tool: 'follow', args: { key: '{{event.data.key}}' } },
      { app_id: 'crashlab', tool: 'close', args: { key: '{{steps.1.data.key}}' } },
    ],
    cooldown_seconds: 0,
    max_per_hour: 200,
  })
  expect(made.status, JSON.stringify(made.body)).toBe(200)
  await first.stop()
  nodes.push(...(await Promise.all(Array.from({ length: NODES }, (_, place) => startNode(place)))))
  // The first call that costs something opens the wallet.
  await signInAdmin(nodes[0] as TestServer).then((admin) => admin.call('crashlab', 'paid', { key: 'crash-first' }))
  await rows(
    `insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)
     select gen_random_uuid()::text, 'default', 'crash-start', account, amount, 'adjustment', '', account, now()
     from (values ('user:' || $1::text, 1000000), ('platform', -1000000)) line (account, amount)`,
    [session.userId],
  )
}, 480_000)
afterAll(async () => {
  await Promise.all(alive().map((node) => node.stop()))
  await postgres?.stop()
  await model?.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** A server that finds its database recovering ends with a sentence, and whoever watches over it starts it anew. */
async function startAgain(place: number): Promise<TestServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startNode(place)
    } catch (error) {
      if (attempt === 30) throw error
      await delay(500)
    }
  }
}

/** Kills until there were enough; a killed server is started again meanwhile, as whoever operates it would. */
async function killAll(random: () => number, done: () => number): Promise<Record<Victim, number>> {
  const count: Record<Victim, number> = { node: 0, host: 0, backend: 0, connection: 0, database: 0 }
  const restarts: Promise<void>[] = []
  while (Object.values(count).reduce((sum, n) => sum + n, 0) < KILLS) {
    await delay(300 + random() * 1_500)
    // On a busy machine a node may need longer to start than the next kill is away: then nothing would be hit.
    const before = done()
    await until(async () => done() >= before + 2, 60_000).catch(() => null)
    const killed = Object.values(count).reduce((sum, n) => sum + n, 0)
    const isHalf = count.database === 0 && killed >= KILLS / 2
    const victim = isHalf ? 'database' : (VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'node')
    const hit = kill(victim, { postgres, alive: alive(), random })
    // A process may be gone before it is hit; a database that does not come back is no such case.
    if (!(await (victim === 'database' ? hit : hit.catch(() => false)))) continue
    count[victim]++
    for (const [place, node] of nodes.entries()) {
      if (node === null || isUp(node)) continue
      nodes[place] = null
      restarts.push(
        startAgain(place).then((started) => {
          nodes[place] = started
        }),
      )
    }
  }
  await Promise.all(restarts)
  return count
}

function isUp({ pid }: TestServer): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const settledFacts = async (): Promise<CrashFacts> => {
  let left: Record<string, number> = {}
  const database = await postgres.superuser()
  try {
    await until(async () => {
      left = await unsettled(database)
      // What was kept back for a call that died before its first effect is given back after a quarter of an hour: now.
      if (Object.keys(left).join() === 'holds')
        await database.query("update billing.hold set expires_at = now() where status = 'held'")
      return Object.keys(left).length === 0
    }, 400_000).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(left)}`)
    })
    return await readFacts(database, session.userId)
  } finally {
    await database.end()
  }
}

const times = (list: readonly string[]): Map<string, number> => {
  const count = new Map<string, number>()
  for (const one of list) count.set(one, (count.get(one) ?? 0) + 1)
  return count
}
const FINAL = new Set(['done', 'failed', 'cancelled', 'timed_out'])
const keysOf = (all: readonly Told[], answer: Told['answer']) =>
  all.filter((one) => one.answer === answer).map(({ key }) => key)
const without = (list: readonly string[], others: ReadonlySet<string>) => list.filter((one) => !others.has(one))

test(`[E1] [E2] [E3] [E13] ${KILLS} kills amid mixed load: nothing that was acknowledged is lost, and nothing is done twice`, async () => {
  const random = seeded(SEED)
  const stop = new AbortController()
  let done = 0
  const onTold = ({ answer }: Told) => {
    if (answer === 'done') done++
  }
  const guest = comeAndGo({ alive: doors, session, random: seeded(SEED + 2), stop: stop.signal })
  const loading = load({ alive: doors, session, callers: CALLERS, random: seeded(SEED + 1), stop: stop.signal, onTold })
  const kills = await killAll(random, () => done)
  stop.abort()
  const [all, installed] = [await loading, await guest]
  await until(async () => alive().length === NODES && alive().every(isUp), 120_000)
  const facts = await settledFacts()

  const effects = times(facts.effects)
  const calls = all.filter((one) => one.function !== 'post')
  const successes = facts.rows.filter(({ status }) => status === 'success')
  const recorded = facts.rows.filter(({ status }) => status === 'success' || status === 'unknown')
  process.stdout.write(
    `${JSON.stringify({ seed: SEED, kills, asked: all.length, done: keysOf(all, 'done').length, accepted: keysOf(all, 'accepted').length, refused: Object.fromEntries(times(all.filter(({ answer }) => answer === 'refused').map(({ detail }) => detail))), silent: keysOf(all, 'silent').length, unknown: facts.rows.filter(({ status }) => status === 'unknown').length, runs: Object.fromEntries(times(facts.runs.map(({ status, error }) => (error === null ? status : `${status} ${error}`)))), detached: facts.detached.length, said: all.filter(({ replyId }) => replyId !== null).length, posts: facts.posts.length, installed, ticks: facts.ticks.length })}\n`,
  )
  // The load did something, and the kills hit it.
  expect(keysOf(all, 'done').length).toBeGreaterThan(KILLS)

  // Each effect key has one effect, and whoever was told that it is done finds it.
  expect([...effects].filter(([, count]) => count > 1)).toEqual([])
  expect(without(keysOf(calls, 'done'), new Set(facts.effects))).toEqual([])
  // Whatever was done is in the ledger once, and whatever the ledger calls done was done.
  expect([...times(recorded.map(({ key }) => key))].filter(([, count]) => count > 1)).toEqual([])
  expect(without(facts.effects, new Set(recorded.map(({ key }) => key)))).toEqual([])
  expect(
    without(
      successes.map(({ key }) => key),
      new Set(facts.effects),
    ),
  ).toEqual([])
  expect(without(keysOf(calls, 'done'), new Set(successes.map(({ key }) => key)))).toEqual([])

  // Every accepted task has ended; one that is done has its effect.
  const final = new Map(facts.tasks.map(({ taskId, status }) => [taskId, status]))
  const accepted = all.flatMap(({ taskId }) => taskId ?? [])
  expect(accepted.filter((id) => !final.has(id))).toEqual([])
  expect([...final.values()].filter((status) => !FINAL.has(status))).toEqual([])
  const worked = all.flatMap(({ key, taskId, function: name }) =>
    name === 'work' && taskId !== null ? [{ key, taskId }] : [],
  )
  expect(worked.filter(({ taskId, key }) => final.get(taskId) === 'done' && !effects.has(key))).toEqual([])
  // Work that was left behind ended with its effect, or says that it did not.
  const detached = new Set(facts.detached)
  const left = facts.tasks.filter(({ title }) => title.startsWith('later '))
  expect(left.filter(({ status, title }) => status === 'done' && !detached.has(title.slice('later '.length)))).toEqual(
    [],
  )
  const begun = keysOf(all, 'accepted').filter((key) => all.some((one) => one.key === key && one.function === 'detach'))
  expect(without(begun, new Set(left.map(({ title }) => title.slice('later '.length))))).toEqual([])

  // Everything that was said in the chat has an answer, and what it calls done was done.
  const answers = new Map(facts.replies.map((reply) => [reply.replyId, reply]))
  const said = all.flatMap(({ key, replyId }) => (replyId === null ? [] : [{ key, replyId }]))
  expect(said.filter(({ replyId }) => (answers.get(replyId)?.text ?? '') === '')).toEqual([])
  expect(said.filter(({ key, replyId }) => answers.get(replyId)?.call === 'success' && !effects.has(key))).toEqual([])
  expect(said.filter(({ replyId }) => answers.get(replyId)?.call === 'success').length).toBeGreaterThan(0)

  // A webhook that was taken did its work; every installation that was acknowledged had its hook, or it was given up in the open.
  expect(
    without(
      keysOf(
        all.filter((one) => one.function === 'post'),
        'done',
      ),
      new Set(facts.posts),
    ),
  ).toEqual([])
  const hooks = facts.hooks.filter(({ status }) => ['success', 'unknown', 'given up'].includes(status))
  expect(hooks.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(installed)

  // Ledger and outbox agree, and every event was heard once.
  const announcing = successes
    .filter((row) => row.function === 'write' || row.function === 'paid')
    .map(({ key }) => key)
  expect(facts.published).toEqual(announcing.sort())
  expect(facts.heard).toEqual(facts.published)

  // Each rare effect made the automation run, to an end; a run that is done did each of its steps, and none did one twice.
  expect(facts.rare).toEqual(
    successes
      .filter((row) => row.function === 'rare')
      .map(({ key }) => key)
      .sort(),
  )
  expect(facts.runs.map(({ key }) => key).sort()).toEqual(facts.rare)
  const steps = times(facts.steps)
  expect([...steps].filter(([, count]) => count > 1)).toEqual([])
  const finished = facts.runs.filter(({ status }) => status === 'completed')
  expect(finished.flatMap(({ key }) => [`follow ${key}`, `close ${key}`]).filter((step) => !steps.has(step))).toEqual(
    [],
  )
  expect(finished.length).toBeGreaterThan(facts.runs.length / 2)
  // Work that was left behind is not repeated either.
  expect([...times(facts.detached)].filter(([, count]) => count > 1)).toEqual([])

  // The wallet paid for what succeeded, for nothing else, and for nothing twice.
  expect([...facts.charged].sort()).toEqual(
    successes
      .filter((row) => row.function === 'paid')
      .map(({ callId }) => callId)
      .sort(),
  )
  expect(facts.balance).toMatchObject({ balance: facts.balance.entries, held: 0, holds: 0 })
  expect(facts.total).toBe(0)

  // A due minute fired at most once.
  expect(facts.ticks.filter(({ count }) => count > 1)).toEqual([])
}, 1_200_000)
