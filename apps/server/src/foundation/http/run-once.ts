import { createHash } from 'node:crypto'
import type { AnyRoute } from '@imperal/contract'
import type { Log } from '../log.ts'
import { HIJACKED, RouteReply, type RouteRequest } from './handler.ts'
import type { Idempotency, KeyVerdict } from './idempotency.ts'
import { httpErrors, toErrorAnswer } from './problem.ts'

const KEY = /^[\x21-\x7e]{1,128}$/

function keyOf(route: AnyRoute, request: RouteRequest<AnyRoute>): string | null {
  const given = request.headers['idempotency-key']
  if (given === undefined || route.method === 'GET' || request.principal === null) return null
  if ((route.responseKind ?? 'json') !== 'json' || route.bodyKind === 'raw') return null
  if (typeof given !== 'string' || !KEY.test(given)) throw httpErrors.IDEMPOTENCY_KEY_INVALID()
  return given
}

function scopeOf(route: AnyRoute, request: RouteRequest<AnyRoute>): string {
  const { principal } = request
  const who = principal?.userId ?? `service:${principal?.tenantId}`
  return [who, route.method, route.path, JSON.stringify([request.params, request.query])].join('\n')
}

function contentOf(request: RouteRequest<AnyRoute>): string {
  const files = Object.entries(request.files).map(([name, file]) => [
    name,
    createHash('sha256').update(file.content).digest('hex'),
  ])
  return JSON.stringify([request.body, files])
}

// These say nothing about what was asked for: the same request may succeed a moment later.
const PASSING: ReadonlySet<number> = new Set([401, 408, 429])

/**
 * Runs the handler, or answers what the first request with the same `Idempotency-Key` got (api.md 1.12).
 * A failure on our side is forgotten, so that it can be tried again with the same key.
 */
export async function runOnce(
  route: AnyRoute,
  request: RouteRequest<AnyRoute>,
  options: {
    readonly idempotency?: Idempotency
    readonly log: Log
    readonly handle: () => Promise<unknown>
  },
): Promise<unknown> {
  const key = options.idempotency === undefined ? null : keyOf(route, request)
  if (options.idempotency === undefined || key === null) return options.handle()
  const verdict = await options.idempotency.take({ scope: scopeOf(route, request), key, content: contentOf(request) })
  switch (verdict.state) {
    case 'answered':
      return new RouteReply(verdict.answer.status, verdict.answer.body, { 'idempotency-replayed': 'true' })
    case 'other_body':
      throw httpErrors.IDEMPOTENCY_CONFLICT()
    case 'running':
      throw httpErrors.IDEMPOTENCY_RUNNING({ retryAfter: 1 })
    case 'outcome_unknown':
      throw httpErrors.IDEMPOTENCY_UNKNOWN()
    case 'begun':
  }
  let value: unknown
  try {
    value = await options.handle()
  } catch (error) {
    const { status, body } = toErrorAnswer(error, request.requestId)
    if (status >= 500 || PASSING.has(status)) await verdict.forget()
    else await verdict.finish({ status, body })
    throw error
  }
  // It is done. An answer that cannot be kept is given all the same, and nobody does it again under this key.
  await keep(verdict, route, value).catch((error: unknown) =>
    options.log.warn({ err: error, route: route.id }, 'the answer to a request with a key was not kept'),
  )
  return value
}

function keep(
  verdict: Extract<KeyVerdict, { state: 'begun' }>,
  { status = 200 }: AnyRoute,
  value: unknown,
): Promise<void> {
  if (value === HIJACKED) return verdict.forget()
  if (value instanceof RouteReply) return verdict.finish({ status: value.status, body: value.body })
  return verdict.finish({ status, body: value })
}
