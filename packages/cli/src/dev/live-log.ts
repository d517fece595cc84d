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

const INDENT = ' '.repeat(6)

/** One line of an extension's log, its stack in the places of the author. */
export function formatLog(event: z.infer<typeof DevLog>, mapper: StackMapper | undefined): string {
  const text = mapper === undefined ? event.text : mapper.stack(event.text)
  const [first = '', ...rest] = text.split('\n')
  const time = event.ts.slice(11, 19)
  const head = `${time} ${event.level.padEnd(5)} ${event.function}: ${first}`
  return [head, ...rest.map((line) => INDENT + line)].join('\n')
}

/** Prints what one app logs, until the signal aborts. */
export function followLog(
  session: Session,
  io: Io,
  options: { appId: string; mapper: () => StackMapper | undefined },
): Promise<void> {
  let wasOffline = false
  const onEvent = ({ type, payload }: StreamEvent): void => {
    const log = type === 'dev_log' ? DevLog.safeParse(payload) : undefined
    if (log?.success && log.data.app_id === options.appId) io.out(formatLog(log.data, options.mapper()))
  }
  return followEvents({
    baseUrl: session.api,
    token: session.token,
    refresh: session.refresh,
    onEvent,
    onState: (state) => {
      if (state === 'offline' && !io.signal.aborted && !wasOffline)
        io.err('The platform does not answer; waiting for it.')
      if (state === 'live' && wasOffline) io.err('The platform is back.')
      if (state !== 'connecting') wasOffline = state === 'offline'
    },
    signal: io.signal,
  })
}
