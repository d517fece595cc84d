import type { JsonValue } from '@imperal/contract'
import { TestClock } from 'pg-boss'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openJobs } from '../../../foundation/jobs/index.ts'
import { createLog } from '../../../foundation/log.ts'
import type { HostCallbacks } from '../../hosts/index.ts'
import type { KernelParts } from '../parts.ts'
import { type Handler, openFixture, PATIENCE } from '../test-fixture.ts'
import { fireSchedule, fireSent } from './fire-schedule.ts'
import { recoverRuns } from './schedule-runs.ts'

const fixture = await openFixture({ background: false })
const people = await Promise.all(Array.from({ length: 7 }, () => fixture.person()))
const [ada] = people as [(typeof people)[number]]
const zoe = await fixture.person({ tenantId: 'acme' })
let parts: KernelParts
let other: KernelParts

const due = { app_id: 'clock', schedule: 'tick', cron: '*/5 * * * *' }
// Old runs are forgotten, so these are of today.
const at = (time: string) => new Date(`${new Date().toISOString().slice(0, 10)}T${time}Z`)
const runs = () =>
  fixture.rows<{ minute: Date; status: string | null }>(
    'select minute, status from kernel.schedule_run order by minute',
  )
const scheduled = async () => (await fixture.ledger({ appId: 'clock' })).filter((row) => row.source === 'schedule')
const handle = (work: Handler) => fixture.handler('clock', 'schedule', 'tick', work)
const store = (kernel: HostCallbacks, method: string, args: JsonValue[], asUser: string | null = null) =>
  kernel.onCallback({ client: 'store', method, args, asUser })

beforeAll(async () => {
  await fixture.app('clock', { schedules: [{ name: 'tick', cron: due.cron }] }, [...people, zoe], {
    owner: ada,
  } as never)
  parts = await fixture.assemble()
  other = await fixture.assemble()
})
beforeEach(async () => {
  await fixture.rows('delete from kernel.schedule_run')
  await fixture.rows('delete from kernel.schedule_place')
  await fixture.rows('alter table ledger.action disable trigger all')
  await fixture.rows("delete from ledger.action where app_id = 'clock'")
  fixture.notified.splice(0)
})
afterAll(() => fixture.close())

