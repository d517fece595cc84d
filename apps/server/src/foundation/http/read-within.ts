import type { onRequestHookHandler } from 'fastify'
import { httpErrors, toErrorAnswer } from './problem.ts'

/**
 * Answers 408 and closes the connection when the body of a request has not arrived within so many seconds: a sender that
 * trickles must not hold a place for ever (api.md 7.5). For `onRequest`.
 */
export function readWithin(seconds: number): onRequestHookHandler {
  return (request, reply, done) => {
    const { raw } = request
    const stop = () => clearTimeout(timer)
    const timer = setTimeout(() => {
      if (raw.complete || reply.sent) return
      const { body } = toErrorAnswer(httpErrors.UNREADABLE(), request.id)
      const message = 'The request did not arrive in time.'
      reply.hijack()
      reply.raw.writeHead(408, { connection: 'close', 'content-type': 'application/json; charset=utf-8' })
      reply.raw.end(JSON.stringify({ ...body, detail: message, message, status: 408 }), () => raw.destroy())
    }, seconds * 1000)
    timer.unref()
    raw.once('end', stop)
    raw.once('close', stop)
    done()
  }
}
