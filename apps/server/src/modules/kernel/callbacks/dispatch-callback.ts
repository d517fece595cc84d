import { HOST_CLIENTS, type HostClient, type JsonValue } from '@imperal/contract'
import type { HostCallback } from '../../hosts/index.ts'
import { CallOver } from '../ledger/call-writer.ts'
import { aiClient } from './ai-client.ts'
import { takeAllowance } from './allowances.ts'
import { isOffered } from './availability.ts'
import { billingClient } from './billing-client.ts'
import { cacheClient } from './cache-client.ts'
import { chatClient } from './chat-client.ts'
import type { ClientMethod, ClientTable } from './client-table.ts'
import { extensionsClient } from './extensions-client.ts'
import { httpClient } from './http-client.ts'
import { llmClient } from './llm-client.ts'
import { notifyClient } from './notify-client.ts'
import { oauthClient } from './oauth-client.ts'
import { platformClient } from './platform-client.ts'
import { refusedCallback, toCallbackError } from './refuse-callback.ts'
import { secretsClient } from './secrets-client.ts'
import type { CallSession } from './session.ts'
import { skeletonClient } from './skeleton-client.ts'
import { storageClient } from './storage-client.ts'
import { storeClient } from './store-client.ts'
import { taskClient } from './task-client.ts'
import { toolsClient } from './tools-client.ts'

/** Exactly the table of the contract: a method that is missing here does not compile. */
const CLIENTS: { readonly [Client in HostClient]: ClientTable<Client> } = {
  store: storeClient,
  http: httpClient,
  ai: aiClient,
  llm: llmClient,
  notify: notifyClient,
  cache: cacheClient,
  secrets: secretsClient,
  skeleton: skeletonClient,
  storage: storageClient,
  billing: billingClient,
  oauth: oauthClient,
  extensions: extensionsClient,
  tools: toolsClient,
  task: taskClient,
  chat: chatClient,
  platform: platformClient,
}

const METHODS = new Map<string, ClientMethod>(
  (Object.keys(HOST_CLIENTS) as HostClient[]).flatMap((client) =>
    Object.entries(CLIENTS[client]).map(([method, work]) => [`${client}.${method}`, work] as const),
  ),
)

function refuseUnoffered(session: CallSession, client: string, method: string): never {
  const member = `${client}.${method}`.slice(0, 64)
  if (client === 'skeleton')
    throw refusedCallback(
      'skeleton_access_forbidden',
      `A ${session.kind} handler may not read skeletons; only skeleton handlers may.`,
    )
  if (member === 'store.list_users' || member === 'store.query_all') session.parts.threats.count(member, session.call)
  throw refusedCallback('context_unavailable', `${member} is not offered to ${session.kind} handlers.`, {
    member,
    handler_kind: session.kind,
  })
}

const CHANGES =
  /^(?:store\.(?:create|update|set|delete)|secrets\.(?:set|delete)|storage\.(?:upload|finish|delete)|extensions\.emit)$/

/** A change in the name of a user whom the handler chose is a fact of that user's ledger (K7.5, 11.3). */
function noteActing({ actedFor }: CallSession, { client, method, asUser }: HostCallback): void {
  const name = `${client}.${method}`
  if (asUser === null || !CHANGES.test(name)) return
  const counts = actedFor.get(asUser) ?? new Map<string, number>()
  actedFor.set(asUser, counts.set(name, (counts.get(name) ?? 0) + 1))
}

/** Runs one callback of a call that is still open, if handlers of its kind may send it. @throws CallbackError */
export async function dispatchCallback(session: CallSession, frame: HostCallback): Promise<JsonValue> {
  const work = METHODS.get(`${frame.client}.${frame.method}`)
  if (!session.isOpen || session.deadline <= session.parts.clock.now())
    throw refusedCallback('call_aborted', 'The call is over.')
  if (work === undefined || !isOffered(session.kind, frame.client, frame.method))
    return refuseUnoffered(session, frame.client, frame.method)
  takeAllowance(session, frame)
  try {
    const value = await work(session, frame.args, frame.asUser)
    noteActing(session, frame)
    return value
  } catch (error) {
    if (error instanceof CallOver) throw refusedCallback('call_aborted', 'The call is over.')
    const refused = toCallbackError(error)
    if (refused.wire.code === 'internal')
      session.parts.log.error(
        { err: error, call: session.call.pass.callId, client: frame.client, method: frame.method },
        'a callback failed',
      )
    throw refused
  }
}
