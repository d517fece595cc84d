import { chmodSync, chownSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { EGRESS_CALL_HEADER, EGRESS_REFUSED_HEADER } from '@imperal/contract'
import { crossing, type Egress } from './create-egress.ts'
import { EgressError } from './errors.ts'
import { limited } from './read-body.ts'

const MOST_BYTES = 10 * 1024 * 1024
const STREAM_TIMEOUT_MS = 180_000

/** The call in whose name a plain `fetch` is made. */
export interface EgressCall {
  /** Ends when the call ends; its requests end with it. */
  readonly signal: AbortSignal
  allow(request: { method: string; host: string }): Promise<boolean> | boolean
}

/** The door of one host process. Who knocks is known by the socket, in whose name by the token that the guest adds. */
export interface EgressDoor {
  close(): void
}

function refuse(response: ServerResponse, reason: string): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  // A header takes Latin-1 only; host names that reach this point are ASCII, the rest is ours.
  response.writeHead(502, { [EGRESS_REFUSED_HEADER]: reason.replace(/[^\x20-\x7e]/g, '?'), connection: 'close' }).end()
}

async function forward(
  egress: Egress,
  call: EgressCall,
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { request, response } = exchange
  const method = request.method ?? 'GET'
  const url = URL.parse(request.url ?? '')
  if (url === null) throw new EgressError('EGRESS_INVALID', 'The address is not a URL.')
  if (!(await call.allow({ method, host: url.host }))) {
    throw new EgressError('EGRESS_REFUSED', `This app may not reach ${url.host} now.`)
  }
  const length = request.headers['content-length']
  const hasBody = length !== undefined || request.headers['transfer-encoding'] !== undefined
  const answer = await egress.open({
    method,
    url: url.href,
    headers: crossing(request.headers),
    body: hasBody ? request.pipe(limited(MOST_BYTES)) : null,
    contentLength: length === undefined ? undefined : Number(length),
    signal: call.signal,
    timeoutMs: STREAM_TIMEOUT_MS,
  })
  response.writeHead(answer.statusCode, answer.headers)
  await pipeline(answer.body, limited(MOST_BYTES), response)
}

async function handle(
  egress: Egress,
  findCall: (token: string) => EgressCall | null,
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const token = exchange.request.headers[EGRESS_CALL_HEADER]
  const call = typeof token === 'string' ? findCall(token) : null
  if (call === null) {
    refuse(exchange.response, 'A request must be made with fetch or ctx.http while its call is running.')
    return
  }
  try {
    await forward(egress, call, exchange)
  } catch (problem) {
    refuse(exchange.response, problem instanceof EgressError ? problem.message : 'The exchange broke off.')
  }
}

/** Opens the egress socket of one process; only that process's user (`uid`) may connect. */
export async function serveEgress(options: {
  socketPath: string
  uid: number | null
  egress: Egress
  findCall(token: string): EgressCall | null
}): Promise<EgressDoor> {
  const server: Server = createServer(
    // workerd sends the whole address in the request line, without a Host header.
    { requireHostHeader: false, maxHeaderSize: 64 * 1024, insecureHTTPParser: false },
    (request, response) => void handle(options.egress, options.findCall, { request, response }),
  )
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n'))
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n'))
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.socketPath, resolve)
  })
  chmodSync(options.socketPath, 0o600)
  if (options.uid !== null) chownSync(options.socketPath, options.uid, options.uid)
  return {
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
