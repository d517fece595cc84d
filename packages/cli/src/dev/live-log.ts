import { followEvents, type StreamEvent } from '@imperal/client'
import { type DevCall, DevCallPayload, type DevLogLine, DevLogPayload } from '@imperal/contract'
import * as z from 'zod'
import type { Io } from '../io.ts'
import type { Session } from '../platform/session.ts'
import type { StackMapper } from '../project/map-stack.ts'

const INDENT = ' '.repeat(6)

/** One line of an extension's log, its stack in the places of the author. */
export function formatLog(
  event: Pick<DevLogLine, 'text' | 'ts' | 'level' | 'function'>,
  mapper: StackMapper | undefined,
): string {
  const text = mapper === undefined ? event.text : mapper.stack(event.text)
  const [first = '', ...rest] = text.split('\n')
  const time = event.ts.slice(11, 19)
  const head = `${time} ${event.level.padEnd(5)} ${event.function}: ${first}`
  return [head, ...rest.map((line) => INDENT + line)].join('\n')
}

const AppStatus = z.object({ app_id: z.string(), status: z.string(), reason: z.string().nullable() })

const line = (ts: string, kind: string, text: string): string => `${ts.slice(11, 19)} ${kind.padEnd(5)} ${text}`

/** Arguments on one line, in so many characters at the most. */
const LONGEST_ARGS = 300

/** Where the platform itself is the one who calls. */
const BY_PLATFORM = new Set(['schedule', 'health', 'skeleton', 'signal'])

function shortArgs({ args, source }: DevCall): string {
  if (args === null) return BY_PLATFORM.has(source) ? '' : ' (another user)'
  const text = JSON.stringify(args)
  if (text === '{}') return ''
  return ` ${text.length > LONGEST_ARGS ? `${text.slice(0, LONGEST_ARGS)}…` : text}`
}

/** One call: when, what with which arguments, from where, how it ended, how long it took, and the beginning of the result. */
export function formatCall(call: DevCall): string {
  const { status, error_code: code, duration_ms: ms, result_preview: preview, source } = call
  const ending = `${status}${code === null ? '' : ` ${code}`} in ${ms} ms`
  const said = preview === null ? '' : `: ${preview.replaceAll('\n', ' ')}`
  return line(call.completed_at, 'call', `${call.function}${shortArgs(call)} by ${source} → ${ending}${said}`)
}

/** What one message of the stream says about an app; undefined when it is about something else. */
export function describeMessage(
  { type, payload, ts }: StreamEvent,
  appId: string,
  mapper: StackMapper | undefined,
): string | undefined {
  if (type === 'dev_log') {
    const log = DevLogPayload.safeParse(payload)
    if (!log.success || log.data.app_id !== appId) return undefined
    const lines = log.data.lines.map((one) => formatLog(one, mapper))
    if (log.data.skipped > 0) lines.push(`${INDENT}(${log.data.skipped} more lines came too fast to show)`)
    return lines.join('\n')
  }
  if (type === 'dev_call') {
    const read = DevCallPayload.safeParse(payload)
    if (!read.success || read.data.app_id !== appId) return undefined
    const lines = read.data.calls.map(formatCall)
    if (read.data.skipped > 0) lines.push(`${INDENT}(${read.data.skipped} more calls came too fast to show)`)
    return lines.join('\n')
  }
  if (type === 'app_status') {
    const status = AppStatus.safeParse(payload)
    if (!status.success || status.data.app_id !== appId) return undefined
    return line(ts, status.data.status, status.data.reason ?? '').trimEnd()
  }
  return undefined
}

/** Prints what one app logs and does, until the signal aborts. */
export function followLog(
  session: Session,
  io: Io,
  options: { appId: () => string; mapper: () => StackMapper | undefined; onLine?: (text: string) => void },
): Promise<void> {
  let wasOffline = false
  return followEvents({
    baseUrl: session.api,
    token: session.token,
    refresh: session.refresh,
    onEvent: (event) => {
      const text = describeMessage(event, options.appId(), options.mapper())
      if (text === undefined) return
      io.out(text)
      options.onLine?.(text)
    },
    onState: (state) => {
      if (state === 'offline' && !io.signal.aborted && !wasOffline)
        io.err('The platform does not answer; waiting for it.')
      if (state === 'live' && wasOffline) io.err('The platform is back.')
      if (state !== 'connecting') wasOffline = state === 'offline'
    },
    signal: io.signal,
  })
}
