import type { Readable } from 'node:stream'
import { EGRESS_CALL_HEADER, EGRESS_REFUSED_HEADER } from '@imperal/contract'
import { type Dispatcher, errors, request as send } from 'undici'
import { createAddressPolicy } from './address-policy.ts'
import { checkedAddress, createAgent, type Resolve, resolveBySystem } from './connect.ts'
import { EgressError } from './errors.ts'
import { decoded, readAll } from './read-body.ts'

const MOST_BYTES = 10 * 1024 * 1024
const MOST_REDIRECTS = 5
const DEFAULT_TIMEOUT_MS = 30_000

export type HeaderValues = Record<string, string | string[]>

export interface EgressRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<HeaderValues> | undefined
  readonly body?: Buffer | string | null | undefined
  /** For the whole exchange, redirects and body included. 30 s when absent. */
  readonly timeoutMs?: number | undefined
  /** Largest body, after decompression. 10 MiB when absent, and at the most. */
  readonly maxBytes?: number | undefined
  /** 5 when absent; 0 gives redirects back as they are. */
  readonly maxRedirects?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Asked for the host of each redirect; the caller has asked for the first one. */
  readonly mayReach?: ((hostname: string) => boolean) | undefined
}

export type EgressStreamRequest = Omit<EgressRequest, 'body'> & {
  readonly body?: Readable | Buffer | null | undefined
  /** Of a streamed body, when it is known: many servers refuse a body without a length. */
  readonly contentLength?: number | undefined
}

export interface EgressResponse {
  readonly statusCode: number
  /** Names in lower case. */
  readonly headers: HeaderValues
  readonly body: Buffer
  /** Address of the last hop. */
  readonly url: string
}

export interface EgressStream {
  readonly statusCode: number
  readonly headers: HeaderValues
  /** As it came over the wire, compressed or not; ends with an error beyond 10 MiB. */
  readonly body: Readable
}

/** The one way out for requests whose address an app or a user chose (api 7.7). */
export interface Egress {
  /** Sends a request and follows redirects, each hop checked anew; credentials never follow to another origin. @throws EgressError */
  request(request: EgressRequest): Promise<EgressResponse>
  /** One hop, with the body as a stream. @throws EgressError */
  open(request: EgressStreamRequest): Promise<EgressStream>
  /** An address of a host that speaks another protocol; connect to it and to no second answer. @throws EgressError */
  addressOf(host: string): Promise<string>
  close(): Promise<void>
}

export interface EgressOptions {
  /** Opens loopback and private networks. Metadata services stay closed. */
  readonly allowPrivate?: boolean | undefined
  /** Addresses and CIDR blocks of closed networks that stay open. */
  readonly allow?: readonly string[] | undefined
  readonly resolve?: Resolve | undefined
}

const NOT_FORWARDED = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-authenticate', 'proxy-authorization'],
  ...['proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', EGRESS_CALL_HEADER, EGRESS_REFUSED_HEADER],
])
const CREDENTIAL = /^(authorization|cookie)$|api-?key|token|secret|password|auth/i
const BODY_HEADER = /^content-/i

/** Headers that may cross the border in either direction. */
export function crossing(headers: Readonly<Record<string, string | string[] | undefined>>): HeaderValues {
  const kept: HeaderValues = {}
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    if (value !== undefined && !NOT_FORWARDED.has(lower)) kept[lower] = value
  }
  return kept
}

function parseTarget(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new EgressError('EGRESS_INVALID', 'The address is not a URL.')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EgressError('EGRESS_REFUSED', `Only http and https addresses may be reached, not ${url.protocol}`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new EgressError('EGRESS_REFUSED', 'An address may not carry a user name or password; send them in a header.')
  }
  return url
}

function egressError(problem: unknown, host: string): EgressError {
  if (problem instanceof EgressError) return problem
  const cause = problem instanceof Error && problem.cause instanceof EgressError ? problem.cause : null
  if (cause !== null) return cause
  const name = problem instanceof Error ? problem.name : ''
  if (name === 'TimeoutError' || problem instanceof errors.ConnectTimeoutError) {
    return new EgressError('EGRESS_TIMEOUT', `${host} did not answer in time.`, problem)
  }
  if (name === 'AbortError') return new EgressError('EGRESS_ABORTED', 'The request was ended by the caller.', problem)
  if (problem instanceof errors.InvalidArgumentError) {
    return new EgressError('EGRESS_INVALID', `The request is not valid: ${problem.message}.`, problem)
  }
  return new EgressError('EGRESS_UNREACHABLE', `${host} could not be reached.`, problem)
}

