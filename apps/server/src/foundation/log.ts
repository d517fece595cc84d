import { writeSync } from 'node:fs'
import pino from 'pino'
import { readableLine } from './readable-line.ts'

/**
 * Structured log on standard error; standard output is for what the program says to people.
 * Never pass secrets, tokens, request bodies or author data; pass ids and figures.
 */
export type Log = pino.Logger

const STANDARD_ERROR = 2

/** One JSON object a line; with `pretty`, for a terminal, lines that a person reads. */
export function createLog(options: { level: string; pretty?: boolean }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['*.password', '*.token', '*.authorization', '*.secret', '*.api_key'], censor: '[redacted]' },
    },
    options.pretty === true
      ? { write: (line: string) => void writeSync(STANDARD_ERROR, readableLine(line)) }
      : pino.destination({ dest: STANDARD_ERROR, sync: true }),
  )
}
