const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
}
const MOST_VALUE = 300

// Terminals obey control characters, and what is logged may come from outside.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const plain = text.replaceAll(CONTROL, ' ')
  return plain.length > MOST_VALUE ? `${plain.slice(0, MOST_VALUE)}…` : plain
}

/** An error is its message, and below it the stack, for whoever has to mend it. */
function errorText(error: unknown): string {
  const { message, stack } = error as { message?: unknown; stack?: unknown }
  const lines = typeof stack === 'string' ? stack.split('\n') : []
  const places = lines.filter((line) => /^\s+at /.test(line)).map((line) => `\n    ${valueText(line.trim())}`)
  return ` (${valueText(message ?? error)})${places.join('')}`
}

/** One line of the log, which is JSON, as a person reads it on a terminal: time, level, message, what belongs to it. */
export function readableLine(json: string): string {
  let line: Record<string, unknown>
  try {
    line = JSON.parse(json) as Record<string, unknown>
  } catch {
    return json // whatever it is, it is not lost
  }
  const { level, time, msg, err, ...details } = line
  const clock = typeof time === 'string' ? time.slice(11, 19) : ''
  const members = Object.entries(details).flatMap(([name, value]) =>
    value === null || value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : [`${name}: ${valueText(value)}`],
  )
  const facts = members.length === 0 ? '' : ` [${members.join(', ')}]`
  const word = LEVELS[Number(level)] ?? String(level)
  return `${clock} ${word.padEnd(5)} ${valueText(msg ?? '')}${facts}${err === undefined ? '' : errorText(err)}\n`
}
