import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import calendar from '../main.ts'
import { addEvent, changeEvent, listEvents } from '../src/functions.ts'
import { exportIcs, importIcs } from '../src/ics-functions.ts'
import { toMoment } from '../src/local-time.ts'

const now = '2026-06-21T10:00:00Z'
const ICS = [
  ...[
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Other//EN',
    'BEGIN:VEVENT',
    'UID:a@other',
    'DTSTAMP:20260601T000000Z',
  ],
  ...[
    'DTSTART:20260622T080000Z',
    'DTEND:20260622T090000Z',
    'SUMMARY:Stand-up\\, short',
    'RRULE:FREQ=WEEKLY;COUNT=3',
    'END:VEVENT',
  ],
  ...[
    'BEGIN:VEVENT',
    'UID:b@other',
    'DTSTAMP:20260601T000000Z',
    'DTSTART;VALUE=DATE:20260624',
    'DTEND;VALUE=DATE:20260626',
  ],
  ...['SUMMARY:Fair', 'END:VEVENT', 'END:VCALENDAR', ''],
].join('\r\n')

test('appointments are added, moved with their length, and listed with their repeats', async () => {
  const ctx = mockContext({ extension: calendar, now })
  const added = await addEvent(ctx, {
    title: 'Yoga',
    start: '2026-06-22T18:00:00+02:00',
    end: '2026-06-22T19:30:00+02:00',
    rrule: 'FREQ=DAILY;COUNT=3',
  })
  expect(added).toMatchObject({ data: { start: '2026-06-22T16:00:00.000Z', all_day: false } })
  const { event_id } = added.data as { event_id: string }
  expect(await listEvents(ctx, {})).toMatchObject({
    data: { total: 3, events: [{ start: '2026-06-22T16:00:00.000Z' }, { start: '2026-06-23T16:00:00.000Z' }, {}] },
  })
  expect(await changeEvent(ctx, { event_id, start: '2026-06-22T08:00:00Z', rrule: '' })).toMatchObject({
    data: { end: '2026-06-22T09:30:00.000Z' },
  })
  expect(await listEvents(ctx, { search: 'yo' })).toMatchObject({ data: { total: 1 } })
  expect(await addEvent(ctx, { title: 'x', start: '2026-06-22T10:00:00Z', end: '2026-06-22T09:00:00Z' })).toMatchObject(
    { error: 'It would end before it begins.' },
  )
  expect(await addEvent(ctx, { title: 'Trip', start: '2026-07-01', end: '2026-07-03' })).toMatchObject({
    data: { all_day: true, end: '2026-07-04T00:00:00.000Z' },
  })
})

test('ICS comes in, again as an update, and goes out as it came', async () => {
  const ctx = mockContext({ extension: calendar, now })
  expect(await importIcs(ctx, { ics: ICS })).toMatchObject({ data: { added: 2, updated: 0 } })
  expect(await importIcs(ctx, { ics: ICS.replace('Fair', 'Book fair') })).toMatchObject({
    data: { added: 0, updated: 2 },
  })
  const listed = await listEvents(ctx, { to: '2026-07-31' })
  expect((listed.data as { events: { title: string }[] }).events.map(({ title }) => title)).toEqual([
    'Stand-up, short',
    'Book fair',
    'Stand-up, short',
    'Stand-up, short',
  ])
  const { ics } = (await exportIcs(ctx, {})).data as { ics: string }
  expect(ics).toContain('UID:a@other')
  expect(ics).toMatch(/DTSTART;VALUE=DATE:20260624/)
  expect(ics).toContain('RRULE:FREQ=WEEKLY;COUNT=3')
  const other = mockContext({ extension: calendar, now })
  expect(await importIcs(other, { ics })).toMatchObject({ data: { added: 2 } })
  expect(await importIcs(ctx, { ics: 'hello' })).toMatchObject({ error: 'That is no ICS file.' })
})

test('the agenda shows what comes', async () => {
  const app = new TestHarness(calendar, { now })
  await app.call('add_event', { title: 'Dentist', start: '2026-06-25T08:00:00Z' })
  expect(JSON.stringify(await app.panel('agenda'))).toContain('Dentist')
  expect(await app.skeleton('today')).toMatchObject({ events: 0 })
})