describe('a due minute', () => {
  test('[SCHED-EXT-I2] [K7.2] [E8] schedulers whose clocks differ by seconds fire one run, and leave a row', async () => {
    let ran = 0
    handle(() => {
      ran++
      return null
    })
    const fired = await Promise.all(
      ['10:05:00', '10:05:02', '10:05:04', '10:05:01'].map((time, n) =>
        fireSchedule(n % 2 === 0 ? parts : other, due, at(time)),
      ),
    )
    // Two tenants have the app.
    expect([fired.filter(Boolean).length, ran]).toEqual([1, 2])
    expect(await runs()).toEqual([{ minute: at('10:05:00'), status: 'success' }])
    expect((await scheduled()).map((row) => [row.status, row.user_id])).toEqual([
      ['success', '__system__'],
      ['success', '__system__'],
    ])
  })

  test('[SCHED-EXT-I2] [K7.2] [E8] a scheduler that is 90 s ahead fires a minute early, and nobody fires it again', async () => {
    let ran = 0
    handle(() => {
      ran++
      return null
    })
    const [HALF_A_MINUTE, AHEAD] = [30_000, 90_000]
    for (let time = at('10:00:00').getTime(); time <= at('10:10:00').getTime(); time += HALF_A_MINUTE)
      await Promise.all([fireSchedule(parts, due, new Date(time + AHEAD)), fireSchedule(other, due, new Date(time))])
    expect(await runs()).toEqual(
      ['10:00:00', '10:05:00', '10:10:00'].map((minute) => ({ minute: at(minute), status: 'success' })),
    )
    // Two tenants have the app.
    expect(ran).toBe(6)
  })

  test('[E8] [K6.26] that was missed is made up for within 15 minutes, once, and only written down after that', async () => {
    handle(() => null)
    expect(await fireSchedule(parts, { ...due, cron: '0 8 * * *' }, at('08:14:00'))).toBe(true)
    expect(await fireSchedule(parts, { ...due, cron: '0 9 * * *' }, at('09:16:00'))).toBe(false)
    expect(await runs()).toEqual([
      { minute: at('08:00:00'), status: 'success' },
      { minute: at('09:00:00'), status: 'missed' },
    ])
    expect((await scheduled()).filter((row) => row.status === 'skipped')).toEqual([
      expect.objectContaining({ facts: expect.objectContaining({ why: 'missed' }) }),
    ])
  })

  test('[E8] [K6.26] that was sent in time and comes to run hours later, after a crash, was missed', async () => {
    let ran = 0
    handle(() => {
      ran++
      return null
    })
    const daily = { ...due, cron: '0 9 * * *' }
    const noon = { ...parts, clock: { now: () => at('12:00:00').getTime(), iso: () => at('12:00:00').toISOString() } }
    expect(await fireSent(noon, daily, at('09:00:00'))).toBe(false)
    expect(await runs()).toEqual([{ minute: at('09:00:00'), status: 'missed' }])
    expect((await scheduled()).map((row) => row.facts)).toEqual([expect.objectContaining({ why: 'missed' })])
    const soon = { ...parts, clock: { now: () => at('10:10:00').getTime(), iso: () => at('10:10:00').toISOString() } }
    expect(await fireSent(soon, { ...due, cron: '0 10 * * *' }, at('10:00:00'))).toBe(true)
    // Two tenants have the app.
    expect(ran).toBe(2)
  })

  test('[K7.3] that comes while the last run goes on is skipped and recorded, and the next one runs', async () => {
    const finish = Promise.withResolvers<null>()
    handle(() => finish.promise)
    const first = fireSchedule(parts, due, at('11:00:00'))
    await expect.poll(async () => (await runs()).length, PATIENCE).toBe(1)
    expect(await fireSchedule(other, due, at('11:05:00'))).toBe(false)
    expect((await scheduled()).map((row) => [row.status, row.function, row.tenant_id]).sort()).toEqual([
      ['skipped', 'tick', 'acme'],
      ['skipped', 'tick', 'default'],
    ])
    finish.resolve(null)
    expect(await first).toBe(true)
    expect(await fireSchedule(other, due, at('11:10:00'))).toBe(true)
  })

  test('[K7.3] [E14] [K7.4] that hangs in one tenant is skipped there alone: the others have their next minute', async () => {
    const finish = Promise.withResolvers<null>()
    const ran: string[] = []
    handle((call) => {
      const tenant = call.ctx.user?.tenant_id ?? ''
      ran.push(tenant)
      return tenant === 'default' ? finish.promise : null
    })
    const first = fireSchedule(parts, due, at('11:15:00'))
    await expect.poll(() => ran.length, PATIENCE).toBe(2)
    for (const [node, time] of [[other, '11:20:00'] as const, [parts, '11:25:00'] as const])
      expect(await fireSchedule(node, due, at(time))).toBe(true)
    expect(ran.slice(2)).toEqual(['acme', 'acme'])
    expect((await scheduled()).filter(({ status }) => status === 'skipped').map((row) => row.tenant_id)).toEqual([
      'default',
      'default',
    ])
    expect((await runs()).map(({ status }) => status)).toEqual([null, 'skipped', 'skipped'])
    finish.resolve(null)
    expect(await first).toBe(true)
    expect(await fireSchedule(other, due, at('11:30:00'))).toBe(true)
    expect((await runs()).map(({ status }) => status)).toEqual(['success', 'skipped', 'skipped', 'success'])
  })

  test('[K7.3] that waited for a place until the next one was due is passed by, and recorded', async () => {
    let ran = 0
    handle(() => {
      ran++
      return null
    })
    const minutes = (ago: number) => new Date(parts.clock.now() - ago * 60_000)
    const every = { ...due, cron: '* * * * *' }
    expect(await fireSent(parts, every, minutes(3))).toBe(false)
    expect(await fireSent(other, every, minutes(3))).toBe(false)
    expect((await scheduled()).map((row) => row.status)).toEqual(['skipped'])
    expect(await fireSent(parts, every, minutes(0))).toBe(true)
    expect(ran).toBe(2)
  })

  test('[K7.3] fails without being tried again; the third time in a row its owner and the operator hear of it, once', async () => {
    handle(() => {
      throw new Error('broken')
    })
    for (const time of ['12:00:00', '12:05:00', '12:10:00', '12:15:00'])
      await fireSchedule(parts, due, at(time)).catch(() => undefined)
    expect((await runs()).map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'failed'])
    expect(fixture.notified.map((one) => [one.userId, one.appId, one.title])).toEqual([
      [ada.userId, 'clock', 'Clock: a schedule fails'],
    ])
  })

  test('[E13] a run whose node is taken for dead has failed, and writes nothing when it wakes', async () => {
    const awake = Promise.withResolvers<void>()
    const outcome = Promise.withResolvers<unknown>()
    handle(async (call, kernel) => {
      if (call.ctx.user?.tenant_id !== 'default') return null
      await awake.promise
      await store(kernel, 'create', ['ticks', { late: true }], ada.userId).then(outcome.resolve, outcome.resolve)
      return null
    })
    const run = fireSchedule(parts, due, at('13:00:00'))
    const held = () => fixture.rows('select 1 from kernel.schedule_place where node_id is not null')
    await expect.poll(async () => (await held()).length, PATIENCE).toBe(1)
    await expect.poll(async () => (await scheduled()).length, PATIENCE).toBe(1)
    await fixture.rows("update kernel.schedule_run set node_id = 'node_gone'")
    await fixture.rows("update kernel.schedule_place set node_id = 'node_gone' where tenant_id = 'default'")
    await recoverRuns(other)
    expect(await held()).toEqual([])
    awake.resolve()
    expect(await outcome.promise).toMatchObject({ wire: { code: 'call_aborted' } })
    await run
    expect((await runs()).map(({ status }) => status)).toEqual(['failed'])
    expect(await fixture.rows("select 1 from store.document where collection = 'ticks'")).toEqual([])
  })
})

