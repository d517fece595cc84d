import { createHash } from 'node:crypto'
import type { ConfirmationItem, JsonObject } from '@imperal/contract'
import type { Statement } from '../../../foundation/db/index.ts'
import { hexId } from '../../../foundation/ids.ts'
import type { CallModel } from '../../billing/index.ts'
import type { OutboxMessage } from '../../outbox/index.ts'
import type { BoundCall, StoredQuestion } from '../corridor/stages.ts'
import { maskArguments, preview, toDatabaseJson } from '../ledger/mask.ts'
import { platformEvent } from '../ledger/messages.ts'
import { moneyKeyOf, movesMoney } from './money.ts'

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
(confirmation_id, tenant_id, user_id, source, app_id, title, message, items, calls, trace_id, chain_id, conversation_id, message_preview, expires_at, kind, money_key)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`

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

function itemOf(call: BoundCall, index: number): ConfirmationItem {
  return {
    index,
    app_id: call.use.app.appId,
    tool: call.handler.functionName,
    action_type: call.handler.actionType,
    label: labelOf(call.handler.functionName),
    // The user's own call: only secrets are hidden, for a decision needs the address that a mail goes to. What moves money
    // knows none, and "tokens" is an amount there.
    args_masked: movesMoney(call) ? call.params : maskArguments(call.params, { personal: false }),
    price: call.charge === null ? 0 : call.charge.price.base + call.charge.price.fee,
  }
}

function storedCall(call: BoundCall, index: number, confirmationId: string): StoredCall {
  const { pass, use, handler } = call
  const text = toDatabaseJson(call.params)
  return {
    index,
    app_id: use.app.appId,
    function: handler.functionName,
    params_text: text,
    params_hash: hashOf(text),
    action_type: handler.actionType,
    artefact_hash: use.version.artefactHash,
    idempotency_key: hashOf(`${confirmationId}:${index}`),
    ...(pass.intent.model === undefined ? {} : { model: pass.intent.model }),
  }
}

/** Verbs of effects that another call takes back: such a call asks first for another reason than its being final. */
const TAKEN_BACK = /^(?:connect|disconnect|install|enable|disable|pause|resume):/
const isFinal = ({ handler }: BoundCall): boolean =>
  handler.actionType === 'destructive' &&
  !(handler.effects.length > 0 && handler.effects.every((effect) => TAKEN_BACK.test(effect)))

/** Title and message of a card: of its one call, or of all of them (kernel 3.5.2). */
function wordsOf(
  calls: readonly [BoundCall, ...BoundCall[]],
  items: readonly ConfirmationItem[],
  kind: 'action' | 'money',
) {
  const [{ use, handler }] = calls
  const label = items[0]?.label ?? ''
  const destroys = calls.some((call) => call.handler.actionType === 'destructive')
  const title =
    calls.length > 1
      ? `Confirm ${calls.length} actions: ${label.toLowerCase()}${destroys ? '?' : ''}`
      : destroys
        ? `${label}?`
        : `${label}: go ahead?`
  if (kind === 'money') return { title: `${label}?`, message: `This moves money. ${handler.description}`.trim() }
  const what = calls.some(isFinal) ? 'do something that cannot be undone' : 'make a change'
  const times = calls.length > 1 ? `, ${calls.length} times` : ''
  return { title, message: `${use.app.name} is about to ${what}${times}. ${handler.description}`.trim() }
}

/** Stores fully checked calls of one user as one question: all of them run, or none (K3.30). */
export function askUser(
  calls: readonly [BoundCall, ...BoundCall[]],
  times: { now: number; ttlSeconds: number },
  kind: 'action' | 'money' = 'action',
): NewQuestion {
  const [{ pass, use }] = calls
  const { intent, actor } = pass
  const confirmationId = hexId('conf')
  const items = calls.map(itemOf)
  const { title, message } = wordsOf(calls, items, kind)
  const expiresAt = new Date(times.now + times.ttlSeconds * 1000).toISOString()
  const card = {
    confirmation_id: confirmationId,
    title,
    message,
    items: items as unknown as JsonObject[],
    expires_at: expiresAt,
    kind,
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
        toDatabaseJson(items),
        toDatabaseJson(calls.map((call, index) => storedCall(call, index, confirmationId))),
        pass.traceId,
        intent.chainId ?? null,
        intent.conversationId ?? null,
        preview(intent.messagePreview),
        expiresAt,
        kind,
        kind === 'money' ? moneyKeyOf(calls[0]) : null,
      ],
    },
    messages: [
      {
        tenantId: actor.tenantId,
        userId: actor.userId,
        type: 'confirmation',
        payload: { ...card, app_id: use.app.appId, status: 'pending', summary: title },
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
