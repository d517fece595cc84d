import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import { createLog } from '../../foundation/log.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { expireCache } from './cache.ts'
import { openState } from './index.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection)
const clock = manualClock()
const state = openState({ db, clock, log: createLog({ level: 'silent' }) })
afterAll(async () => {
  await state.close()
  await db.close()
})

let users = 0
const someone = (extra: Partial<StoreScope> = {}): StoreScope => ({
  tenantId: 'default',
  appId: 'mail',
  userId: `imp_u_user${++users}`,
  ...extra,
})
const envelope = (n: number) => ({ model: 'inbox', version: 1, data: { n, text: 'a\0b' }, cached_at: clock.iso() })

describe('cache', () => {
  test('[S000-133] [S000-060] a value is there until its time is over, under its own model only', async () => {
    const scope = someone()
    await state.cacheSet(scope, 'inbox:1', 'inbox', envelope(1), 60)
    expect(await state.cacheGet(scope, 'inbox:1', 'inbox')).toEqual(envelope(1))
    expect(await state.cacheGet(scope, 'inbox:1', 'other')).toBeNull()
    expect(await state.cacheGet(scope, 'inbox:2', 'inbox')).toBeNull()
    await state.cacheSet(scope, 'inbox:1', 'inbox', envelope(2), 60)
    expect(await state.cacheGet(scope, 'inbox:1', 'inbox')).toEqual(envelope(2))
    clock.advance(60_000)
    expect(await state.cacheGet(scope, 'inbox:1', 'inbox')).toBeNull()
  })

  test('[I-CACHE-NAMESPACE] another user, app or tenant reads nothing', async () => {
    const scope = someone()
    await state.cacheSet(scope, 'k', 'm', 1, 300)
    for (const other of [someone(), { ...scope, appId: 'spy' }, { ...scope, tenantId: 'imp_t_other' }]) {
      expect(await state.cacheGet(other, 'k', 'm')).toBeNull()
    }
    expect(await db.tenant('imp_t_other', (tx) => tx.selectFrom('state.cache').selectAll().execute())).toEqual([])
  })

  test('[S000-135] delete removes a key under every model; drop removes an app of one user or of all', async () => {
    const [ada, bob] = [someone(), someone()]
    for (const scope of [ada, bob]) {
      await state.cacheSet(scope, 'a', 'm1', 1, 300)
      await state.cacheSet(scope, 'a', 'm2', 2, 300)
      await state.cacheSet(scope, 'b', 'm1', 3, 300)
    }
    await state.cacheDelete(ada, 'a')
    await state.cacheDelete(ada, 'a')
    expect([await state.cacheGet(ada, 'a', 'm1'), await state.cacheGet(ada, 'a', 'm2')]).toEqual([null, null])
    expect(await state.cacheGet(ada, 'b', 'm1')).toBe(3)
    await state.cacheDrop(ada)
    expect(await state.cacheGet(ada, 'b', 'm1')).toBeNull()
    expect(await state.cacheGet(bob, 'a', 'm2')).toBe(2)
    await state.cacheDrop({ ...bob, userId: null })
    expect(await state.cacheGet(bob, 'a', 'm2')).toBeNull()
  })

  test.each([4, 301, 5.5, Number.NaN])('[S000-134] [I-CACHE-TTL-RANGE] a TTL of %d is refused', async (ttl) => {
    await expect(state.cacheSet(someone(), 'k', 'm', 1, ttl)).rejects.toMatchObject({ code: 'STATE_BAD_TTL' })
  })

  test.each(['', 'a b', 'x'.repeat(129), 'ü', 'a/b'])('[S000-137] the key %j is refused', async (key) => {
    await expect(state.cacheSet(someone(), key, 'm', 1, 60)).rejects.toMatchObject({ code: 'STATE_BAD_KEY' })
  })

  test('[I-CACHE-SIZE-64K] the body is at most 65,536 bytes, to the byte', async () => {
    const scope = someone()
    const fixed = Buffer.byteLength(JSON.stringify({ envelope: '', ttl_seconds: 60 }))
    await state.cacheSet(scope, 'k', 'm', 'x'.repeat(65_536 - fixed), 60)
    const larger = state.cacheSet(scope, 'k', 'm', 'x'.repeat(65_537 - fixed), 60)
    await expect(larger).rejects.toMatchObject({ code: 'STATE_CACHE_TOO_LARGE', details: { bytes: 65_537 } })
  })

  test('[K8.30] [E16] a missing value is fetched by one at a time, until it is stored, given back, forgotten or ten seconds old', async () => {
    const scope = someone()
    const claim = () => state.cacheClaim(scope, 'k', 'm')
    const many = await Promise.all(Array.from({ length: 8 }, claim))
    const [first] = many.filter((one) => one !== null)
    expect(many.filter((one) => one !== null)).toEqual([{ claim: expect.any(String) }])
    // Of another key, model or person nobody waits.
    for (const [who, key, model] of [
      [scope, 'k', 'other'],
      [scope, 'k2', 'm'],
      [someone(), 'k', 'm'],
    ] as const)
      expect(await state.cacheClaim(who, key, model)).toEqual({ claim: expect.any(String) })
    await state.cacheRelease(scope, 'k', 'm', 'of somebody else')
    expect(await claim()).toBeNull()
    await state.cacheRelease(scope, 'k', 'm', (first as { claim: string }).claim)
    expect(await claim()).toEqual({ claim: expect.any(String) })
    clock.advance(9_999)
    expect(await claim()).toBeNull()
    clock.advance(1)
    expect(await claim()).toEqual({ claim: expect.any(String) })
    await state.cacheSet(scope, 'k', 'm', 7, 5)
    expect(await claim()).toEqual({ envelope: 7 })
    clock.advance(5_000)
    expect(await claim()).toEqual({ claim: expect.any(String) })
    await state.cacheDelete(scope, 'k')
    expect(await claim()).toEqual({ claim: expect.any(String) })
    clock.advance(60_000)
    await expireCache(db, clock)
    expect(await db.everyTenant((tx) => tx.selectFrom('state.cache_fetch').selectAll().execute())).toEqual([])
  })

  test('expired values leave the table', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, n) => state.cacheSet(someone(), `k${n}`, 'm', n, 5)))
    clock.advance(300_000)
    await expireCache(db, clock)
    const rows = await db.everyTenant((tx) => tx.selectFrom('state.cache').selectAll().execute())
    expect(rows).toEqual([])
  })
})

