import pino from 'pino'

/**
 * Structured log on standard error; standard output is for what the program says to people.
 * Never pass secrets, tokens, request bodies or author data; pass ids and figures.
 */
export type Log = pino.Logger

export function createLog(options: { level: string; pretty?: boolean }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['*.password', '*.token', '*.authorization', '*.secret', '*.api_key'], censor: '[redacted]' },
    },
    pino.destination({ dest: 2, sync: true }),
  )
}