interface Hop {
  method: string
  url: URL
  headers: HeaderValues
  body: Buffer | string | Readable | null
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

function nextHop(hop: Hop, statusCode: number, location: string): Hop {
  const url = parseTarget(URL.parse(location, hop.url.href)?.href ?? '')
  const becomesGet = statusCode === 303 || (statusCode <= 302 && hop.method === 'POST')
  const sameOrigin = url.origin === hop.url.origin
  const kept = Object.entries(hop.headers).filter(
    ([name]) => !(becomesGet && BODY_HEADER.test(name)) && (sameOrigin || !CREDENTIAL.test(name)),
  )
  const headers = Object.fromEntries(kept)
  return becomesGet ? { method: 'GET', url, headers, body: null } : { ...hop, url, headers }
}

/** Opens the way out. Every hop of every request is checked by the address that is connected to. */
export function createEgress(options: EgressOptions = {}): Egress {
  const policy = createAddressPolicy({ allowPrivate: options.allowPrivate ?? false, allow: options.allow ?? [] })
  const agent = createAgent(policy, options.resolve ?? resolveBySystem)

  async function sendHop(hop: Hop, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await send(hop.url, {
        dispatcher: agent,
        method: hop.method.toUpperCase() as Dispatcher.HttpMethod,
        headers: hop.headers,
        body: hop.body,
        signal,
      })
    } catch (problem) {
      throw egressError(problem, hop.url.host)
    }
  }

  function begin(request: EgressRequest | EgressStreamRequest): { hop: Hop; signal: AbortSignal } {
    const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal])
    const { method, url, headers = {}, body = null } = request
    return { hop: { method, url: parseTarget(url), headers: crossing(headers), body }, signal }
  }

  async function follow(request: EgressRequest): Promise<EgressResponse> {
    let { hop, signal } = begin(request)
    hop.headers['accept-encoding'] ??= 'identity'
    for (let redirects = 0; ; redirects++) {
      const response = await sendHop(hop, signal)
      const location = response.headers.location
      const most = request.maxRedirects ?? MOST_REDIRECTS
      if (most === 0 || !REDIRECTS.has(response.statusCode) || typeof location !== 'string') {
        return finish(response, hop, Math.min(request.maxBytes ?? MOST_BYTES, MOST_BYTES))
      }
      response.body.on('error', () => {}).destroy()
      if (redirects >= most) {
        throw new EgressError('EGRESS_TOO_MANY_REDIRECTS', `${hop.url.host} redirected more than ${most} times.`)
      }
      hop = nextHop(hop, response.statusCode, location)
      if (request.mayReach?.(hop.url.hostname) === false) {
        throw new EgressError(
          'EGRESS_REFUSED',
          `This app may not reach ${hop.url.hostname}, where it was redirected to.`,
        )
      }
    }
  }

  async function finish(response: Dispatcher.ResponseData, hop: Hop, maxBytes: number): Promise<EgressResponse> {
    const { statusCode, headers, body } = response
    try {
      const content = await readAll(decoded(body, headers['content-encoding']), maxBytes)
      const { 'content-encoding': _, ...rest } = crossing(headers)
      return { statusCode, headers: rest, body: content, url: hop.url.href }
    } catch (problem) {
      body.on('error', () => {}).destroy()
      throw egressError(problem, hop.url.host)
    }
  }

  return {
    request: follow,
    async open(request) {
      const { hop, signal } = begin(request)
      if (request.contentLength !== undefined) hop.headers['content-length'] = `${request.contentLength}`
      const { statusCode, headers, body } = await sendHop(hop, signal)
      return { statusCode, headers: crossing(headers), body }
    },
    addressOf: (host) => checkedAddress(policy, options.resolve ?? resolveBySystem, host),
    close: () => agent.destroy(),
  }
}