describe('skeletons', () => {
  const pair = (scope: StoreScope, section = 'inbox', ttl = 300) => ({ ...scope, section, ttl })
  const drain = async () => {
    const claimed = await state.skeletonClaimDue(10_000)
    return claimed.map((row) => `${row.userId}/${row.section}`)
  }

  test('[K5.4] [I-SKEL-CHECK-STALE-PER-SECTION-APPID] [I-SKEL-FRESHNESS-1] a pair is due at once, then when its own TTL has passed', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope, 'slow', 600), pair(scope, 'quick', 60), pair(scope, 'quick', 60)])
    expect((await drain()).sort()).toEqual([`${scope.userId}/quick`, `${scope.userId}/slow`])
    expect(await drain()).toEqual([])
    await state.skeletonPut(scope, 'slow', { n: 1 })
    await state.skeletonPut(scope, 'quick', { n: 1 })
    clock.advance(59_000)
    await state.skeletonEnsure([pair(scope, 'slow', 600), pair(scope, 'quick', 60)])
    expect(await drain()).toEqual([])
    clock.advance(1_000)
    expect(await state.skeletonLag()).toBe(0)
    clock.advance(7_000)
    // What is overdue is a figure for operators, before it is claimed and with the claim.
    expect(await state.skeletonLag()).toBe(7)
    expect(await state.skeletonClaimDue(10)).toMatchObject([{ userId: scope.userId, section: 'quick', late: 7 }])
    expect(await state.skeletonLag()).toBe(0)
    await state.skeletonPut(scope, 'quick', { n: 2 })
    expect(await state.skeletonGet(scope, 'quick')).toEqual({
      ...scope,
      section: 'quick',
      data: { n: 2 },
      refreshedAt: clock.now() / 1_000,
      ttl: 60,
      staleReason: null,
    })
  })

  test('[K5.4] ten nodes that claim at once get every row once', async () => {
    const rows = Array.from({ length: 200 }, () => pair(someone()))
    await state.skeletonEnsure(rows)
    const claims = await Promise.all(Array.from({ length: 10 }, () => state.skeletonClaimDue(40)))
    const ids = claims.flat().map((row) => row.userId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length + (await drain()).length).toBe(200)
  })

  test('a node that dies loses its claim after 60 seconds', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope)])
    expect(await drain()).toContain(`${scope.userId}/inbox`)
    clock.advance(59_000)
    expect(await drain()).not.toContain(`${scope.userId}/inbox`)
    clock.advance(1_000)
    expect(await drain()).toContain(`${scope.userId}/inbox`)
  })

  test('[K5.5] the pairs of a user who is gone rest until the user is back', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope)])
    await drain()
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    clock.advance(31 * 60_000)
    expect(await drain()).not.toContain(`${scope.userId}/inbox`)
    await state.skeletonEnsure([pair(scope)])
    expect(await drain()).toContain(`${scope.userId}/inbox`)
  })

  test('[K5.6] an invalidation makes the pair due again, even while it is being refreshed', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope)])
    await drain()
    clock.advance(1)
    await state.skeletonInvalidate(scope)
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    expect(await drain()).toContain(`${scope.userId}/inbox`)
    await state.skeletonPut(scope, 'inbox', { n: 2 })
    expect(await drain()).not.toContain(`${scope.userId}/inbox`)
    await state.skeletonInvalidate(scope)
    expect(await drain()).toContain(`${scope.userId}/inbox`)
  })

  const away = { reason: 'the mail server is away', passes: false }
  const pauseOf = async (userId: string) => {
    const [row] = await db.everyTenant((tx) =>
      tx.selectFrom('state.skeleton').select('due_at').where('user_id', '=', userId).execute(),
    )
    return ((row?.due_at.getTime() ?? 0) - clock.now()) / 1_000
  }

  test('[K5.7] failures keep the snapshot and stretch the pause, success ends that', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope, 'inbox', 300)])
    await drain()
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(await state.skeletonFailed(scope, 'inbox', away)).toBe(attempt)
      pauses.push(await pauseOf(scope.userId))
    }
    expect(pauses).toEqual([600, 1_200, 2_400, 3_600, 3_600])
    expect(await state.skeletonGet(scope, 'inbox')).toMatchObject({
      data: { n: 1 },
      staleReason: 'the mail server is away',
    })
    await state.skeletonPut(scope, 'inbox', { n: 2 })
    expect(await state.skeletonFailed(scope, 'inbox', away)).toBe(1)
  })

  test('[K5.7] trouble of the machine is over soon, and so is the pause; the first failure of the app has its own', async () => {
    const scope = someone()
    const busy = { reason: 'no answer in time', passes: true }
    await state.skeletonEnsure([pair(scope, 'inbox', 300)])
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 11; attempt++) {
      await state.skeletonFailed(scope, 'inbox', busy)
      pauses.push(await pauseOf(scope.userId))
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600])
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    await state.skeletonFailed(scope, 'inbox', busy)
    await state.skeletonFailed(scope, 'inbox', away)
    expect(await pauseOf(scope.userId)).toBe(1_200)
  })

  test('[K5.6] [K5.7] a change during a refresh that fails is not forgotten for the pause', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope)])
    await drain()
    await state.skeletonInvalidate(scope)
    await state.skeletonFailed(scope, 'inbox', away)
    expect(await drain()).toContain(`${scope.userId}/inbox`)
    await state.skeletonFailed(scope, 'inbox', away)
    expect(await pauseOf(scope.userId)).toBeGreaterThan(0)
  })

  test('[K5.17] put tells what was there and whether it changed, without the private members', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope)])
    expect(await state.skeletonPut(scope, 'inbox', { n: 1, _at: 1 })).toEqual({
      previous: null,
      changed: false,
      untold: false,
    })
    expect(await state.skeletonPut(scope, 'inbox', { _at: 2, n: 1 })).toEqual({
      previous: { n: 1, _at: 1 },
      changed: false,
      untold: false,
    })
    expect(await state.skeletonPut(scope, 'inbox', { n: 2 })).toMatchObject({ changed: true })
  })

  test('[K5.9] a snapshot of more than 64 KB is refused', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope)])
    const put = state.skeletonPut(scope, 'inbox', { text: 'x'.repeat(65_536) })
    await expect(put).rejects.toMatchObject({ code: 'STATE_SKELETON_TOO_LARGE' })
  })

  test('[K5.13] [I-PURGE-SKELETON-SCOPE] dropping purges one app of one user, for good, and refuses wildcards', async () => {
    const scope = someone()
    const other = { ...scope, appId: 'notes' }
    await state.skeletonEnsure([pair(scope), pair(other)])
    await state.skeletonDrop(scope)
    expect((await state.skeletonsOf('default', scope.userId)).map((row) => row.appId)).toEqual(['notes'])
    expect(await state.skeletonPut(scope, 'inbox', { n: 1 })).toMatchObject({ previous: null, changed: false })
    expect(await state.skeletonGet(scope, 'inbox')).toBeNull()
    for (const bad of ['*', 'a?', 'a b', '[a]', 'a:b', 'a/b', '']) {
      await expect(state.skeletonDrop({ ...scope, appId: bad })).rejects.toMatchObject({ code: 'STATE_BAD_SECTION' })
      await expect(state.skeletonEnsure([pair(scope, bad)])).rejects.toMatchObject({ code: 'STATE_BAD_SECTION' })
    }
  })

  test('[I-SKEL-PER-USER-1] [api 7.2] users and tenants see their own snapshots only', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope)])
    expect(await state.skeletonGet(someone(), 'inbox')).toBeNull()
    expect(await state.skeletonsOf('imp_t_other', scope.userId)).toEqual([])
    expect(await db.tenant('imp_t_other', (tx) => tx.selectFrom('state.skeleton').selectAll().execute())).toEqual([])
  })

  test('[K5.2] a TTL below 30 seconds is raised to 30', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope, 'inbox', 1)])
    expect((await state.skeletonGet(scope, 'inbox'))?.ttl).toBe(30)
  })

  test('[K5.5] with alerts a pair is kept fresh whoever is there; claims pass those of the gone once', async () => {
    const gone = Array.from({ length: 120 }, () => pair(someone()))
    const scope = someone()
    await state.skeletonEnsure(gone)
    await drain()
    for (const row of gone) await state.skeletonPut(row, 'inbox', { n: 1 })
    await state.skeletonEnsure([{ ...pair(scope), always: true }])
    await drain()
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    clock.advance(3 * 3_600_000)
    expect(await state.skeletonClaimDue(10)).toMatchObject([{ userId: scope.userId }])
    const parked = await db.everyTenant((tx) =>
      sql<{ n: number }>`select count(*)::int as n from state.skeleton where due_at = 'infinity'`.execute(tx),
    )
    expect(parked.rows[0]?.n).toBeGreaterThanOrEqual(gone.length)
    const [back] = gone as [(typeof gone)[number]]
    await state.skeletonInvalidate(back)
    expect(await drain()).toEqual([])
    await state.skeletonEnsure([back])
    expect(await drain()).toEqual([`${back.userId}/inbox`])
  })

  test('[K5.6] what is older than twice its TTL can be claimed before it is due again', async () => {
    const scope = someone()
    await state.skeletonEnsure([pair(scope, 'inbox', 60), pair(scope, 'quiet', 600)])
    await drain()
    for (const section of ['inbox', 'quiet']) await state.skeletonPut(scope, section, { n: 1 })
    clock.advance(119_000)
    expect(await state.skeletonClaimStale(scope, 10)).toEqual([])
    clock.advance(2_000)
    expect((await state.skeletonClaimStale(scope, 10)).map((row) => row.section)).toEqual(['inbox'])
    expect(await state.skeletonClaimStale(scope, 10)).toEqual([])
  })

  test('[K5.6] [K5.7] what fails waits for the end of its pause there too, and keeps what is well out of no place', async () => {
    const scope = someone()
    const broken = Array.from({ length: 8 }, (_, n) => `broken${n}`)
    await state.skeletonEnsure([...broken, 'inbox'].map((section) => pair(scope, section, 60)))
    await drain()
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    for (const section of broken) await state.skeletonFailed(scope, section, away)
    const stale = async (limit: number) =>
      (await state.skeletonClaimStale(scope, limit)).map(({ section }) => section).sort()
    expect(await stale(10)).toEqual([])
    // After twice its TTL all are due again: the one that is well is the first.
    clock.advance(121_000)
    expect(await stale(1)).toEqual(['inbox'])
    expect(await stale(10)).toEqual(broken)
    for (const section of broken) await state.skeletonFailed(scope, section, away)
    await state.skeletonInvalidate(scope)
    expect(await stale(10)).toEqual(broken)
  })

  test('[K5.18] alerts have a cooldown and an hourly limit; what was not told is told with the next', async () => {
    const scope = someone()
    const limits = { cooldownSeconds: 60, perHour: 3 }
    await state.skeletonEnsure([pair(scope)])
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    const change = async (n: number) => {
      const { previous, untold } = await state.skeletonPut(scope, 'inbox', { n })
      const may = await state.skeletonAlert(scope, 'inbox', previous ?? {}, limits)
      if (may !== null) await state.skeletonAlerted(scope, 'inbox', { current: { n }, at: may.at, told: true })
      return [may?.since.n ?? null, untold]
    }
    expect(await change(2)).toEqual([1, false])
    clock.advance(30_000)
    expect(await change(3)).toEqual([null, false])
    expect(await change(4)).toEqual([null, true])
    clock.advance(30_000)
    expect(await change(5)).toEqual([2, true])
    clock.advance(60_000)
    expect(await change(6)).toEqual([5, false])
    clock.advance(60_000)
    expect(await change(7)).toEqual([null, false])
    clock.advance(3_600_000)
    expect(await change(8)).toEqual([6, true])
  })

  test('[K5.18] while one node tells, another that meets a further change may not; that change is told with the next', async () => {
    const scope = someone()
    const limits = { cooldownSeconds: 60, perHour: 3 }
    await state.skeletonEnsure([pair(scope)])
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    const met = async (n: number) => {
      const { previous } = await state.skeletonPut(scope, 'inbox', { n })
      return state.skeletonAlert(scope, 'inbox', previous ?? {}, limits)
    }
    const telling = await met(2)
    expect(telling?.since).toEqual({ n: 1 })
    expect(await Promise.all([met(3), met(4)])).toEqual([null, null])
    const end = (n: number, at: string, told: boolean) =>
      state.skeletonAlerted(scope, 'inbox', { current: { n }, at, told })
    await end(2, telling?.at ?? '', true)
    expect(await met(4)).toBeNull()
    clock.advance(60_000)
    const next = await met(4)
    expect(next?.since).toEqual({ n: 2 })
    // There was nothing to say after all, so the next change may be told at once.
    await end(4, next?.at ?? '', false)
    expect((await met(5))?.since).toEqual({ n: 4 })
  })

  test('[K5.18] a change whose node dies while it tells is told after the cooldown', async () => {
    const scope = someone()
    const limits = { cooldownSeconds: 60, perHour: 3 }
    await state.skeletonEnsure([pair(scope)])
    await state.skeletonPut(scope, 'inbox', { n: 1 })
    await state.skeletonPut(scope, 'inbox', { n: 2 })
    expect((await state.skeletonAlert(scope, 'inbox', { n: 1 }, limits))?.since).toEqual({ n: 1 })
    clock.advance(60_000)
    expect(await state.skeletonPut(scope, 'inbox', { n: 2 })).toMatchObject({ changed: false, untold: true })
    expect((await state.skeletonAlert(scope, 'inbox', { n: 2 }, limits))?.since).toEqual({ n: 1 })
  })
})
