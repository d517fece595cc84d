import pino from 'pino'
import { expect, test } from 'vitest'
import { readableLine } from './readable-line.ts'

const written = (log: (logger: pino.Logger) => void): string => {
  let line = ''
  log(pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write: (text: string) => (line = text) }))
  return readableLine(line)
}

test('a line for a terminal is time, level, message and facts, without empty ones', () => {
  expect(written((log) => log.warn({ app_id: 'notes', refused: [], why: null, ms: 12 }, 'an app is slow'))).toMatch(
    /^\d\d:\d\d:\d\d WARN {2}an app is slow \[app_id: notes, ms: 12\]\n$/,
  )
})

test('an error is its message and its stack', () => {
  const text = written((log) => log.error({ err: new Error('the disk is full') }, 'nothing was kept'))
  expect(text).toMatch(/ERROR nothing was kept \(the disk is full\)\n {4}at .*readable-line\.test\.ts/)
})

test('what is logged can neither command the terminal nor begin a line; what is no JSON is kept', () => {
  expect(written((log) => log.info({ id: 'a\u001b[2J\nb' }, 'x\r\ny'))).toMatch(/info {2}x y \[id: a \[2J b\]\n$/)
  expect(readableLine('plain\n')).toBe('plain\n')
})
