import type { JsonObject, JsonValue } from '@imperal/contract'
import { movesMoney } from '../confirmations/money.ts'
import { optionalObjectAt, textAt } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { actsForNobody, type CallSession } from './session.ts'

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
// Whole segments only, so that nothing in them can lead to another route.
const PATH = /^\/v1(?:\/[A-Za-z0-9_.~:@%+-]{1,256}){1,12}$/
const MOST_QUERY = 40

function invalid(field: string, message: string): never {
  throw refusedCallback('validation_error', message, { field })
}

function pathAt(args: readonly JsonValue[]): string {
  const path = textAt(args, 1, 'path')
  const isPlain = PATH.test(path) && !/\/\.{1,2}(?:\/|$)|%2f|%5c|%2e/i.test(path)
  return isPlain ? path : invalid('path', 'A path is one of the platform’s own, such as /v1/notifications.')
}

function queryOf(query: JsonValue | undefined): Record<string, string> {
  const entries = Object.entries((query ?? {}) as JsonObject).filter(([, value]) => value !== null)
  if (entries.length > MOST_QUERY) invalid('query', `A query has at most ${MOST_QUERY} members.`)
  return Object.fromEntries(
    entries.map(([name, value]) =>
      typeof value === 'object'
        ? invalid('query', `“${name}” must be a text, a number or a boolean.`)
        : [name, String(value)],
    ),
  )
}

/** Only the platform's own apps, only for a user who is there, and changes only where the function says that it makes some. */
function demandPlatformApp(session: CallSession): void {
  if (!session.call.use.app.firstParty)
    throw refusedCallback(
      'forbidden',
      'Only apps that come with the platform may ask it for more than the other clients do.',
    )
  if (actsForNobody(session))
    throw refusedCallback('context_unavailable', 'There is no user in whose name to ask.', {
      member: 'platform',
      handler_kind: session.kind,
    })
}

/** `platform.request` (`@imperal/sdk/platform`): the platform's own routes in the name of the calling user. */
export const platformClient: ClientTable<'platform'> = {
  async request(session, args): Promise<JsonValue> {
    demandPlatformApp(session)
    const method = textAt(args, 0, 'method')
    if (!METHODS.has(method)) invalid('method', `There is no method ${method.slice(0, 20)}.`)
    const path = pathAt(args)
    const options = optionalObjectAt(args, 2, 'options') ?? {}
    const { call, parts } = session
    const { tenantId, userId, limitedTo } = call.pass.actor
    const mayChange = call.handler.actionType !== 'read'
    if (method !== 'GET' && mayChange) await session.writer.open()
    const answer = await parts.platform?.({
      caller: { tenantId, userId, limitedTo },
      capabilities: call.use.version.manifest.capabilities,
      throughApps: call.pass.stack,
      agreedAtPanel: call.consent.via === 'panel',
      releasesMoney: call.consent.via === 'panel' && movesMoney(call),
      method,
      path,
      query: queryOf(options.query),
      body: options.body,
      mayChange,
    })
    if (answer == null) throw refusedCallback('unavailable', 'The platform does not answer at the moment.')
    return { status: answer.status, body: answer.body }
  },
}
