import { type JsonObject, WEBHOOK_TOOL_PREFIX, WEBHOOK_USER, type WebhookReply } from '@imperal/contract'
import { kernelErrors } from '../errors.ts'
import type { KernelParts } from '../parts.ts'
import type { CallIntent, CallOutcome } from '../types.ts'
import { claimDelivery, type DeliveryClaim, endDelivery } from './deliveries.ts'
import { shapeReply } from './shape-reply.ts'

export interface Webhook {
  readonly appId: string
  readonly tenantId: string
  readonly functionName: string
  readonly method: string
  /** Lower-case name of the header with the sender's id of a delivery; null: deliveries have none. */
  readonly deliveryHeader: string | null
}

export interface WebhookArrival {
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Buffer
  readonly ip: string
  readonly requestId: string
}

/** The webhook of a live app at a path (K7.6): slashes at the ends and letter case do not count. */
export async function findWebhook(parts: KernelParts, appId: string, path: string): Promise<Webhook | null> {
  const [app, version] = await Promise.all([parts.registry.app(appId), parts.registry.liveVersion(appId)])
  if (app === null || version === null || app.status === 'suspended' || app.status === 'deleted') return null
  const bare = path.replace(/^\/+|\/+$/g, '').toLowerCase()
  const found = version.manifest.webhooks?.find((entry) => entry.path.replace(/^\/+|\/+$/g, '').toLowerCase() === bare)
  if (found === undefined) return null
  const functionName = WEBHOOK_TOOL_PREFIX + found.path.replace(/^\/+|\/+$/g, '')
  const deliveryHeader = found.delivery_header?.toLowerCase() ?? null
  return { appId, tenantId: app.ownerTenantId, functionName, method: found.method, deliveryHeader }
}

const STRIPPED =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|authorization|cookie|x-service-token|x-acting-user|x-ext-id|x-forwarded-.*|forwarded|x-real-ip|x-imperal-.*)$/
const OWN_SIGNATURES = /^Bearer\s+(?:eyJ|imp_live_)/

/** What the handler sees of the request's headers: none of the platform's own, none that belong to the connection. */
function headersFor(arrival: WebhookArrival, receivedAt: string): JsonObject {
  const headers: JsonObject = {}
  for (const [name, value] of Object.entries(arrival.headers)) {
    const lower = name.toLowerCase()
    const text = Array.isArray(value) ? value.join(', ') : value
    if (text === undefined) continue
    // Senders sign with Authorization too; only credentials of this platform are kept from the extension.
    if (lower === 'authorization' ? !OWN_SIGNATURES.test(text) : !STRIPPED.test(lower)) headers[lower] = text
  }
  return { ...headers, 'x-imperal-request-id': arrival.requestId, 'x-imperal-received-at': receivedAt }
}

const queryFor = (query: WebhookArrival['query']): JsonObject =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? String(value[0]) : String(value)]),
  )

async function refuseTooMany(parts: KernelParts, webhook: Webhook, ip: string): Promise<void> {
  const { factor } = parts.settings.limits
  if (factor === 0) return
  const counters: (readonly [string, number])[] = [
    [`webhook:${webhook.appId}:${ip}`, 60],
    [`webhook:${webhook.appId}:${webhook.functionName}`, 120],
    [`webhook:${webhook.appId}`, 600],
  ]
  for (const [key, limit] of counters) {
    const verdict = await parts.limiter.take(key, limit * factor, 60)
    if (!verdict.allowed) throw kernelErrors.WEBHOOK_LIMITED({ retryAfter: verdict.reset })
  }
}

const text = (status: number, body: string): WebhookReply => ({
  status_code: status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body_base64: Buffer.from(body).toString('base64url'),
})

