import { generateManifest } from '@imperal/sdk'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import calendar from '../main.ts'
import { addEvent, changeEvent, deleteEvent, listEvents } from '../src/functions.ts'
import { exportIcs, importIcs, importIcsFile } from '../src/ics-functions.ts'

const now = '2027-03-20T10:00:00Z'
const berlin = { timezone: 'Europe/Berlin' }
const here = () => mockContext({ extension: calendar, now, attributes: berlin })
type Context = ReturnType<typeof here>

const file = (...events: string[][]) =>
  [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Other//EN'],
    ...events.flatMap((lines) => ['BEGIN:VEVENT', 'DTSTAMP:20270101T000000Z', ...lines, 'END:VEVENT']),
    ...['END:VCALENDAR', ''],
  ].join('\r\n')

const series = [
  ...['UID:choir@other', 'SUMMARY:Choir', 'RRULE:FREQ=WEEKLY;BYDAY=MO', 'EXDATE;TZID=Europe/Berlin:20270405T190000'],
  ...['DTSTART;TZID=Europe/Berlin:20270322T190000', 'DTEND;TZID=Europe/Berlin:20270322T210000'],
]
const moved = [
  ...['UID:choir@other', 'SUMMARY:Choir, moved', 'RECURRENCE-ID;TZID=Europe/Berlin:20270329T190000'],
  ...['DTSTART;TZID=Europe/Berlin:20270330T200000', 'DTEND;TZID=Europe/Berlin:20270330T210000'],
]

async function shown(ctx: Context, from = '2027-03-22', to = '2027-04-19') {
  const { data } = await listEvents(ctx, { from, to })
  return (data as { events: { start: string; title: string }[] }).events.map(
    ({ start, title }) => `${start.slice(0, 16)} ${title}`,
  )
}
const whole = [
  '2027-03-22T18:00 Choir',
  '2027-03-30T18:00 Choir, moved',
  '2027-04-12T17:00 Choir',
  '2027-04-19T17:00 Choir',
]

test('a repeat keeps its clock when summer time begins, wherever it is looked at', async () => {
  const app = new TestHarness(calendar, { now, attributes: berlin })
  await app.call('add_event', { title: 'Choir', start: '2027-03-22 19:00', rrule: 'FREQ=WEEKLY' })
  expect(JSON.stringify(await app.panel('agenda')).match(/19:00–20:00/g)?.length).toBeGreaterThan(3)

  const ctx = here()
  await addEvent(ctx, { title: 'Choir', start: '2027-03-22 19:00', rrule: 'FREQ=WEEKLY' })
  expect((await shown(ctx)).slice(0, 2)).toEqual(['2027-03-22T18:00 Choir', '2027-03-29T17:00 Choir'])
})

test('what was kept before zones were, repeats on the clock of the person', async () => {
  const ctx = here()
  const start = '2027-03-22T18:00:00.000Z'
  const texts = { title: 'Choir', location: '', notes: '', rrule: 'FREQ=WEEKLY', uid: 'old' }
  await ctx.store.create('appointments', { ...texts, start, end: '2027-03-22T19:00:00.000Z', all_day: false })
  await ctx.store.create('appointments', {
    ...{ ...texts, title: 'Odd', uid: 'odd', rrule: 'FREQ=WEEKLY;BYDAY=ZZ' },
    ...{ start, end: '2027-03-22T19:00:00.000Z', all_day: false },
  })
  expect(await shown(ctx, '2027-03-22', '2027-03-29')).toEqual([
    '2027-03-22T18:00 Choir',
    '2027-03-22T18:00 Odd',
    '2027-03-29T17:00 Choir',
  ])
})

test('what has repeated every day for years is there on any day that is asked', async () => {
  const ctx = here()
  await addEvent(ctx, { title: 'Pill', start: '2025-01-01 08:00', rrule: 'FREQ=DAILY' })
  expect(await shown(ctx, '2031-07-01', '2031-07-02')).toEqual(['2031-07-01T06:00 Pill', '2031-07-02T06:00 Pill'])
})

test('a series comes in with what was moved and left out, and goes out as it came', async () => {
  const ctx = here()
  expect(await importIcs(ctx, { ics: file(series, moved) })).toMatchObject({ data: { added: 2, updated: 0 } })
  expect(await shown(ctx)).toEqual(whole)
  expect(await importIcs(ctx, { ics: file(moved, series) })).toMatchObject({ data: { added: 0, updated: 2 } })
  expect(await shown(ctx)).toEqual(whole)

  const { ics } = (await exportIcs(ctx, {})).data as { ics: string }
  expect(ics).toMatch(/DTSTART[^:]*;TZID=Europe\/Berlin:20270322T190000/)
  const other = mockContext({ extension: calendar, now, attributes: { timezone: 'America/New_York' } })
  await importIcs(other, { ics })
  const strip = (text: string) => text.replaceAll(/DTSTAMP.*/g, '')
  expect(strip(((await exportIcs(other, {})).data as { ics: string }).ics)).toBe(strip(ics))
  expect(await shown(other, '2027-03-22', '2027-04-20')).toEqual(whole)
})

