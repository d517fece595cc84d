import type { JsonObject, JsonValue } from '@imperal/contract'
import { EventType } from '@imperal/contract'
import { newCallId } from '../../../foundation/ids.ts'
import { appEvent, eventName } from '../ledger/messages.ts'
import { type LedgerRow, openRow } from '../ledger/row.ts'
import { objectAt, optionalObjectAt, textAt } from './arguments.ts'
import { callInner } from './call-inner.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { beforeEffect, type CallSession, subjectOf } from './session.ts'

async function exposedNames(session: CallSession, appId: string): Promise<string> {
  const version = await session.parts.registry.liveVersion(appId)
  return (version?.manifest.exposed ?? []).map((method) => method.name).join(', ')
}

/** `data` of the callee's result; its failure becomes the caller's error (sdk.md 3.12). */
async function callOther(session: CallSession, args: readonly JsonValue[], asUser: string | null): Promise<JsonValue> {
  const [appId, method] = [textAt(args, 0, 'app_id'), textAt(args, 1, 'method')]
  const params = optionalObjectAt(args, 2, 'params') ?? {}
  return callInner(session, { source: 'ipc', appId, function: method, params, asUser }, async () => ({
    resource: 'method',
    id: `${appId}.${method} (available: [${await exposedNames(session, appId)}])`,
  }))
}

function emittedRow(session: CallSession, type: string, data: JsonObject, eventId: string): LedgerRow {
  const { call, parts } = session
  const row = openRow({ ...call, params: data, pass: { ...call.pass, callId: newCallId() } }, parts.nodeId)
  return {
    ...row,
    status: 'success',
    error_code: null,
    action_type: 'write',
    duration_ms: 0,
    event_type: type,
    event_id: eventId,
    facts: { ...row.facts, extension_emit: true, by_call: call.pass.callId },
  }
}

/** One ledger row and the event, in one step (K3.52, 6.2). */
async function emit(session: CallSession, args: readonly JsonValue[], asUser: string | null): Promise<JsonValue> {
  const [event, data] = [textAt(args, 0, 'event_type'), objectAt(args, 1, 'data')]
  const { parts, call } = session
  const name = eventName(call.use.app.appId, event, parts.isOtherApp(call.use.app.appId))
  if (!EventType.safeParse(name.type).success)
    throw refusedCallback('validation_error', `'${event.slice(0, 128)}' is not an event type.`, { field: 'event_type' })
  const userId = await subjectOf(session, asUser)
  const { message, eventId } = appEvent(call.pass, name, { userId, data, timestamp: parts.clock.iso() })
  await beforeEffect(session)
  const row = emittedRow(session, name.type, data, eventId)
  await parts.closer.add({ row: { ...row, user_id: userId }, opened: false, messages: [message] })
  return null
}

/** `ctx.extensions`: other apps' exposed methods through the same corridor, and own events. */
export const extensionsClient: ClientTable<'extensions'> = { call: callOther, emit }
