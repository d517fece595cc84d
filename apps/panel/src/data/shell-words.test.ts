// @vitest-environment happy-dom
import { ApiError } from '@imperal/client'
import { PANEL_SLOT_STATUS, PANEL_SLOTS } from '@imperal/contract/panel-slots'
import { expect, test } from 'vitest'
import { commandText, suggest } from '../components/chat/suggestions.ts'
import { markOf, shortArgs } from '../components/chat/trace.tsx'
import { timeLeft } from '../components/countdown.ts'
import { shortTime } from '../components/time-text.tsx'
import { readPath } from '../components/use-place.ts'
import { duration } from '../pages/parts/figures.ts'
import { toApp } from './apps.ts'
import { failureOf, failureOfResponse } from './failures.ts'
import { createLimiter } from './limiter.ts'
import { safeLink } from './notifications.ts'
import { counterOf, dropdownOf } from './tray.ts'
import { paramsOfAddress } from './workspace/center-address.ts'

test('[UI3.6] every failure is a sentence with a code; a 403 has no retry', () => {
  const forbidden = new ApiError({ status: 403, code: 'forbidden', message: 'no' })
  expect(failureOf(forbidden)).toEqual({
    message: 'You do not have access to this.',
    code: 'FORBIDDEN',
    retryable: false,
  })
  const invalid = new ApiError({ status: 422, code: 'invalid', message: 'x', detail: [{ msg: 'a' }, { msg: 'b' }] })
  expect(failureOf(invalid).message).toBe('a. b')
  expect(failureOf(new DOMException('late', 'TimeoutError')).code).toBe('UPSTREAM_TIMEOUT')
})

test('[UI3.6] field errors of an answer reach the fields', () => {
  const response = { status: 'error', error: 'No', error_code: 'BAD', summary: null, ui: null } as const
  const developer = { error: 'TypeError: beds is undefined', at: 'src/functions.ts:12:5' }
  expect(failureOfResponse({ ...response, error: 'It failed.', data: { developer } }).message).toBe(
    'It failed. TypeError: beds is undefined (src/functions.ts:12:5)',
  )
  expect(failureOfResponse({ ...response, data: { field_errors: { title: 'Too long', at: 3 } } }).fieldErrors).toEqual({
    title: 'Too long',
  })
})

test('[I-PANEL-RENDERING-CONTRACT] every slot has a status, and the shell draws exactly those that are not reserved', () => {
  expect(Object.keys(PANEL_SLOT_STATUS).sort()).toEqual([...PANEL_SLOTS].sort())
  const bare = {
    app_id: 'notes',
    functions: [],
    tray: [],
    menu: [],
    icon_url: '',
    is_installed: true,
    has_access: true,
  }
  const drawn = (slot: string) =>
    toApp({ ...bare, panels: [{ panel_id: 'one', slot, title: 'One' }] } as never).panels.map((panel) => panel.slot)
  for (const slot of PANEL_SLOTS)
    expect(drawn(slot), slot).toEqual(PANEL_SLOT_STATUS[slot] === 'reserved' ? [] : [slot])
  for (const slot of ['main', 'constructor', 'toString']) expect(drawn(slot), slot).toEqual([])
})

test('[UI6.4] ten calls within a second go, the eleventh waits', () => {
  const limiter = createLimiter(10, 60)
  const waits = Array.from({ length: 11 }, () => limiter.take('notes', 1_000))
  expect(waits.slice(0, 10).every((wait) => wait === 0)).toBe(true)
  expect(waits[10]).toBe(1_000)
  expect(limiter.take('tasks', 1_000)).toBe(0)
})

test('[S000-065] a tray tree has a count and a dropdown; nothing is shown for zero', () => {
  const badge = (value: unknown) => ({ type: 'Badge', props: { value, color: 'red' } })
  const rows = { type: 'Text', props: { content: 'a' } }
  expect(counterOf({ type: 'Stack', props: { children: [badge(120), rows] } })).toEqual({ text: '99+', tone: 'danger' })
  expect(counterOf(badge(0))).toBeNull()
  expect(counterOf({ type: 'TrayResponse', props: { badge: badge(3) } })?.text).toBe('3')
  expect(dropdownOf(badge(3))).toBeNull()
  expect(dropdownOf({ type: 'Stack', props: { children: [badge(1), rows] } })).toEqual({
    type: 'Stack',
    props: { children: [rows] },
  })
})

