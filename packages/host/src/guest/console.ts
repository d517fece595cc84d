import type { Call } from './call.ts'
import type { Channel } from './channel.ts'
import { encode } from './encode.ts'
import { hasOwn, toText } from './intrinsics.ts'

const LARGEST_PRINTED = 8 * 1024
const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'debug' } as const

function printed(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return toText(value)
  const { stack, message } = value as { stack?: unknown; message?: unknown }
  if (typeof stack === 'string') return stack
  if (typeof message === 'string' && !hasOwn(value, 'message')) return message
  const encoded = encode(value, LARGEST_PRINTED)
  return 'text' in encoded ? encoded.text : `[an object that ${encoded.reason}]`
}

function line(values: readonly unknown[]): string {
  let text = ''
  for (let at = 0; at < values.length && text.length <= LARGEST_PRINTED; at++) {
    try {
      text += (at === 0 ? '' : ' ') + printed(values[at])
    } catch {
      text += '[a value that cannot be printed]'
    }
  }
  return text
}

/** Sends what author code prints to the log of the call that printed it; outside any call, to the host's own log. */
export function captureConsole(channel: Channel, current: () => Call): void {
  for (const name of ['debug', 'log', 'info', 'warn', 'error', 'trace'] as const) {
    console[name] = (...values: unknown[]) => channel.log(current(), LEVELS[name], line(values))
  }
}