test('times are those of the person: read in their zone, shown in it and in their language', async () => {
  const attributes = { timezone: 'Europe/Berlin', language: 'de' }
  const ctx = mockContext({ extension: calendar, now, attributes })
  const added = await addEvent(ctx, { title: 'Chor', start: '2026-06-22 18:30', end: '2026-06-22T20:00' })
  expect(added).toMatchObject({ data: { start: '2026-06-22T16:30:00.000Z', end: '2026-06-22T18:00:00.000Z' } })
  expect((await listEvents(ctx, {})).summary).toBe('2026-06-22 18:30 Chor')

  const app = new TestHarness(calendar, { now, attributes })
  await app.call('add_event', { title: 'Chor', start: '2026-07-01 23:30' })
  const agenda = JSON.stringify(await app.panel('agenda'))
  expect(agenda).toContain('Mi., 1. Juli 2026')
  expect(agenda).toContain('23:30–00:30')
  expect(agenda).not.toContain('UTC')
})

test.each([
  ['2026-03-29 01:30', '2026-03-29T00:30:00.000Z'],
  ['2026-03-29 03:30', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25 04:00', '2026-10-25T03:00:00.000Z'],
  ['2026-10-24', '2026-10-24'],
  ['2026-10-24T10:00:00Z', '2026-10-24T10:00:00Z'],
])('%s on a clock in Berlin is %s', (text, moment) => {
  expect(toMoment(text, { zone: 'Europe/Berlin' })).toBe(moment)
})

test('other apps are told when the person is busy, and nothing else', async () => {
  const ctx = mockContext({ extension: calendar, now, attributes: { timezone: 'Europe/Berlin' } })
  const add = (start: string, end: string, more = {}) =>
    addEvent(ctx, { title: 'Secret', location: 'Hidden', start, end, ...more })
  await add('2026-06-22 09:00', '2026-06-22 10:00', { rrule: 'FREQ=DAILY;COUNT=2' })
  await add('2026-06-22 09:30', '2026-06-22 11:00')
  await add('2026-06-22 11:00', '2026-06-22 11:30')
  await add('2026-06-24', '2026-06-24')
  const listBusy = calendar.exposed.get('list_busy')
  const asked = { from: '2026-06-22T09:15:00+02:00', to: '2026-06-24T12:00:00+02:00' }
  expect(await listBusy?.handler(ctx, asked)).toEqual({
    busy: [
      { start: '2026-06-22T07:15:00.000Z', end: '2026-06-22T09:30:00.000Z' },
      { start: '2026-06-23T07:00:00.000Z', end: '2026-06-23T08:00:00.000Z' },
      { start: '2026-06-23T22:00:00.000Z', end: '2026-06-24T10:00:00.000Z' },
    ],
  })
  for (const to of ['2026-06-22T09:00:00+02:00', '2027-06-22T09:00:00+02:00'])
    await expect((async () => listBusy?.handler(ctx, { ...asked, to }))()).rejects.toThrow(/before it begins|92 days/)
})

test('[ui 5.5] the appointment in the center is marked in the list', async () => {
  const app = new TestHarness(calendar, { now })
  const added = await app.call('add_event', { title: 'Dentist', start: '2026-06-25T08:00:00Z' })
  await app.call('add_event', { title: 'Choir', start: '2026-06-26T08:00:00Z' })
  const { event_id } = added.data as { event_id: string }
  expect(await app.marked('agenda', 'event', { event_id })).toEqual([`${event_id} 2026-06-25T08:00:00.000Z`])
  expect(await app.marked('agenda', 'event', {})).toEqual([])
})

test('nobody is asked to confirm the deletion of an appointment that is not there', async () => {
  const ctx = mockContext({ extension: calendar })
  const { data } = await addEvent(ctx, { title: 'Dentist', start: '2026-06-25T08:00:00Z' })
  const check = async (event_id: string) => calendar.exposed.get('check_delete_event')?.handler(ctx, { event_id })
  expect(await check(String((data as { event_id: string }).event_id))).toEqual({})
  expect(await check('none')).toMatchObject({ status: 'error', errorCode: 'EVENT_NOT_FOUND' })
})
