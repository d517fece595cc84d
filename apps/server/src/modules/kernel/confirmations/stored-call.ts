import { createHash } from 'node:crypto'
import type { ConfirmationItem, JsonObject } from '@imperal/contract'
import type { Statement } from '../../../foundation/db/index.ts'
import { hexId } from '../../../foundation/ids.ts'
import type { CallModel } from '../../billing/index.ts'
import type { OutboxMessage } from '../../outbox/index.ts'
import type { BoundCall, StoredQuestion } from '../corridor/stages.ts'
import { maskArguments, preview, toDatabaseJson } from '../ledger/mask.ts'
import { platformEvent } from '../ledger/messages.ts'

/** A call as it waits for its decision. `params_text` is what will run, byte for byte (K3.25). */
export interface StoredCall {
  readonly index: number
  readonly app_id: string
  readonly function: string
  readonly params_text: string
  readonly params_hash: string
  readonly action_type: string
  /** Version that the arguments were checked against. */
  readonly artefact_hash: string
  /** Key of the one execution that this call can ever have (K3.27). */
  readonly idempotency_key: string
  readonly model?: CallModel | undefined
}

export const hashOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** `delete_note` → `Delete note`. */
export function labelOf(functionName: string): string {
  const words = functionName
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const INSERT = `insert into kernel.confirmation
(confirmation_id, tenant_id, user_id, source, app_id, title, message, items, calls, trace_id, chain_id, conversation_id, message_preview, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`

export interface NewQuestion {
  readonly question: StoredQuestion
  readonly statement: Statement
  readonly messages: readonly OutboxMessage[]
}

/** What becomes of questions, for apps and rules that want to know (K6.3). */
export const confirmationEvent = (
  what: 'created' | 'confirmed' | 'cancelled' | 'expired',
  about: {
    readonly confirmation_id: string
    readonly tenant_id: string
    readonly user_id: string
    readonly app_id: string
  },
  timestamp: string,
): OutboxMessage =>
  platformEvent(
    `confirmation.${what}`,
    { confirmation_id: about.confirmation_id, app_id: about.app_id },
    { tenantId: about.tenant_id, userId: about.user_id, timestamp },
  )

function itemOf(call: BoundCall): ConfirmationItem {
  return {
    index: 0,
    app_id: call.use.app.appId,
    tool: call.handler.functionName,
    action_type: call.handler.actionType,
    label: labelOf(call.handler.functionName),
    // The user's own call: only secrets are hidden, for a decision needs the address that a mail goes to.
    args_masked: maskArguments(call.params, { personal: false }),
    price: call.charge === null ? 0 : call.charge.price.base + call.charge.price.fee,
  }
}

/** Stores a fully checked call as a question to its user. */
export function askUser(call: BoundCall, times: { now: number; ttlSeconds: number }): NewQuestion {
  const { pass, use, handler } = call
  const { intent, actor } = pass
  const confirmationId = hexId('conf')
  const text = toDatabaseJson(call.params)
  const stored: StoredCall = {
    index: 0,
    app_id: use.app.appId,
    function: handler.functionName,
    params_text: text,
    params_hash: hashOf(text),
    action_type: handler.actionType,
    artefact_hash: use.version.artefactHash,
    idempotency_key: hashOf(`${confirmationId}:0`),
    ...(intent.model === undefined ? {} : { model: intent.model }),
  }
  const item = itemOf(call)
  const title = handler.actionType === 'destructive' ? `${item.label}?` : `${item.label}: go ahead?`
  const message =
    handler.actionType === 'destructive'
      ? `${use.app.name} is about to do something that cannot be undone. ${handler.description}`.trim()
      : `${use.app.name} is about to make a change. ${handler.description}`.trim()
  const expiresAt = new Date(times.now + times.ttlSeconds * 1000).toISOString()
  const card = {
    confirmation_id: confirmationId,
    title,
    message,
    items: [item as unknown as JsonObject],
    expires_at: expiresAt,
  }
  return {
    question: { confirmationId, card },
    statement: {
      text: INSERT,
      values: [
        confirmationId,
        actor.tenantId,
        actor.userId,
        intent.source,
        use.app.appId,
        title,
        message,
        toDatabaseJson([item]),
        toDatabaseJson([stored]),
        pass.traceId,
        intent.chainId ?? null,
        intent.conversationId ?? null,
        preview(intent.messagePreview),
        expiresAt,
      ],
    },
    messages: [
      {
        tenantId: actor.tenantId,
        userId: actor.userId,
        type: 'confirmation',
        payload: { ...card, app_id: use.app.appId, status: 'pending', kind: 'action', summary: title },
      },
      confirmationEvent(
        'created',
        {
          confirmation_id: confirmationId,
          tenant_id: actor.tenantId,
          user_id: actor.userId,
          app_id: use.app.appId,
        },
        new Date(times.now).toISOString(),
      ),
    ],
  }
}
