import { writeSync } from 'node:fs'
import pino from 'pino'
import { readableLine } from './readable-line.ts'
import { logContext } from './trace-context.ts'

/**
 * Structured log on standard error; standard output is for what the program says to people.
 * Never pass secrets, tokens, request bodies or author data; pass ids and figures.
 */
export type Log = pino.Logger

const STANDARD_ERROR = 2

/**
 * One JSON object a line; with `pretty`, for a terminal, lines that a person reads. Lines that are written in the course of
 * a request or call carry `request` and `trace_id`.
 */
export function createLog(options: {
  level: string
  pretty?: boolean
  /** Instead of standard error. */
  destination?: pino.DestinationStream
}): Log {
  return pino(
    {
      level: options.level,
      base: null,
      mixin: logContext,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['*.password', '*.token', '*.authorization', '*.secret', '*.api_key'], censor: '[redacted]' },
    },
    options.destination !== undefined
      ? options.destination
      : options.pretty === true
        ? { write: (line: string) => void writeSync(STANDARD_ERROR, readableLine(line)) }
        : pino.destination({ dest: STANDARD_ERROR, sync: true }),
  )
}
