import { hasScope, type JsonValue } from '@imperal/contract'
import { mayReach } from '../arguments/app-relations.ts'
import { type Callable, callablesOf, catalogFunction } from '../catalog.ts'
import { rankFunctions } from '../rank-functions.ts'
import { objectAt, textAt, wholeOf } from './arguments.ts'
import { callInner } from './call-inner.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { type CallSession, subjectOf } from './session.ts'

const QUERY_MAX = 1_000
/** Score at which half of all certainty is reached; scores have no upper end. */
const HALF = 5

const activityName = ({ use, handler }: Callable): string => `${use.app.appId}.${handler.functionName}`

/**
 * A user can do more than an app that runs for the user should: an app reaches the tools of others only as far as the
 * capabilities go that its users saw when they installed it.
 */
function isWithin(session: CallSession, { use, handler }: Callable): boolean {
  const { capabilities } = session.call.use.version.manifest
  return [use.app.appId, 'extensions'].some((space) => hasScope(capabilities, `${space}:${handler.actionType}`))
}

/**
 * Tools of other apps that this call may reach for its user: nothing is named here that a call would be refused for. Apps
 * that the organisation keeps apart from this one (K3.6) do not exist for it.
 */
async function reachable(session: CallSession, asUser: string | null): Promise<Callable[]> {
  const { actor, stack } = session.call.pass
  const user = { tenantId: actor.tenantId, userId: await subjectOf(session, asUser), limitedTo: actor.limitedTo }
  const [all, tenant] = await Promise.all([
    callablesOf(session.parts, user),
    session.parts.identity.tenant(actor.tenantId),
  ])
  const isNear = ({ use }: Callable) => mayReach(tenant?.features ?? {}, session.call.use.app.appId, use.app.appId)
  return all.filter((one) => !stack.includes(one.use.app.appId) && isWithin(session, one) && isNear(one))
}

async function discover(session: CallSession, args: readonly JsonValue[], asUser: string | null): Promise<JsonValue> {
  const query = textAt(args, 0, 'query')
  if (query.length > QUERY_MAX)
    throw refusedCallback('validation_error', `A query has at most ${QUERY_MAX} characters.`, { field: 'query' })
  const topK = wholeOf(args[1], { least: 1, most: 50, otherwise: 0 })
  if (topK === 0)
    throw refusedCallback('validation_error', '“top_k” must be a whole number from 1 to 50.', { field: 'top_k' })
  const entries = (await reachable(session, asUser)).map((one) => ({ ...catalogFunction(one), callable: one }))
  return rankFunctions(entries, query)
    .slice(0, topK)
    .map(({ function: { callable, ...found }, score }) => ({
      app_id: found.appId,
      activity_name: activityName(callable),
      name: found.name,
      description: found.description,
      domains: callable.use.app.category === '' ? [] : [callable.use.app.category],
      required_scopes: [...callable.handler.requiredScopes],
      relevance: Math.round((score / (score + HALF)) * 1000) / 1000,
    }))
}

async function call(session: CallSession, args: readonly JsonValue[], asUser: string | null): Promise<JsonValue> {
  const [activity, params] = [textAt(args, 0, 'activity_name'), objectAt(args, 1, 'params')]
  const nameOf = async () => ({ resource: 'tool', id: activity.slice(0, 256) })
  const [appId = '', name = ''] = activity.split(/\.(.*)/s)
  const found = (await reachable(session, asUser)).some((one) => activityName(one) === activity)
  // The corridor tells what is wrong with a call that the user may not make, or that goes in a circle.
  if (!found && !session.call.pass.stack.includes(appId)) {
    const { resource, id } = await nameOf()
    throw refusedCallback('not_found', `${resource} '${id}' not found`, { resource, id })
  }
  const response = await callInner(session, { source: 'tools', appId, function: name, params, asUser }, nameOf)
  return { response, app_id: appId, tool_name: name }
}

/**
 * `ctx.tools` (sdk.md 3.13): everything that the user may call and the app's capabilities cover, found by words and
 * called through the same corridor. What needs the user's confirmation waits for it and answers `CONFIRMATION_REQUIRED`.
 */
export const toolsClient: ClientTable<'tools'> = { discover, call }
