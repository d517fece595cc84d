import { expect, test } from 'vitest'
import { changesOf, formValues, settingsSchema } from '../pages/app-settings/settings-form.ts'
import { isFree, nameOf, parseShortcut, writtenShortcut } from './shortcuts.ts'
import { isOffered } from './when.ts'

const facts = { app: true, panels: ['board'], admin: false, phone: false }

test('[UI5.11] a contribution is offered when all of its terms hold, and never by a term that nobody knows', () => {
  expect(isOffered('', facts)).toBe(true)
  expect(isOffered('app && panel.board && !admin', facts)).toBe(true)
  expect(isOffered('app && admin', facts)).toBe(false)
  expect(isOffered('! phone', facts)).toBe(true)
  for (const when of ['moon.full', '!moon.full', 'app &&', 'app || admin']) expect(isOffered(when, facts)).toBe(false)
})

test('[UI5.11] shortcuts are read in any order of their keys, and those of browser, editor and shell stay theirs', () => {
  const read = (text: string) => {
    const shortcut = parseShortcut(text)
    return shortcut && nameOf(shortcut)
  }
  expect(read('Shift+Ctrl+U')).toBe('mod+shift+u')
  expect(read('cmd+option+1')).toBe('mod+alt+1')
  for (const text of ['', 'Ctrl', 'Ctrl+A+B', 'Ctrl+Banana']) expect(read(text)).toBeNull()
  const free = (text: string) => isFree(parseShortcut(text) ?? { mod: false, alt: false, shift: false, key: '' })
  expect(['Ctrl+Shift+U', 'Alt+N'].map(free)).toEqual([true, true])
  expect(['Ctrl+K', 'Ctrl+C', 'Ctrl+Shift+T', 'U', 'Shift+U', 'F5'].map(free)).toEqual(new Array(6).fill(false))
  const written = parseShortcut('ctrl+shift+u')
  expect(written && [writtenShortcut(written, false), writtenShortcut(written, true)]).toEqual(['Ctrl+Shift+U', '⇧⌘U'])
})

const setting = (id: string, type: 'string' | 'number' | 'boolean' | 'select', more: object = {}) => ({
  id,
  type,
  label: id,
  description: '',
  required: false,
  min: undefined,
  max: undefined,
  options: [],
  placeholder: '',
  group: '',
  admin_only: false,
  ...more,
})

test('[UI5.11] a form of settings has a group for each group, and sends what was changed alone', () => {
  const settings = {
    app_id: 'desk',
    settings: [
      setting('greeting', 'string'),
      setting('seats', 'number', { group: 'Room', min: 1 }),
      setting('quiet', 'boolean', { group: 'Room' }),
      setting('tone', 'select', { options: [{ value: 'warm', label: 'Warm' }], admin_only: true }),
      setting('fixed', 'string'),
    ],
    values: { greeting: 'Hello', seats: 4, fixed: 'x' },
    fixed: ['fixed'],
  }
  expect(settingsSchema(settings, { everybody: 'For all.' })).toEqual({
    type: 'object',
    required: [],
    properties: {
      greeting: { title: 'greeting', description: '', type: 'string' },
      tone: { title: 'tone', description: 'For all.', oneOf: [{ const: 'warm', title: 'Warm' }] },
      'group:Room': {
        title: 'Room',
        type: 'object',
        required: [],
        properties: {
          seats: { title: 'seats', description: '', type: 'number', minimum: 1 },
          quiet: { title: 'quiet', description: '', type: 'boolean' },
        },
      },
    },
  })
  expect(formValues(settings)).toEqual({ greeting: 'Hello', 'group:Room': { seats: 4 } })
  expect(changesOf(settings, { greeting: 'Hello', 'group:Room': { seats: 5, quiet: false } })).toEqual({ seats: 5 })
  expect(changesOf(settings, { 'group:Room': { seats: 4, quiet: true }, tone: 'warm' })).toEqual({
    greeting: null,
    quiet: true,
    tone: 'warm',
  })
})