function replyOf(outcome: CallOutcome, publicUrl: string): WebhookReply {
  if (outcome.refusal?.status === 503) throw kernelErrors.UNAVAILABLE({ retryAfter: outcome.refusal.retryAfter ?? 2 })
  if (outcome.refusal !== undefined) throw kernelErrors.WEBHOOK_NOT_FOUND()
  const wire = outcome.response.data as WebhookReply // checked by the truth gate when the call succeeded
  // A neutral 500, so that the sender tries again (K7.10). A status below 200 would announce another answer.
  if (outcome.response.status === 'error' || wire.status_code < 200) return text(500, '{"ok":false}')
  return shapeReply(wire, publicUrl)
}

const LONGEST_ID = 512

/** The sender's id of this delivery; null when there is none, or none that can be one. */
function deliveryIdOf({ deliveryHeader }: Webhook, { headers }: WebhookArrival): string | null {
  const given = deliveryHeader === null ? undefined : headers[deliveryHeader]
  return typeof given === 'string' && given !== '' && given.length <= LONGEST_ID ? given : null
}

const isTaken = ({ response, refusal }: CallOutcome): boolean => {
  if (refusal !== undefined || response.status === 'error') return false
  const { status_code: status } = response.data as WebhookReply // checked by the truth gate when the call succeeded
  return status >= 200 && status < 400
}

function intentOf(parts: KernelParts, webhook: Webhook, arrival: WebhookArrival): CallIntent {
  return {
    source: 'webhook',
    tenantId: webhook.tenantId,
    userId: WEBHOOK_USER,
    appId: webhook.appId,
    function: webhook.functionName,
    params: {
      method: arrival.method,
      headers: headersFor(arrival, parts.clock.iso()),
      body_base64: arrival.body.toString('base64url'),
      query_params: queryFor(arrival.query),
    },
  }
}

/** The end of the handler is the end of its delivery, however long after the answer. Never rejects. */
async function endWith(parts: KernelParts, claim: DeliveryClaim, outcome: Promise<CallOutcome>): Promise<void> {
  try {
    const taken = await outcome.then(isTaken, () => false)
    await endDelivery(parts, claim, taken)
  } catch (error) {
    parts.log.warn({ err: error, app: claim.key.app_id }, 'the end of a webhook delivery was not noted')
  }
}

/**
 * Runs a webhook's handler under the identity `__webhook__` and gives its answer. After 10 s it goes on as a background
 * task, and only then the sender hears 202: what was accepted has a row and a task, whatever becomes of this node (K7.8).
 * Where its tenant has as many tasks as may be, the sender is kept waiting instead. A delivery that the handler has taken
 * is answered without it for a day (K7.10).
 * @throws KERNEL_WEBHOOK_LIMITED, KERNEL_UNAVAILABLE
 */
export async function receiveWebhook(
  parts: KernelParts,
  webhook: Webhook,
  arrival: WebhookArrival,
): Promise<WebhookReply> {
  await refuseTooMany(parts, webhook, arrival.ip)
  const deliveryId = deliveryIdOf(webhook, arrival)
  const claim = deliveryId === null ? null : await claimDelivery(parts, webhook, deliveryId)
  if (claim === 'taken') return text(200, '{"ok":true,"duplicate":true}')
  // The sender comes again, and by then it is known whether it has to.
  if (claim === 'running') return text(409, '{"ok":false,"duplicate":true}')
  let running: Promise<CallOutcome> | undefined
  const answer = parts.runInner(intentOf(parts, webhook, arrival), {
    promoteAfterMs: parts.settings.webhookPatienceMs,
    whenRunning: (outcome) => {
      running = outcome
    },
  })
  // The note is there before the answer: a sender that heard of success is not run again.
  const noted =
    claim === null
      ? answer
      : endWith(
          parts,
          claim,
          answer.then((first) => (first.promoted ? (running ?? first) : first)),
        )
  const first = await answer
  if (first.promoted !== undefined) return text(202, '{"accepted":true}')
  await noted
  return replyOf(first, parts.settings.publicUrl)
}