describe('a database that is away', () => {
  type Trouble = 'none' | 'away' | 'unheard'
  /** The same node, behind a connection that breaks: before a statement reaches the database, or after it was done. */
  function behind(trouble: () => Trouble): KernelParts {
    const everyTenant: KernelParts['db']['everyTenant'] = async (work) => {
      const now = trouble()
      if (now === 'away') throw new Error('connection terminated')
      const done = await parts.db.everyTenant(work)
      if (now === 'unheard') throw new Error('connection terminated')
      return done
    }
    return { ...parts, db: { ...parts.db, everyTenant } }
  }
  const statuses = async () => (await runs()).map(({ status }) => status)

  test('[E13] when a run ends: its end is written once the database is back, and the next one runs', async () => {
    let trouble: Trouble = 'none'
    handle(() => {
      trouble = 'away'
      return null
    })
    const node = behind(() => trouble)
    await expect(fireSchedule(node, due, at('14:00:00'))).rejects.toThrow('terminated')
    await expect(recoverRuns(node)).rejects.toThrow('terminated')
    expect(await statuses()).toEqual([null])
    trouble = 'none'
    await recoverRuns(node)
    expect(await statuses()).toEqual(['success'])
    expect(await fireSchedule(parts, due, at('14:05:00'))).toBe(true)
  })

  test('[E13] as a minute is taken, unheard: that minute has failed and blocks no other', async () => {
    handle(() => null)
    const node = behind(() => 'unheard')
    await expect(fireSchedule(node, due, at('15:00:00'))).rejects.toThrow('terminated')
    expect(await statuses()).toEqual([null])
    await recoverRuns(parts)
    expect(await statuses()).toEqual(['failed'])
    expect(await fireSchedule(parts, due, at('15:05:00'))).toBe(true)
  })

  test('a run that goes on is left alone by its own node', async () => {
    const finish = Promise.withResolvers<null>()
    handle(() => finish.promise)
    const run = fireSchedule(parts, due, at('16:00:00'))
    await expect.poll(async () => (await runs()).length, PATIENCE).toBe(1)
    await recoverRuns(parts)
    expect(await statuses()).toEqual([null])
    finish.resolve(null)
    expect(await run).toBe(true)
    expect(await statuses()).toEqual(['success'])
  })
})

