import { expect, test } from 'vitest'
import { paletteMarks, paletteScore } from './palette-score.ts'

const entries = [
  'page Notifications',
  'run Notes Create note create_note',
  'run Notes Search notes search_notes',
  'panel Notes Folders folders',
  'app Notes notes',
  'app Tasks tasks',
  'run Tasks Add task add_task',
]
const found = (typed: string) =>
  entries
    .filter((entry) => paletteScore(entry, typed) > 0)
    .toSorted((a, b) => paletteScore(b, typed) - paletteScore(a, typed))

test('an app stands before its panels and functions, and letters have to stand together', () => {
  expect(found('notes').slice(0, 2)).toEqual(['app Notes notes', 'panel Notes Folders folders'])
  expect(found('Note')).not.toContain('app Tasks tasks')
  expect(found('nts')).toEqual([])
  expect(found('app')).toEqual([])
})

test('all words that were typed have to fit, whole ones best', () => {
  expect(found('create note')).toEqual(['run Notes Create note create_note'])
  expect(found('sear nót')).toEqual(['run Notes Search notes search_notes'])
  expect(found('older')).toEqual(['panel Notes Folders folders'])
  expect(found('create task')).toEqual([])
})

test('what was typed is marked in a name, whatever its letters mean to a pattern', () => {
  const shown = (text: string, typed: string) =>
    paletteMarks(text, typed).map(({ part, isMarked }) => (isMarked ? `[${part}]` : part))
  expect(shown('Create note', 'no CRE')).toEqual(['[Cre]', 'ate ', '[no]', 'te'])
  expect(shown('Notes (old)', '(old) n')).toEqual(['[N]', 'otes ', '[(old)]'])
  expect(shown('Notes', ' ')).toEqual(['Notes'])
  expect(paletteMarks('Create note', 'note').map(({ at }) => at)).toEqual([0, 7])
})
