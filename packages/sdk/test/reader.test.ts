import { expect, test } from 'vitest'
import { readerOf } from '../src/index.ts'

const reader = (timezone: string, language?: unknown) =>
  readerOf({ time: { timezone }, user: { attributes: language === undefined ? {} : { language: language as string } } })

test('moments and numbers are written for the person: their zone, their language', () => {
  const [noon, late] = ['2026-12-24T12:00:00Z', '2026-12-24T23:30:00Z']
  const german = reader('Europe/Berlin', 'de')
  expect(german.moment(noon)).toBe('24.12.2026, 13:00')
  expect(german.day(late)).toBe('25.12.2026')
  expect(german.number(12_000.5)).toBe('12.000,5')
  // A date without a clock is that day everywhere, west of Greenwich, too.
  expect(reader('America/Los_Angeles').day('2026-12-24')).toBe('24 Dec 2026')
  const tokyo = reader('Asia/Tokyo')
  expect([tokyo.locale, tokyo.moment(noon), tokyo.clock(noon)]).toEqual(['en-GB', '24 Dec 2026, 21:00', '21:00'])
})

test('what is no moment is written as nothing, and a language that is none as English', () => {
  const { moment, day, locale } = reader('UTC', 'no language!')
  expect([moment(null), moment('soon'), day(''), locale]).toEqual(['', '', '', 'en-GB'])
  expect(readerOf({ time: { timezone: 'UTC' }, user: null }).number(1_000)).toBe('1,000')
})