test('what is cancelled goes: one repeat, or the appointment', async () => {
  const ctx = here()
  await importIcs(ctx, { ics: file(series, moved) })
  const off = [...moved, 'STATUS:CANCELLED']
  expect(await importIcs(ctx, { ics: file(off) })).toMatchObject({ data: { added: 0, updated: 1, removed: 1 } })
  expect(await shown(ctx)).toEqual(whole.filter((line) => !line.includes('moved')))
  expect(await importIcs(ctx, { ics: file([...series, 'STATUS:CANCELLED']) })).toMatchObject({ data: { removed: 1 } })
  expect(await importIcs(ctx, { ics: file([...series, 'STATUS:CANCELLED']) })).toMatchObject({
    data: { added: 0, updated: 0, removed: 0 },
  })
  expect(await shown(ctx)).toEqual([])
})

test('a series that moves takes along what was left out; a moved repeat that is deleted stays away', async () => {
  const ctx = here()
  await importIcs(ctx, { ics: file(series, moved) })
  const { events } = (await listEvents(ctx, { to: '2027-04-19' })).data as { events: { event_id: string }[] }
  await changeEvent(ctx, { event_id: events[0]?.event_id ?? '', start: '2027-03-22 18:00' })
  const earlier = ['2027-03-22T17:00 Choir', '2027-04-12T16:00 Choir', '2027-04-19T16:00 Choir']
  expect(await shown(ctx)).toEqual([earlier[0], whole[1], ...earlier.slice(1)])
  await deleteEvent(ctx, { event_id: events[1]?.event_id ?? '' })
  expect(await shown(ctx)).toEqual(earlier)
})

test('times without a zone are those of the person', async () => {
  const ctx = here()
  await importIcs(ctx, { ics: file(['UID:f@other', 'SUMMARY:Lunch', 'DTSTART:20270401T120000']) })
  expect(await shown(ctx)).toEqual(['2027-04-01T10:00 Lunch'])
})

test('a file that cannot be read whole is refused with all that is wrong, and nothing of it comes in', async () => {
  const ctx = here()
  const cut = file(series, moved)
  const refused = await importIcs(ctx, { ics: cut.slice(0, cut.lastIndexOf('END:VEVENT')) })
  expect(JSON.stringify(refused)).toContain('The file is cut off: END:VEVENT and END:VCALENDAR is missing.')
  const answer = await importIcs(ctx, {
    ics: file(
      series,
      ['UID:n@other', 'SUMMARY:Never'],
      [...series.slice(0, 2), 'DTSTART:soon', 'RRULE:FREQ=WEEKLY;BYDAY=ZZ'],
    ),
  })
  const wrong = JSON.stringify(answer)
  expect(wrong).toContain('Appointment 2 (“Never”): It has no DTSTART.')
  expect(wrong).toContain('Appointment 3 (“Choir”): DTSTART “soon” is no time')
  expect(wrong).toContain('BYDAY takes days such as MO,WE or -1FR')
  expect(await shown(ctx)).toEqual([])
})

test('what is wrong is said with an example of what is right', async () => {
  const app = new TestHarness(calendar, { now, attributes: berlin })
  const said = async (fields: object) =>
    JSON.stringify(await app.call('add_event', { title: 'x', start: '2027-04-01', ...fields }).catch(String))
  expect(await said({ start: 'tomorrow' })).toContain('Write a day as 2026-12-24')
  expect(await said({ start: '2027-02-30 12:00' })).toContain('This is no day or time')
  expect(await said({ rrule: 'FREQ=WEEKLY;BYDAY=ZZ' })).toContain('BYDAY takes days such as MO,WE or -1FR')
  expect(await said({ rrule: 'every week' })).toContain('Right is, for example, FREQ=WEEKLY;BYDAY=MO,WE')
  expect(await said({ rrule: 'FREQ=DAILY;COUNT=2;UNTIL=20270501' })).toContain('not by both')
})

test('a list ends at the time that was asked, and days are those of the person', async () => {
  const ctx = here()
  await addEvent(ctx, { title: 'Late', start: '2027-05-01 19:30' })
  await addEvent(ctx, { title: 'Night', start: '2027-05-02 00:30' })
  await addEvent(ctx, { title: 'Feast', start: '2027-05-01' })
  expect(await shown(ctx, '2027-05-01', '2027-05-01 19:00')).toEqual(['2027-05-01T00:00 Feast'])
  expect(await shown(ctx, '2027-05-01', '2027-05-01')).toEqual(['2027-05-01T00:00 Feast', '2027-05-01T17:30 Late'])
  expect(await shown(ctx, '2027-05-02', '2027-05-02')).toEqual(['2027-05-01T22:30 Night'])
})

