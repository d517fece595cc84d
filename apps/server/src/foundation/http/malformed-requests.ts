import { type Server, STATUS_CODES } from 'node:http'
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hexId } from '../ids.ts'
import { type ErrorAnswer, httpErrors, toErrorAnswer } from './problem.ts'

/** What never became a request is answered in the documented error body as well (api.md 1.10). */

const newId = (): string => hexId('req').slice(0, 28)

/** Statuses of HTTP itself that no error kind has. */
function unreadable(code: string | undefined): ErrorAnswer {
  const { body, headers } = toErrorAnswer(httpErrors.UNREADABLE(), newId())
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return sized(408, 'The request did not arrive in time.', body, headers)
  if (code === 'HPE_HEADER_OVERFLOW') return sized(431, 'The headers of the request are too large.', body, headers)
  if (code === 'HPE_INVALID_METHOD') return sized(400, 'The method of the request is none of HTTP.', body, headers)
  return { status: 400, headers, body }
}

const sized = (status: number, message: string, body: ErrorAnswer['body'], headers: ErrorAnswer['headers']) => ({
  status,
  headers,
  body: { ...body, detail: message, message, status },
})

/** An answer as it goes over a connection that carries no request; the connection ends with it. */
function onTheWire({ status, body }: ErrorAnswer): string {
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `X-Request-Id: ${body.request_id}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}

/** For `fastify(…)`: refusals of the HTTP parser and of the router. */
export const malformedRequestOptions = {
  clientErrorHandler(error, socket) {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    if (socket.writable) socket.write(onTheWire(unreadable(error.code)))
    socket.destroy()
  },
  frameworkErrors(_error: unknown, request: FastifyRequest, reply: FastifyReply) {
    const { status, body } = toErrorAnswer(httpErrors.BAD_ADDRESS(), request.id)
    void reply.code(status).header('x-request-id', request.id).send(body)
  },
  // Each route has its own time; this one ends what none of them sees, and is longer than any of theirs.
  requestTimeout: 1_800_000,
  // Without it Node answers a request that names no host by itself.
  // A client that trickles its headers holds a connection for so long and no longer.
  http: { requireHostHeader: false, headersTimeout: 15_000, connectionsCheckingInterval: 3_000 },
} satisfies FastifyHttpOptions<Server>

/** The rest: requests without a host, and expectations that nobody meets. */
export function installMalformedRequests(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    done(raw.httpVersion === '1.1' && raw.headers.host === undefined ? httpErrors.UNREADABLE() : undefined)
  })
  app.server.on('checkExpectation', (_request, response) => {
    const { body } = toErrorAnswer(httpErrors.UNREADABLE(), newId())
    const message = 'The request expects something that this server does not do.'
    response.writeHead(417, { 'content-type': 'application/json; charset=utf-8', 'x-request-id': body.request_id })
    response.end(JSON.stringify({ ...body, detail: message, message, status: 417 }))
  })
}
