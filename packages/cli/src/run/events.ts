import { operator } from '@imperal/contract'
import type * as z from 'zod'
import type { EventsOptions } from '../commands/events.ts'
import type { Run } from '../define-command.ts'
import { CliFailure } from '../failure.ts'
import type { Io } from '../io.ts'
import { apiAddress } from '../platform/api-address.ts'
import { openSession, type Session } from '../platform/session.ts'

type Options = z.output<typeof EventsOptions>

const MOST_SHOWN = 50

async function show({ client }: Session, { app, handler }: Options, io: Io): Promise<void> {
  const { events, total } = await client.send(operator.deadEvents, {
    query: { app_id: app, handler, limit: MOST_SHOWN },
  })
  if (total === 0) return io.out('Every event was taken.')
  for (const event of events)
    io.out(
      `${event.failed_at}  ${event.app_id} ${event.handler}  ${event.event_type} of ${event.user_id}: ${event.error}`,
    )
  io.out(total > events.length ? `${total} in all; the newest ${events.length} are shown.` : `${total} in all.`)
  io.out('`imperal events replay --app <id>` delivers them again.')
}

/** A time that people type, as the API wants it. */
function timeOf(text: string, flag: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()))
    throw new CliFailure(`"${text}" is no time.`, { hint: `Say ${flag} 2026-06-21T10:00:00Z, for instance.` })
  return time.toISOString()
}

function replay({ client }: Session, appId: string, { handler, from, to }: Options): Promise<{ replayed: number }> {
  if (from === undefined) return client.send(operator.replayDeadEvents, { body: { app_id: appId, handler } })
  const span = { from: timeOf(from, '--from'), ...(to === undefined ? {} : { to: timeOf(to, '--to') }) }
  return client.send(operator.replayEvents, { body: { app_id: appId, handler, ...span } })
}

export const run: Run<typeof EventsOptions> = async ({ args: [action = 'show'], options }, io) => {
  if (action !== 'show' && action !== 'replay')
    throw new CliFailure(`There is no action "${action}".`, {
      hint: 'Say `imperal events` or `imperal events replay`.',
    })
  if (action === 'replay' && options.app === undefined)
    throw new CliFailure('Events of which app?', { hint: 'Name it: `imperal events replay --app <id>`.' })
  const session = openSession(io, apiAddress(io, options.api))
  if (action === 'show') await show(session, options, io)
  else {
    const { replayed } = await replay(session, options.app ?? '', options)
    io.out(`${replayed} ${replayed === 1 ? 'event is' : 'events are'} being delivered again.`)
  }
  return 0
}
