import type { JsonObject } from '@imperal/contract'
import type { CallOutcome, CallSource } from '../types.ts'
import { refusedCallback } from './refuse-callback.ts'
import { beforeEffect, type CallSession, subjectOf } from './session.ts'

export interface InnerCall {
  readonly source: Extract<CallSource, 'ipc' | 'tools'>
  readonly appId: string
  readonly function: string
  readonly params: JsonObject
  readonly asUser: string | null
}

/** Circles, and delegation deeper than the administrator allows (K2.33); 0 allows none. */
async function refuseCycles(session: CallSession, appId: string): Promise<void> {
  const { stack } = session.call.pass
  const chain = [...stack, appId]
  if (stack.includes(appId))
    throw refusedCallback('circular_call_error', `Circular call detected: ${chain.join(' -> ')}`, {
      call_stack: chain,
      app_id: appId,
    })
  const most = await session.parts.delegationDepth(session.call.pass.actor.tenantId)
  if (stack.length > most)
    throw refusedCallback('extension_error', `Calls between extensions go at most ${most} deep.`, { app_id: appId })
}

/** Scopes are named (sdk.md 3.12); a policy has its own words. */
function refusedBecause({ error, data }: CallOutcome['response']): string | undefined {
  const isAboutScopes = typeof data === 'object' && data !== null && 'missing_scopes' in data
  return isAboutScopes ? `Missing scope: ${error}` : (error ?? undefined)
}

/**
 * A call of one extension into another, through the whole corridor: `data` of the callee's result.
 * @throws CallbackError `not_found` with the id that `nameOf` gives, and whatever the callee failed with (sdk.md 3.12)
 */
export async function callInner(
  session: CallSession,
  call: InnerCall,
  nameOf: () => Promise<{ readonly resource: string; readonly id: string }>,
): Promise<JsonObject> {
  const { appId } = call
  await refuseCycles(session, appId)
  const { pass } = session.call
  const { response, refusal } = await session.parts.runInner(
    {
      source: call.source,
      tenantId: pass.actor.tenantId,
      userId: await subjectOf(session, call.asUser),
      limitedTo: pass.actor.limitedTo,
      appId,
      function: call.function,
      params: call.params,
      traceId: pass.traceId,
      chainId: pass.intent.chainId,
      conversationId: pass.intent.conversationId,
      signal: session.signal,
      causation: [...(pass.intent.causation ?? []), pass.callId],
    },
    {
      ...{ stack: pass.stack, deadline: session.deadline, parentTaskId: session.taskId, fence: session.fence },
      beforeEffect: () => beforeEffect(session),
    },
  )
  if (response.status === 'success') return response.data as JsonObject // data of a verified result
  if (refusal?.status === 503) throw refusedCallback('unavailable', 'The platform cannot run this call at the moment.')
  if (refusal?.status === 404 || response.error_code === 'UNKNOWN_SUB_FUNCTION') {
    const { resource, id } = await nameOf()
    throw refusedCallback('not_found', `${resource} '${id}' not found`, { resource, id })
  }
  if (response.error_code === 'PERMISSION_DENIED')
    throw refusedCallback('auth_error', refusedBecause(response) ?? `Missing scope: ${appId}`)
  const circle = (response.data as JsonObject | null)?.call_stack
  if (response.error_code === 'INTERNAL' && Array.isArray(circle))
    throw refusedCallback('circular_call_error', response.error ?? '', { call_stack: circle, app_id: appId })
  throw refusedCallback('extension_error', response.error ?? 'The other extension failed.', {
    app_id: appId,
    error_code: response.error_code ?? 'INTERNAL',
  })
}
