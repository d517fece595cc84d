import type { JsonValue } from '@imperal/contract'
import { newCallId } from '../../../foundation/ids.ts'
import { openRow } from '../ledger/row.ts'
import { objectAt, textOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { actsForNobody, beforeEffect, type CallSession, subjectOf } from './session.ts'
import { withoutSecrets } from './spoken-secrets.ts'

const TYPES = ['response', 'system', 'tool_result'] as const
const MAX_BYTES = 65_536
// The mark that the SDK appends to a cut text does not count (api 1.17).
const MARK = '…(truncated)'
const PER_MINUTE = 10

async function refuseTooMany(session: CallSession, userId: string): Promise<void> {
  const { limits } = session.parts.settings
  if (limits.factor === 0) return
  const key = `chat:${session.call.pass.actor.tenantId}:${session.call.use.app.appId}:${userId}`
  const verdict = await session.parts.limiter.take(key, PER_MINUTE * limits.factor, 60)
  if (!verdict.allowed)
    throw refusedCallback('rate_limited', 'Too many chat messages in a minute.', { retry_after: verdict.reset })
}

function panelsOf(value: JsonValue | undefined): string[] | null {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : null
}

/** One ledger row per injection (I-LONGRUN-CHAT-INJECT-AUDIT-EVERY). */
async function recordInjection(session: CallSession, userId: string, length: number): Promise<void> {
  const { call, parts } = session
  const row = openRow(
    { ...call, params: { characters: length }, pass: { ...call.pass, callId: newCallId() } },
    parts.nodeId,
  )
  await parts.closer.add({
    row: {
      ...row,
      user_id: userId,
      status: 'success',
      error_code: null,
      action_type: 'write',
      duration_ms: 0,
      facts: { ...row.facts, chat_injection: true, by_call: call.pass.callId },
    },
    opened: false,
    messages: [],
  })
}

/** `ctx.deliverChatMessage` (K4.13): to the acting user only. */
export const chatClient: ClientTable<'chat'> = {
  async deliver(session, args, asUser) {
    const given = objectAt(args, 0, 'message')
    const text = withoutSecrets(session, textOf(given.text) ?? '')
    const type = TYPES.find((known) => known === (given.msg_type ?? 'response'))
    if (type === undefined)
      throw refusedCallback('validation_error', `msg_type is one of ${TYPES.join(', ')}.`, { field: 'msg_type' })
    if (actsForNobody(session) && asUser === null)
      throw refusedCallback('context_unavailable', 'Nobody is behind this call; choose a user first.', {
        member: 'deliverChatMessage',
        handler_kind: session.kind,
      })
    if (Buffer.byteLength(text.endsWith(MARK) ? text.slice(0, -MARK.length) : text) > MAX_BYTES)
      throw refusedCallback('validation_error', 'A chat message is at most 64 KB.', { field: 'text' })
    const userId = await subjectOf(session, asUser)
    await refuseTooMany(session, userId)
    await beforeEffect(session)
    await recordInjection(session, userId, text.length)
    await session.parts.deliverChat({
      tenantId: session.call.pass.actor.tenantId,
      userId,
      appId: session.call.use.app.appId,
      text,
      type,
      refreshPanels: panelsOf(given.refresh_panels),
      conversationId: session.call.pass.intent.conversationId ?? null,
      taskId: session.taskId,
    })
    return null
  },
}
