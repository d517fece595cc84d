// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest'
import { type Mounted, mount, press } from '../testing/mount.tsx'
import { speakWith } from '../words.ts'
import { Calendar } from './calendar.tsx'

let mounted: Mounted | undefined
afterEach(async () => {
  await mounted?.unmount()
  document.documentElement.dir = ''
  speakWith('en', (sentence) => sentence)
})

const WORDS: Record<string, string> = { Months: 'Monate', 'Next month': 'Nächster', 'Previous month': 'Voriger' }

test('[ui:DatePicker] [I7-i18n] the calendar speaks the language of the panel', async () => {
  speakWith('de', (sentence) => WORDS[sentence] ?? sentence)
  mounted = await mount(<Calendar day="2026-12-12" min="" max="" onDay={() => undefined} />)
  const names = [...mounted.element.querySelectorAll('[aria-label]')].map((one) => one.getAttribute('aria-label') ?? '')
  expect(names).toEqual(
    expect.arrayContaining(['Monate', 'Nächster', 'Voriger', 'Dezember 2026', 'Montag', 'Samstag, 12. Dezember 2026']),
  )
  expect(names.filter((name) => /month|day|december/i.test(name))).toEqual([])
})

test('[ui:DatePicker] where one reads from the right the days go on to the left', async () => {
  document.documentElement.dir = 'rtl'
  mounted = await mount(<Calendar day="2026-12-12" min="" max="" onDay={() => undefined} />)
  const day = () => document.activeElement?.textContent
  expect(day()).toBe('12')
  await press(document.activeElement as HTMLElement, 'ArrowLeft') // the button of the day
  expect(day()).toBe('13')
})
