import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { LlmBlock, LlmMessage } from '../llm/index.ts'
import { toDatabaseJson } from './database.ts'
import type { SessionKey } from './session-id.ts'
import type { MessageRow, SessionRow } from './tables.ts'

export interface NewMessage {
  readonly taskId: string
  readonly role: 'user' | 'assistant'
  readonly content: LlmMessage['content']
  readonly surface: string
}

export const addMessage = (tx: Tx, session: SessionRow, { taskId, role, content, surface }: NewMessage) =>
  tx
    .insertInto('coding.message')
    .values({
      tenant_id: session.tenant_id,
      user_id: session.user_id,
      session_id: session.session_id,
      task_id: taskId,
      role,
      content: toDatabaseJson(content),
      surface: surface.replaceAll('\0', ''),
    })
    .execute()

/**
 * Puts the results of the steps that the thread does not know yet behind the message that asked for them. Every tool call of
 * a thread is answered, however its turn ended: a model takes no other thread.
 */
export async function settleThread(tx: Tx, session: SessionRow): Promise<void> {
  const untold = await tx
    .updateTable('coding.step')
    .set({ told: true })
    .where('tenant_id', '=', session.tenant_id)
    .where('user_id', '=', session.user_id)
    .where('session_id', '=', session.session_id)
    .where('state', '=', 'done')
    .where('told', '=', false)
    .returning(['position', 'tool_use_id', 'content', 'ok', 'task_id'])
    .execute()
  const [first] = untold
  if (first === undefined) return
  const content: LlmBlock[] = untold
    .toSorted((a, b) => a.position - b.position)
    .map((step) => ({
      type: 'tool_result',
      toolUseId: step.tool_use_id,
      content: step.ok === false ? `[failed] ${step.content ?? ''}` : (step.content ?? ''),
    }))
  await addMessage(tx, session, { taskId: first.task_id, role: 'user', content, surface: 'terminal' })
  await tx
    .updateTable('coding.step')
    .set({ content: null })
    .where('tenant_id', '=', session.tenant_id)
    .where('user_id', '=', session.user_id)
    .where('session_id', '=', session.session_id)
    .where('told', '=', true)
    .where('content', 'is not', null)
    .execute()
}

export const messagesOf = (tx: Tx, { tenantId, userId, sessionId }: SessionKey, after: number): Promise<MessageRow[]> =>
  tx
    .selectFrom('coding.message')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .where('position', '>', after)
    .orderBy('position')
    .execute()

/** The newest messages, oldest first. */
export async function newestMessages(
  tx: Tx,
  { tenantId, userId, sessionId }: SessionKey,
  limit: number,
): Promise<MessageRow[]> {
  const rows = await tx
    .selectFrom('coding.message')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('session_id', '=', sessionId)
    .orderBy('position', 'desc')
    .limit(limit)
    .execute()
  return rows.reverse()
}

const argsText = (input: JsonObject): string => JSON.stringify(input)

/** A message as text: tool exchanges behind markers that clients know (api.md 3.22). */
export function flatText(content: LlmMessage['content']): string {
  if (typeof content === 'string') return content
  return content
    .map((block) => {
      if (block.type === 'text') return block.text
      if (block.type === 'tool_use') return `[tool_use ${block.name}] ${argsText(block.input)}`
      return `[tool_result] ${block.content}`
    })
    .join('\n')
}
