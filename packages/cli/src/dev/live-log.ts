import { followEvents, type StreamEvent } from '@imperal/client'
import * as z from 'zod'
import type { Io } from '../io.ts'
import type { Session } from '../platform/session.ts'
import type { StackMapper } from '../project/map-stack.ts'

const DevLog = z.object({
  app_id: z.string(),
  function: z.string(),
  level: z.string(),
  text: z.string(),
  ts: z.string(),
})

const DevLogs = z.object({ app_id: z.string(), lines: z.array(DevLog), skipped: z.number() })

const INDENT = ' '.repeat(6)

/** One line of an extension's log, its stack in the places of the author. */
export function formatLog(event: z.infer<typeof DevLog>, mapper: StackMapper | undefined): string {
  const text = mapper === undefined ? event.text : mapper.stack(event.text)
  const [first = '', ...rest] = text.split('\n')
  const time = event.ts.slice(11, 19)
  const head = `${time} ${event.level.padEnd(5)} ${event.function}: ${first}`
  return [head, ...rest.map((line) => INDENT + line)].join('\n')
}

const ChangeNotice = z.object({
  scope: z.string(),
  action: z.string(),
  timestamp: z.string(),
  data: z.object({ response_preview: z.string().default('') }),
})
const AppStatus = z.object({ app_id: z.string(), status: z.string(), reason: z.string().nullable() })

const line = (ts: string, kind: string, text: string): string => `${ts.slice(11, 19)} ${kind.padEnd(5)} ${text}`

/** What one message of the stream says about an app; undefined when it is about something else. */
export function describeMessage(
  { type, payload, ts }: StreamEvent,
  appId: string,
  mapper: StackMapper | undefined,
): string | undefined {
  if (type === 'dev_log') {
    const log = DevLogs.safeParse(payload)
    if (!log.success || log.data.app_id !== appId) return undefined
    const lines = log.data.lines.map((one) => formatLog(one, mapper))
    if (log.data.skipped > 0) lines.push(`${INDENT}(${log.data.skipped} more lines came too fast to show)`)
    return lines.join('\n')
  }
  if (type === 'state_changed') {
    const change = ChangeNotice.safeParse(payload)
    if (!change.success || change.data.scope !== appId) return undefined
    const { action, timestamp, data } = change.data
    return line(timestamp, 'done', `${action}${data.response_preview === '' ? '' : `: ${data.response_preview}`}`)
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
  options: { appId: () => string; mapper: () => StackMapper | undefined },
): Promise<void> {
  let wasOffline = false
  return followEvents({
    baseUrl: session.api,
    token: session.token,
    refresh: session.refresh,
    onEvent: (event) => {
      const text = describeMessage(event, options.appId(), options.mapper())
      if (text !== undefined) io.out(text)
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
