import { randomUUID } from 'node:crypto'
import { defineRoute } from '@imperal/contract'
import fastify, { type FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { principalOf } from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { until } from '../../../../../test/support/session.ts'
import { manualClock } from '../clock.ts'
import { type Database, openDatabase } from '../db/index.ts'
import { testKeyring } from '../test-keys.ts'
import { httpErrors, type Idempotency, implement, openIdempotency, type Principal } from './index.ts'
import { installErrorHandling, mountRoutes } from './mount.ts'

const database = await createTestDatabase()
const clock = manualClock(Date.now())
const ada = principalOf({ tenantId: 'default', userId: 'imp_u_adaadaada' })
const bob = principalOf({ tenantId: 'default', userId: 'imp_u_bobbobbob' })
let db: Database
let idempotency: Idempotency
let app: FastifyInstance
let caller: Principal | null = ada
let runs = 0
let fail: (() => unknown) | null = null
let gate: Promise<void> = Promise.resolve()
let losesAnswers = false

/** The database goes away between the work and the keeping of its answer. */
const forgetful = (): Idempotency => ({
  ...idempotency,
  async take(request) {
    const verdict = await idempotency.take(request)
    if (verdict.state !== 'begun' || !losesAnswers) return verdict
    return { ...verdict, finish: () => Promise.reject(new Error('the database is away')) }
  },
})

beforeAll(async () => {
  db = openDatabase(database.connection)
  idempotency = openIdempotency({ db, clock, keyring: testKeyring() })
  const route = defineRoute({
    id: 'things.create',
    method: 'POST',
    path: '/things',
    auth: 'optional',
    tag: 't',
    summary: 't',
    body: z.object({ name: z.string() }),
    status: 201,
    response: z.object({ run: z.number(), secret: z.string() }),
  })
  app = fastify()
  const log = pino({ level: 'silent' })
  installErrorHandling(app, log)
  mountRoutes(
    app,
    [
      implement(route, async () => {
        runs += 1
        const run = runs
        await gate
        if (fail !== null) throw fail()
        return { run, secret: 'canary-shown-once' }
      }),
    ],
    {
      log,
      idempotency: forgetful(),
      authenticate: async () => caller,
      limiter: { take: async (_key, limit) => ({ allowed: true, limit, remaining: limit, reset: 1 }) },
      limitFactor: 0,
      checkResponses: true,
    },
  )
})
afterAll(async () => {
  await app.close()
  await db.close()
})

async function post(key: string | null, name = 'a', as: Principal | null = ada) {
  caller = as
  const headers: Record<string, string> = key === null ? {} : { 'idempotency-key': key }
  const answer = await app.inject({ method: 'POST', url: '/things', payload: { name }, headers })
  return { status: answer.statusCode, body: answer.json(), replayed: answer.headers['idempotency-replayed'] }
}

test('[api 1.12] the same key gives the first answer again and runs nothing', async () => {
  const key = randomUUID()
  const before = runs
  const first = await post(key)
  const again = await post(key)
  expect([first.status, again.status, again.replayed, runs - before]).toEqual([201, 201, 'true', 1])
  expect(again.body).toEqual(first.body)
})

test('[api 1.12] ten at once with one key run once; the others wait for nothing and are told to ask again', async () => {
  const key = randomUUID()
  const before = runs
  let open = () => {}
  gate = new Promise((resolve) => {
    open = resolve
  })
  const answered: number[] = []
  const asked = Array.from({ length: 10 }, () => post(key).then(({ status }) => answered.push(status)))
  await until(async () => answered.length === 9)
  expect(answered).toEqual(Array.from({ length: 9 }, () => 409))
  open()
  await Promise.all(asked)
  gate = Promise.resolve()
  expect([answered.at(-1), runs - before]).toEqual([201, 1])
  expect((await post(key)).status).toBe(201)
})

test('[api 1.12] another body under the key is a mistake; another caller, or nobody, has keys of their own', async () => {
  const key = randomUUID()
  await post(key)
  expect(await post(key, 'b')).toMatchObject({ status: 409, body: { error: 'idempotency_conflict' } })
  const before = runs
  expect((await post(key, 'b', bob)).status).toBe(201)
  await post(key, 'a', null)
  await post(key, 'a', null)
  expect(runs - before).toBe(3)
  expect((await post('not a key')).status).toBe(400)
})

test('[api 1.12] a refusal is kept like any answer, a failure on our side is not', async () => {
  const [refused, failed] = [randomUUID(), randomUUID()]
  fail = () => httpErrors.FORBIDDEN({ reason: 'no' })
  expect((await post(refused)).status).toBe(403)
  fail = () => new Error('broken')
  expect((await post(failed)).status).toBe(500)
  fail = null
  expect(await post(refused)).toMatchObject({ status: 403, replayed: 'true' })
  expect((await post(failed)).status).toBe(201)
})

test('[E2] what was done is not done again when its answer could not be kept', async () => {
  const key = randomUUID()
  const before = runs
  losesAnswers = true
  expect((await post(key)).status).toBe(201)
  losesAnswers = false
  expect((await post(key)).status).toBe(409)
  expect(runs - before).toBe(1)
})

test('[api 1.12] a request that was cut off says that nobody knows, for 24 hours; then the key is free', async () => {
  const key = randomUUID()
  const scope = { scope: 'x', key, content: 'y' }
  expect((await idempotency.take(scope)).state).toBe('begun')
  expect((await idempotency.take(scope)).state).toBe('running')
  clock.advance(121_000)
  expect((await idempotency.take(scope)).state).toBe('outcome_unknown')
  clock.advance(86_400_000)
  expect((await idempotency.take(scope)).state).toBe('begun')
  clock.advance(86_400_001)
  await idempotency.tidy()
  expect((await db.pool.query('select count(*)::int as n from foundation.idempotency')).rows[0].n).toBe(0)
})

test('[api 7.4] what is shown once is not readable in the table', async () => {
  await post(randomUUID())
  const { rows } = await db.pool.query('select answer_sealed from foundation.idempotency')
  expect(rows.length).toBeGreaterThan(0)
  expect(JSON.stringify(rows)).not.toContain('canary')
})