describe('fan-out', () => {
  test('[I-LIST-USERS-4] [K7.4] users come in pages, each of them once', async () => {
    await fixture.rows(
      `insert into registry.install (tenant_id, user_id, app_id, installed_at)
       select 'default', 'imp_u_many' || lpad(n::text, 6, '0'), 'clock', now() from generate_series(1, 10001) n`,
    )
    const seen: string[] = []
    let pages = 0
    handle(async (call, kernel) => {
      if (call.ctx.user?.tenant_id !== 'default') return null
      let cursor: string | null = null
      do {
        const page = (await store(kernel, 'list_users', [null, { page_size: 500, cursor }])) as {
          user_ids: string[]
          next_cursor: string | null
        }
        seen.push(...page.user_ids)
        cursor = page.next_cursor
        pages++
      } while (cursor !== null)
      return null
    })
    await fireSchedule(parts, due, at('14:00:00'))
    await fixture.rows("delete from registry.install where user_id like 'imp_u_many%'")
    expect([seen.length, new Set(seen).size]).toEqual([10_001 + people.length, seen.length])
    expect(pages).toBe(21)
  })

  test('[E9] [K7.4] [K7.5] the trouble of one user is that one’s alone, and each finds what was done in the own ledger, unpaid', async () => {
    const failed = people[3]?.userId ?? ''
    await fixture.registry.setDisabled(people[3] ?? ada, 'clock', true)
    const refused: string[] = []
    handle(async (call, kernel) => {
      if (call.ctx.user?.tenant_id !== 'default') return null
      for (const { userId } of people)
        await store(kernel, 'create', ['reminders', { of: userId }], userId).catch(() => refused.push(userId))
      await store(kernel, 'set', ['reminders', 'last', { n: 1 }], ada.userId)
      return null
    })
    await fireSchedule(parts, due, at('15:00:00'))
    await fixture.registry.setDisabled(people[3] ?? ada, 'clock', false)
    expect(refused).toEqual([failed])
    const rows = (await scheduled()).filter((row) => row.user_id !== '__system__')
    expect(rows.map((row) => row.user_id).sort()).toEqual(
      people.map(({ userId }) => userId).filter((id) => id !== failed),
    )
    expect(rows.find((row) => row.user_id === ada.userId)).toMatchObject({
      args: { 'store.create': 1, 'store.set': 1 },
      facts: { as_user: true },
      status: 'success',
    })
    expect(await fixture.rows('select 1 from billing.hold')).toEqual([])
  })

  test('[K7.4] one tenant’s failure does not keep the others from their run', async () => {
    const ran: unknown[] = []
    handle((call) => {
      ran.push(call.ctx.user?.tenant_id)
      if (call.ctx.user?.tenant_id === 'acme') throw new Error('broken')
      return null
    })
    await fireSchedule(parts, due, at('16:00:00'))
    expect(ran.sort()).toEqual(['acme', 'default'])
  })
})

test('[E23] [S003-078] [S003-079] [K7.1] a day of a virtual clock passes in seconds: hourly is 24 runs, nine o’clock is one', async () => {
  const database = fixture.database
  const clock = new TestClock(new Date('2026-06-01T00:01:30Z'))
  const log = createLog({ level: 'silent' })
  // The clock replaces a function of the engine, which takes the rights of its owner.
  const jobs = await openJobs({ connection: database.superuserConnection, log, worker: true, clock })
  const sent: string[] = []
  const stop = await jobs.work<{ name: string }>('test.day', { concurrency: 1 }, async ({ data, createdOn }) => {
    sent.push(`${data.name} ${createdOn.toISOString().slice(11, 16)}`)
  })
  await jobs.setCron('test.day', [
    { key: 'hourly', cron: '0 * * * *', data: { name: 'hourly' } },
    { key: 'nine', cron: '0 9 * * *', data: { name: 'nine' } },
  ])
  for (let hour = 0; hour < 24; hour++) {
    await clock.setTime(Date.UTC(2026, 5, 1, hour, 59, 20))
    await clock.tick(90_000)
  }
  await expect.poll(() => sent.filter((entry) => entry.startsWith('hourly')).length, PATIENCE).toBe(24)
  expect(sent.filter((entry) => entry.startsWith('nine'))).toEqual(['nine 09:00'])
  await stop()
  await jobs.close()
}, 120_000)