const rehearsal = [
  ...['UID:play@other', 'SUMMARY:Rehearsal', 'RRULE:FREQ=WEEKLY;COUNT=2', 'EXDATE;TZID=Europe/Berlin:20270402T190000'],
  ...['DTSTART;TZID=Europe/Berlin:20270323T190000', 'DTEND;TZID=Europe/Berlin:20270323T203000'],
  // The last one is a repeat by the rule as well, and the one before is left out.
  'RDATE;TZID=Europe/Berlin:20270401T190000,20270402T190000,20270330T190000',
  'RDATE:20270410T090000Z',
]
const rehearsals = [
  ...['2027-03-23T18:00 Rehearsal', '2027-03-30T17:00 Rehearsal'],
  ...['2027-04-01T17:00 Rehearsal', '2027-04-10T09:00 Rehearsal'],
]

test('dates that a series names one by one take place, once, and go out as they came', async () => {
  const ctx = here()
  await importIcs(ctx, { ics: file(rehearsal) })
  expect(await shown(ctx)).toEqual(rehearsals)
  const { ics } = (await exportIcs(ctx, {})).data as { ics: string }
  expect(ics.match(/RDATE.*/g)?.map((line) => line.trim())).toEqual([
    'RDATE:20270401T170000Z',
    'RDATE:20270410T090000Z',
  ])
  const other = here()
  await importIcs(other, { ics })
  expect(await shown(other)).toEqual(rehearsals)
  // The file tells all of a series: a date that it no longer names is no more.
  await importIcs(ctx, { ics: file(rehearsal.slice(0, -1)) })
  expect(await shown(ctx)).toEqual(rehearsals.slice(0, -1))

  const days = ['UID:fair@other', 'SUMMARY:Fair', 'DTSTART;VALUE=DATE:20270324', 'RDATE;VALUE=DATE:20270326']
  const whole = here()
  await importIcs(whole, { ics: file(days) })
  expect(await shown(whole)).toEqual(['2027-03-24T00:00 Fair', '2027-03-26T00:00 Fair'])
  expect(((await exportIcs(whole, {})).data as { ics: string }).ics).toContain('RDATE;VALUE=DATE:20270326')
})

test('a named date that is moved, or cancelled, is so wherever in the file that stands', async () => {
  const later = [
    ...['UID:play@other', 'SUMMARY:Rehearsal, later', 'RECURRENCE-ID;TZID=Europe/Berlin:20270401T190000'],
    ...['DTSTART;TZID=Europe/Berlin:20270401T210000', 'DTEND;TZID=Europe/Berlin:20270401T220000'],
  ]
  const moved = rehearsals.with(2, '2027-04-01T19:00 Rehearsal, later')
  for (const events of [
    [rehearsal, later],
    [later, rehearsal],
  ]) {
    const ctx = here()
    await importIcs(ctx, { ics: file(...events) })
    expect(await shown(ctx)).toEqual(moved)
    await importIcs(ctx, { ics: file(rehearsal, [...later, 'STATUS:CANCELLED']) })
    expect(await shown(ctx)).toEqual(rehearsals.toSpliced(2, 1))
  }
})

test.each([
  [
    'RDATE;VALUE=PERIOD:20270401T170000Z/20270401T190000Z',
    'RDATE gives times with their own length (PERIOD), which this calendar cannot take',
  ],
  ['RDATE;TZID=Nowhere:20270401T190000', 'RDATE names the unknown zone “Nowhere”'],
  ['RDATE:tomorrow', 'RDATE “tomorrow” is no time'],
  [
    'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270329T190000',
    'RANGE=THISANDFUTURE changes all later repeats at once, which this calendar cannot take: end the series there',
  ],
])('%s is refused, with what to do', async (line, said) => {
  const ctx = here()
  const answer = await importIcs(ctx, { ics: file([...series, line]) })
  expect(JSON.stringify(answer)).toContain(said)
  expect(await shown(ctx)).toEqual([])
})

test('a file that was picked comes in whatever encoding it has; what an import may do is declared', async () => {
  const ctx = here()
  const ics = file(['UID:u@other', 'SUMMARY:Übung', 'DTSTART:20270401T120000Z'])
  for (const encoding of ['utf8', 'latin1'] as const) {
    const data_base64 = Buffer.from(ics, encoding).toString('base64')
    await importIcsFile(ctx, { files: [{ data_base64 }] })
    expect(await shown(ctx)).toEqual(['2027-04-01T12:00 Übung'])
  }
  const tools = generateManifest(calendar).tools as { name: string; effects?: string[] }[]
  for (const name of ['import_ics', 'import_ics_file'])
    expect(tools.find((one) => one.name === name)?.effects).toEqual(['create:event', 'update:event', 'delete:event'])
})