test('[UI5.8] a notice leads only to paths of the shell', () => {
  expect(safeLink('/ext/notes/note?id=1')).toBe('/ext/notes/note?id=1')
  for (const link of ['//evil.example', 'https://evil.example', '/\\evil', 'javascript:alert(1)', null])
    expect(safeLink(link)).toBeNull()
})

test('[UI5.5] params of an address are text, and reserved names are left out', () => {
  expect(paramsOfAddress({ page: '2', __active__: 'x' }, null)).toEqual({ page: '2' })
})

test('[UI5.11] addresses are places of the workspace or pages of the host', () => {
  expect(readPath('/')).toEqual({ kind: 'workspace', appId: null, panelId: null })
  expect(readPath('/ext/notes/note')).toEqual({ kind: 'workspace', appId: 'notes', panelId: 'note' })
  expect(readPath('/ext/notes/secrets').kind).toBe('page')
  expect(readPath('/ext/notes/settings').kind).toBe('page')
  expect(readPath('/ext/mail/settings', (app, panel) => app === 'mail' && panel === 'settings').kind).toBe('workspace')
  expect(readPath('/marketplace/notes').kind).toBe('page')
})

test('[S001-055] hidden, disabled and denied apps are not in the rail', () => {
  const mine = {
    app_id: 'a',
    functions: [],
    panels: [],
    tray: [],
    menu: [],
    icon_url: '',
    is_installed: true,
    has_access: true,
  }
  const inRail = (more: object) => toApp({ ...mine, ...more } as never).inRail
  expect(inRail({})).toBe(true)
  expect(inRail({ hidden_in_sidebar: true })).toBe(false)
  expect(inRail({ is_disabled: true })).toBe(false)
  expect(inRail({ has_access: false })).toBe(false)
  // The top bar leads to its page already.
  expect(inRail({ app_id: 'marketplace' })).toBe(false)
})

const notes = toApp({
  app_id: 'notes',
  name: 'Notes',
  functions: [
    {
      name: 'create_note',
      description: '',
      action_type: 'write',
      params_schema: {
        properties: { title: { type: 'string' }, size: { type: 'integer' } },
        required: ['title', 'size'],
      },
    },
  ],
  panels: [],
  tray: [],
  menu: [],
  icon_url: '',
  has_access: true,
} as never)

test('[kernel 2.9] a slash offers functions; the chosen one comes with its required arguments and the caret in the first', () => {
  const [found] = suggest('/cre', [notes])
  expect(found?.command).toBe('/notes.create_note')
  const { text, caret } = commandText(found as never)
  expect(text).toBe('/notes.create_note {"title": "", "size": 0}')
  expect(text.slice(0, caret).endsWith('"title": "')).toBe(true)
  expect(suggest('/notes.create_note {', [notes])).toEqual([])
  expect(suggest('hello', [notes])).toEqual([])
})

test('[UI5.10] trace lines are short and say the state', () => {
  expect(shortArgs({ folder: 'Meetings', ids: [1, 2], deep: { a: 1 } })).toBe('folder: "Meetings", ids: 2, deep: {…}')
  expect(duration(142)).toBe('142 ms')
  expect(duration(1_940)).toBe('1.9 s')
  expect(['success', 'intercepted', 'denied', 'cancelled'].map(markOf)).toEqual([
    'done',
    'waiting',
    'failed',
    'declined',
  ])
})

test('[K3.21] the time left of a confirmation counts down to its end', () => {
  const until = '2026-01-01T00:05:00.000Z'
  expect(timeLeft(until, Date.parse('2026-01-01T00:00:22.000Z'))).toBe('4:38')
  expect(timeLeft(until, Date.parse(until))).toBeNull()
})

test('times are short: today the hour, this week the day, this year the date', () => {
  const now = new Date('2026-06-12T12:00:00')
  expect(shortTime(new Date('2026-06-12T10:42:00'), now)).toMatch(/10.42/)
  expect(shortTime(new Date('2026-06-10T10:42:00'), now)).not.toMatch(/10/)
  expect(shortTime(new Date('2024-06-10T10:42:00'), now)).toMatch(/2024/)
})
