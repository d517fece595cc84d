import { expect, test } from 'vitest'
import { linesOf, MOST_LINES, withLines } from './dev-log.ts'

const log = (seq: number) => ({
  seq,
  app_id: 'notes',
  version: '1.0.0',
  function: 'list_notes',
  call_id: 'call',
  trace_id: 'trace',
  level: 'info',
  text: `line ${seq}`,
  ts: '2026-11-29T10:00:00.000Z',
})
const message = (type: string, payload: Record<string, unknown>) => ({
  id: null,
  type,
  payload,
  ts: '2026-11-29T10:00:01.000Z',
})

test('lines of an app come in order, with how many came too fast; those of others and other messages add nothing', () => {
  const sent = message('dev_log', { app_id: 'notes', lines: [log(1), log(2)], skipped: 3 })
  expect(linesOf(sent as never, 'notes').map((line) => (line.kind === 'log' ? line.log.text : line.kind))).toEqual([
    'line 1',
    'line 2',
    'skipped',
  ])
  expect(linesOf(sent as never, 'tasks')).toEqual([])
  expect(linesOf(message('event', { app_id: 'notes' }) as never, 'notes')).toEqual([])
  expect(linesOf(message('dev_log', { app_id: 'notes', lines: 'none' }) as never, 'notes')).toEqual([])
})

test('the oldest lines go when there are too many', () => {
  const many = Array.from({ length: MOST_LINES }, (_, at) => log(at))
  const first = linesOf(message('dev_log', { app_id: 'notes', lines: many, skipped: 0 }) as never, 'notes')
  const [next] = linesOf(
    message('dev_log', { app_id: 'notes', lines: [log(MOST_LINES)], skipped: 0 }) as never,
    'notes',
  )
  const kept = withLines(first, next ? [next] : [])
  expect([kept.length, kept[0]?.key, kept.at(-1)]).toEqual([MOST_LINES, first[1]?.key, next])
})
