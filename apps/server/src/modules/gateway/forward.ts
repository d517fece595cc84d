import type { FastifyReply, FastifyRequest } from 'fastify'
import { Agent, type Dispatcher, errors } from 'undici'
import { httpErrors } from '../../foundation/http/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Telemetry } from '../../foundation/telemetry/index.ts'
import { DRAINING } from './drain.ts'

/** Hands requests that run apps to processes that do, for a gateway that runs none itself. */
export interface Forward {
  /** Answers the request with what one of the nodes answers. @throws HTTP_NO_KERNEL when none takes it */
  send(request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply>
  close(): Promise<void>
}

export interface ForwardOptions {
  /** Addresses of the nodes that run apps for others, without a slash at the end. */
  readonly addresses: () => Promise<readonly string[]>
  /** The agency of whoever sends a request (api.md 7.2); null: it names nobody. @throws what refuses the request */
  readonly agencyOf: (headers: FastifyRequest['headers'], origin: { readonly ip: string }) => Promise<string | null>
  readonly log: Log
  readonly telemetry: Telemetry
}

/** Header of a request that a gateway handed on; no gateway hands it on again. */
const FORWARDED = 'x-imperal-forwarded'
/** Header with the agency of the caller: the gateway's word, never the caller's own. */
const AGENCY = 'x-imperal-agency-id'

const LOOK_EVERY_MS = 2_000
const CONNECT_MS = 3_000
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'host', 'content-length', 'expect', DRAINING, AGENCY],
])

type Headers = Record<string, string | string[]>

function crossing(headers: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const kept: Headers = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value
  return kept
}

interface Told {
  readonly traceparent: string | null
  readonly agency: string | null
}

const headersFor = (request: FastifyRequest, { traceparent, agency }: Told): Headers => ({
  ...crossing(request.headers),
  ...(traceparent === null ? {} : { traceparent }),
  ...(agency === null ? {} : { [AGENCY]: agency }),
  'x-forwarded-for': (request.ips ?? [request.ip]).toReversed().join(', '),
  'x-forwarded-proto': request.protocol,
  'x-forwarded-host': request.host,
  [FORWARDED]: '1',
  'x-request-id': request.id,
})

/** Nothing of the request can have been done: it never arrived there, or was refused because the node is stopping. */
const neverArrived = (error: unknown): boolean =>
  error instanceof errors.ConnectTimeoutError ||
  ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'].includes(
    String((error as { code?: unknown } | null)?.code),
  )

/** The nodes in turn, looked up every two seconds and whenever one does not answer. */
function openRing({ addresses, log }: ForwardOptions) {
  let known: readonly string[] = []
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null
  let turn = 0
  const look = async (): Promise<void> => {
    try {
      known = await addresses()
      lookedAt = performance.now()
    } catch (error) {
      // The nodes of the last look may still be there.
      log.warn({ err: error }, 'the nodes that run apps could not be looked up')
    } finally {
      looking = null
    }
  }
  return {
    async inTurn(): Promise<string[]> {
      if (performance.now() - lookedAt > LOOK_EVERY_MS) {
        looking ??= look()
        await looking
      }
      turn = (turn + 1) % Math.max(1, known.length)
      return [...known.slice(turn), ...known.slice(0, turn)]
    },
    outdated: () => {
      lookedAt = Number.NEGATIVE_INFINITY
    },
  }
}

const traceOf = ({ headers }: FastifyRequest): string | undefined =>
  typeof headers.traceparent === 'string' ? headers.traceparent : undefined

/** Opens the way to the nodes with the role `kernel`. A request that reached none of them is tried at the next one. */
export function openForward(options: ForwardOptions): Forward {
  const ring = openRing(options)
  const { telemetry } = options
  // Calls may take as long as a task does; whoever waits for the answer decides how long.
  const agent = new Agent({ connect: { timeout: CONNECT_MS }, headersTimeout: 0, bodyTimeout: 0 })

  const attempt = async (
    origin: string,
    request: FastifyRequest,
    { path, agency, signal }: { path: string; agency: string | null; signal: AbortSignal },
  ) => {
    const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : null
    const method = request.method as Dispatcher.HttpMethod // a method of the contract
    return agent.request({
      origin,
      path,
      method,
      headers: headersFor(request, { traceparent: telemetry.traceparent(), agency }),
      body,
      signal,
    })
  }
  const send = async (request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> => {
    if (request.headers[FORWARDED] !== undefined) throw httpErrors.NO_KERNEL()
    const gone = new AbortController()
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort()
    })
    const agency = await options.agencyOf(request.headers, { ip: request.ip })
    for (const origin of await ring.inTurn()) {
      let answer: Dispatcher.ResponseData
      try {
        answer = await attempt(origin, request, { path, agency, signal: gone.signal })
      } catch (error) {
        ring.outdated()
        if (neverArrived(error)) continue
        options.log.warn({ err: error, origin, request: request.id }, 'a node ended in the middle of a request')
        throw httpErrors.NODE_LOST()
      }
      if (answer.statusCode === 503 && answer.headers[DRAINING] !== undefined) {
        ring.outdated()
        await answer.body.dump()
        continue
      }
      return reply.code(answer.statusCode).headers(crossing(answer.headers)).send(answer.body)
    }
    throw httpErrors.NO_KERNEL()
  }
  return {
    send: (request, reply, path) =>
      telemetry.span(`forward ${request.method} ${request.routeOptions.url}`, { parent: traceOf(request) }, () =>
        send(request, reply, path),
      ),
    close: () => agent.destroy(),
  }
}
