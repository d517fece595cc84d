import type { JsonObject } from '@imperal/contract'
import { numberOf, objectAt, textOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import type { CallSession } from './session.ts'

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const DEFAULT_SECONDS = 30
const MOST_SECONDS = 180
// As base64 in one frame of at most 4 MiB.
const MOST_BYTES = 2_750_000
const PER_MINUTE = 100

function headersOf(value: JsonObject): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, content] of Object.entries(value)) if (typeof content === 'string') headers[name] = content
  return headers
}

/** One request of the extension's allowance per minute and tenant; asked for plain `fetch` as well. */
export async function takeRequest(session: CallSession): Promise<number | null> {
  const { limits } = session.parts.settings
  if (limits.factor === 0) return null
  const key = `http:${session.call.pass.actor.tenantId}:${session.call.use.app.appId}`
  const verdict = await session.parts.limiter.take(key, PER_MINUTE * limits.factor, 60)
  return verdict.allowed ? null : verdict.reset
}

/** Hosts that the operator's configuration of the app names; absent: every public host. */
export function isAllowedHost(session: CallSession, host: string): boolean {
  const allowed = session.call.use.app.config.http_allowed_hosts
  if (!Array.isArray(allowed)) return true
  const name = host.toLowerCase()
  return allowed.some(
    (entry) => typeof entry === 'string' && (name === entry.toLowerCase() || name.endsWith(`.${entry.toLowerCase()}`)),
  )
}

function checkedRequest(session: CallSession, request: JsonObject) {
  const method = (textOf(request.method) ?? 'GET').toUpperCase()
  if (!METHODS.has(method))
    throw refusedCallback('validation_error', `'${method.slice(0, 20)}' is not a method of ctx.http.`, {
      field: 'method',
    })
  const url = textOf(request.url) ?? ''
  if (!URL.canParse(url)) throw refusedCallback('validation_error', 'The address is not a URL.', { field: 'url' })
  const timeout = numberOf(request.timeout) ?? DEFAULT_SECONDS
  if (timeout > MOST_SECONDS)
    throw refusedCallback(
      'validation_error',
      `ctx.http timeout ${timeout}s exceeds federal cap (${MOST_SECONDS}s); move longer work to ctx.background_task`,
      { field: 'timeout' },
    )
  if (timeout <= 0) throw refusedCallback('validation_error', 'A timeout is more than 0 seconds.', { field: 'timeout' })
  if (!isAllowedHost(session, new URL(url).hostname))
    throw refusedCallback('forbidden', `The operator does not let this app reach ${new URL(url).hostname}.`)
  const body = textOf(request.body_base64)
  return { method, url, timeout, body: body === undefined ? null : Buffer.from(body, 'base64url') }
}

/** `ctx.http` (sdk.md 3.10): through the platform's one way out, which refuses private networks on connection. */
export const httpClient: ClientTable<'http'> = {
  async request(session, args) {
    const given = objectAt(args, 0, 'request')
    const { method, url, timeout, body } = checkedRequest(session, given)
    const wait = await takeRequest(session)
    if (wait !== null)
      throw refusedCallback('rate_limited', `More than ${PER_MINUTE} requests in a minute.`, { retry_after: wait })
    if (!WITHOUT_EFFECT.has(method)) await session.writer.open()
    const started = performance.now()
    const answer = await send(session, {
      method,
      url,
      timeout,
      body,
      headers: headersOf(objectAt([given.headers ?? {}], 0, 'headers')),
    })
    session.parts.devLog.http(session, {
      method,
      host: new URL(url).host,
      status: answer.statusCode,
      ms: performance.now() - started,
    })
    return {
      status_code: answer.statusCode,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
      ),
      body_base64: answer.body.toString('base64url'),
      url: answer.url,
    }
  },
}

/** Of failures that are not just a bad gateway. What is too large stays so, and is not asked for again. */
const STATUS: Readonly<Record<string, number>> = { EGRESS_TIMEOUT: 504, EGRESS_TOO_LARGE: 413 }

interface Sent {
  readonly method: string
  readonly url: string
  readonly timeout: number
  readonly body: Buffer | null
  readonly headers: Record<string, string>
}

async function send(session: CallSession, request: Sent) {
  try {
    return await session.parts.egress.request({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: request.body,
      timeoutMs: request.timeout * 1000,
      maxBytes: MOST_BYTES,
      signal: session.signal,
      mayReach: (host) => isAllowedHost(session, host),
    })
  } catch (error) {
    const code = String((error as { code?: unknown } | null)?.code ?? '')
    if (!code.startsWith('EGRESS_')) throw error
    const message = error instanceof Error ? error.message : 'The request failed.'
    throw code === 'EGRESS_INVALID' || code === 'EGRESS_REFUSED'
      ? refusedCallback('forbidden', message)
      : refusedCallback('api_error', message, { status_code: STATUS[code] ?? 502 })
  }
}
