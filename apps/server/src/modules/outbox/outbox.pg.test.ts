import pg from 'pg'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { openBus } from '../../foundation/bus.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import { createLog } from '../../foundation/log.ts'
import { type OutboxMessage, openOutbox, type StreamRecord } from './index.ts'
import { dropForeignMessages, trimMessages } from './trim-messages.ts'

// Positions are those of the whole database cluster, which other test files share: a long transaction there delays us.
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check)

const database = await createTestDatabase()
const log = createLog({ level: 'silent' })
const db = openDatabase(database.connection, { maximum: 30 })
const bus = await openBus(database.connection, log)
const clock = manualClock()
const outbox = await openOutbox({ db, bus, log, clock })
afterAll(async () => {
  await outbox.close()
  await bus.close()
  await db.close()
})

const message = (tenantId: string, n: number, userId: string | null = 'ada'): OutboxMessage => ({
  tenantId,
  userId,
  type: 'event',
  payload: { n },
})

function collect(tenantId: string) {
  const records: StreamRecord[] = []
  const stop = outbox.listen((record) => {
    if (record.tenantId === tenantId) records.push(record)
  })
  return { records, numbers: () => records.map((record) => record.payload.n), stop }
}

const shuffled = <T>(values: readonly T[]): T[] =>
  values
    .map((value) => ({ value, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value)

describe('delivery', () => {
  test('[K3.53] twenty concurrent transactions and one that stays open: nothing is lost, nothing comes out of order', async () => {
    const seen = collect('order')
    const release: (() => void)[] = []
    const begun: Promise<void>[] = []
    const transaction = (n: number, fate: 'commit' | 'rollback') => {
      const gate = new Promise<void>((resolve) => release.push(resolve))
      let begin = () => {}
      begun.push(new Promise((resolve) => (begin = resolve)))
      return db
        .tenant('order', async (tx) => {
          await outbox.publish(tx, message('order', n))
          begin()
          await gate
          await outbox.publish(tx, message('order', n + 100))
          if (fate === 'rollback') throw new Error('rolled back')
        })
        .catch((error: Error) => expect(error.message).toBe('rolled back'))
    }
    const slowest = transaction(0, 'commit')
    await Promise.all(begun)
    const others = Array.from({ length: 20 }, (_, index) =>
      transaction(index + 1, index % 4 === 3 ? 'rollback' : 'commit'),
    )
    await Promise.all(begun)
    for (const open of shuffled(release.slice(1))) open()
    await Promise.all(others)
    // A message of its own, after all of them, still waits for the oldest.
    await outbox.send(message('order', 999))
    await expect(outbox.replay('order', 'ada', await outbox.latestId(), 10)).resolves.toEqual([])
    expect(seen.records).toEqual([])
    release[0]?.()
    await slowest

    await eventually(() => expect(seen.numbers()).toContain(999))
    const committed = [0, ...Array.from({ length: 20 }, (_, index) => index + 1).filter((n) => n % 4 !== 0)]
    const expected = [...committed.flatMap((n) => [n, n + 100]), 999]
    expect([...seen.numbers()].sort()).toEqual([...expected].sort())
    expect(seen.numbers().slice(0, 2)).toEqual([0, 100])
    const ids = seen.records.map((record) => record.id)
    expect(ids).toEqual([...ids].sort())
    expect(new Set(ids).size).toBe(ids.length)
    seen.stop()
  })

  test('one statement carries many messages in their order, with one notice', async () => {
    const seen = collect('many')
    const notices: unknown[] = []
    const listener = new pg.Client({ ...database.connection })
    await listener.connect()
    listener.on('notification', (notice) => notices.push(notice))
    await listener.query('listen "outbox.message"')
    const messages = Array.from({ length: 1_200 }, (_, n) => message('many', n, n % 2 === 0 ? 'ada' : null))
    await db.atomic('many', [outbox.publishingMany(messages)])
    await eventually(() => expect(seen.records).toHaveLength(1_200))
    expect(seen.numbers()).toEqual(messages.map((_, n) => n))
    expect(seen.records.slice(0, 2).map((record) => record.userId)).toEqual(['ada', null])
    await eventually(() => expect(notices).toHaveLength(1))
    await listener.end()
    seen.stop()
  })

  test('a second node gets the same messages, and what it missed while its notices were lost', async () => {
    const otherBus = await openBus(database.connection, log)
    const other = await openOutbox({ db, bus: otherBus, log, clock })
    const records: StreamRecord[] = []
    other.listen((record) => {
      if (record.tenantId === 'nodes') records.push(record)
    })
    await outbox.send(message('nodes', 1))
    await eventually(() => expect(records.map((record) => record.payload.n)).toEqual([1]))
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'",
    )
    await outbox.send(message('nodes', 2))
    await eventually(() => expect(records.map((record) => record.payload.n)).toEqual([1, 2]))
    await other.close()
    await otherBus.close()
  })

  test('ephemeral messages reach the listeners of every node once and leave no row', async () => {
    const otherBus = await openBus(database.connection, log)
    const other = await openOutbox({ db, bus: otherBus, log, clock })
    const here = collect('ephemeral')
    const there: StreamRecord[] = []
    other.listen((record) => there.push(record))
    for (let n = 0; n < 50; n++) outbox.sendEphemeral(message('ephemeral', n))
    expect(here.numbers()).toEqual(Array.from({ length: 50 }, (_, n) => n))
    await eventually(() => expect(there).toHaveLength(50))
    expect(there.map((record) => record.payload.n)).toEqual(here.numbers())
    expect(there[0]?.id).toBe('')
    const rows = await db.everyTenant((tx) =>
      tx.selectFrom('outbox.message').selectAll().where('tenant_id', '=', 'ephemeral').execute(),
    )
    expect(rows).toEqual([])
    expect(here.records).toHaveLength(50)
    await other.close()
    await otherBus.close()
    here.stop()
  })

  test('a listener that throws does not keep the others from their messages', async () => {
    const stop = outbox.listen(() => {
      throw new Error('broken listener')
    })
    const seen = collect('broken')
    await outbox.send(message('broken', 1))
    await outbox.send(message('broken', 2))
    await eventually(() => expect(seen.numbers()).toEqual([1, 2]))
    stop()
    seen.stop()
  })

  test('a payload may hold any text that JSON can', async () => {
    const seen = collect('texts')
    const text = 'a\0b \ud800 "quoted" \u2028 😀'
    await outbox.send({ ...message('texts', 1), payload: { text } })
    await eventually(() => expect(seen.records[0]?.payload).toEqual({ text }))
    seen.stop()
  })
})

describe('tenants', () => {
  test('[api 7.2] a query without any condition shows no message of another tenant', async () => {
    await outbox.send(message('t1', 1))
    const rows = await db.tenant('t2', (tx) => tx.selectFrom('outbox.message').selectAll().execute())
    expect(rows).toEqual([])
    await expect(db.atomic('t2', [outbox.publishing(message('t1', 2))])).rejects.toThrow(/row-level security/)
  })
})

describe('resume', () => {
  test('[S001-086] gives what came after the id, of that user and of the whole tenant only', async () => {
    const seen = collect('resume')
    await outbox.send(message('resume', 1))
    await outbox.send(message('resume', 2, 'bob'))
    await outbox.send(message('resume', 3, null))
    await outbox.send(message('resume', 4))
    await outbox.send(message('elsewhere', 5))
    await eventually(() => expect(seen.records).toHaveLength(4))
    const [first] = seen.records
    const replayed = await outbox.replay('resume', 'ada', first?.id ?? '', 10)
    expect(replayed?.map((record) => record.payload.n)).toEqual([3, 4])
    expect(replayed).toEqual([seen.records[2], seen.records[3]])
    expect((await outbox.replay('resume', 'ada', first?.id ?? '', 1))?.map((record) => record.payload.n)).toEqual([3])
    seen.stop()
  })

  test('[api 6.1] an id that is unknown, from the future or older than what is kept gives null', async () => {
    const seen = collect('old')
    clock.advance(60_000)
    await outbox.send(message('old', 1))
    await outbox.send(message('old', 2))
    await eventually(() => expect(seen.records).toHaveLength(2))
    const first = seen.records[0]?.id ?? ''
    expect(await outbox.replay('old', 'ada', '1750500000000-0', 10)).toBeNull()
    expect(await outbox.replay('old', 'ada', `7${first.slice(1)}`, 10)).toBeNull()

    const kept = { minimumMs: 600_000, maximumMs: 3_600_000, maximumMessages: 0 }
    clock.advance(599_000)
    await trimMessages(db, clock, kept)
    expect(await outbox.replay('old', 'ada', first, 10)).toHaveLength(1)
    clock.advance(2_000)
    expect(await trimMessages(db, clock, kept)).toBeGreaterThanOrEqual(2)
    expect(await outbox.replay('old', 'ada', first, 10)).toBeNull()
    // The newest id that was trimmed is still the end of what there was.
    expect(await outbox.replay('old', 'ada', seen.records[1]?.id ?? '', 10)).toEqual([])
    seen.stop()
  })

  test('the clean-up works in batches and keeps a calm installation for its longest time', async () => {
    const many = Array.from({ length: 12_000 }, (_, n) => message('batch', n))
    await db.atomic('batch', [outbox.publishingMany(many)])
    const retention = { minimumMs: 600_000, maximumMs: 3_600_000, maximumMessages: 1_000_000 }
    clock.advance(3_599_000)
    expect(await trimMessages(db, clock, retention)).toBeLessThan(12_000)
    clock.advance(2_000)
    expect(await trimMessages(db, clock, retention)).toBe(12_000)
  })

  test('[E3] [E10] what a reader has not read stays however old it is, and what all have read goes', async () => {
    const owner = new pg.Client({ ...database.superuserConnection })
    await owner.connect()
    await owner.query(
      'create schema readers; create table readers.near (position text); create table readers.far (position text)',
    )
    await owner.query('grant usage on schema readers to public; grant select on all tables in schema readers to public')
    const place = (table: string, position: string) =>
      owner
        .query(`delete from readers.${table}`)
        .then(() => owner.query(`insert into readers.${table} values ($1)`, [position]))
    const seen = collect('unread')
    for (const n of [1, 2, 3]) await outbox.send(message('unread', n))
    await eventually(() => expect(seen.records).toHaveLength(3))
    seen.stop()
    const [first = '', second = '', third = ''] = seen.records.map(({ id }) => id)
    const retention = { minimumMs: 600_000, maximumMs: 3_600_000, maximumMessages: 0 }
    const left = async () =>
      (
        await owner.query("select payload ->> 'n' as n from outbox.message where tenant_id = 'unread' order by seq")
      ).rows.map(({ n }) => n)
    const trim = () => trimMessages(db, clock, retention, ['readers.near', 'readers.far'])
    clock.advance(90_000_000)
    await place('near', third)
    await place('far', first)
    await trim()
    expect(await left()).toEqual(['2', '3'])
    await place('far', second)
    await trim()
    expect(await left()).toEqual(['3'])
    // A reader that has not begun waits for nothing.
    await place('far', '')
    await trim()
    expect(await left()).toEqual([])
    await owner.end()
  })

  test('messages of a database that was replaced by an older copy do not block the new ones', async () => {
    const owner = new pg.Client({ ...database.superuserConnection })
    await owner.connect()
    await owner.query(
      `insert into outbox.message (xid, tenant_id, user_id, type, payload, created_at)
       values ('9000000000000', 'foreign', 'ada', 'event', '{}', now())`,
    )
    await owner.query("update outbox.trimmed set xid = '9000000000000'")
    await dropForeignMessages(db)
    const { rows } = await owner.query("select 1 from outbox.message where tenant_id = 'foreign'")
    expect(rows).toEqual([])
    await owner.end()
    expect(await outbox.replay('foreign', 'ada', await outbox.latestId(), 10)).toEqual([])
  })
})
