import type { JsonObject, JsonValue } from '@imperal/contract'
import { safeUrl } from '@imperal/contract/ui'
import type { Notification } from '../../notifications/index.ts'
import { objectAt, textOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { type CallSession, isSystemCall, subjectOf } from './session.ts'

const PRIORITIES: readonly Notification['priority'][] = ['low', 'normal', 'high', 'urgent']
const KNOWN: ReadonlySet<string> = new Set(['message', 'priority', 'channel', 'subject', 'body', 'link'])
const MAX_TEXT = 10_000

/** A plain call of a schedule goes to the app's owner (sdk.md 3.8); users are reached through `asUser`. */
async function recipientOf(session: CallSession, asUser: string | null): Promise<string> {
  if (asUser !== null || !isSystemCall(session)) return subjectOf(session, asUser)
  const { ownerId } = session.call.use.app
  if (ownerId === null) throw refusedCallback('context_unavailable', 'This app has no owner to notify; choose a user.')
  return ownerId
}

/** What a click leads to: a page of the panel or an address of the web, and nothing that a browser would run. */
function linkOf(value: JsonValue | undefined): string | null {
  const link = textOf(value) ?? ''
  if (link === '') return null
  const safe = safeUrl(link, 'link')
  if (safe !== null) return safe
  throw refusedCallback(
    'validation_error',
    'A link is a path of the panel such as /ext/notes, or an address of the web.',
    {
      field: 'link',
    },
  )
}

/** `ctx.notify` (sdk.md 3.8). Every notification names its app (I-NOTIFY-APP-ATTRIBUTED). */
export const notifyClient: ClientTable<'notify'> = {
  async send(session, args, asUser) {
    const given = objectAt(args, 0, 'notification')
    const { actor } = session.call.pass
    const { app } = session.call.use
    const userId = await recipientOf(session, asUser)
    const message = (textOf(given.message) ?? '').slice(0, MAX_TEXT)
    const extra: JsonObject = Object.fromEntries(Object.entries(given).filter(([key]) => !KNOWN.has(key)))
    await session.parts.notifications.notify(session.writer, {
      tenantId: actor.tenantId,
      userId,
      appId: app.appId,
      title: (textOf(given.subject) || app.name).slice(0, 200),
      body: (textOf(given.body) || message).slice(0, MAX_TEXT),
      message,
      priority: PRIORITIES.find((priority) => priority === given.priority) ?? 'normal',
      channel: textOf(given.channel) || 'in_app',
      link: linkOf(given.link),
      extra,
    })
    return null
  },
}
