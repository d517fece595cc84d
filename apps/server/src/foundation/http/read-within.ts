import type { AnyRoute } from '@imperal/contract'
import type { onRequestHookHandler } from 'fastify'
import { httpErrors, toErrorAnswer } from './problem.ts'

const MIB = 1024 * 1024
/** Time for a body of up to one MiB, and then for each 64 KiB that the route takes beyond it. */
const SECONDS = 30
const SLOWEST_BYTES_PER_SECOND = 65_536
/** Largest multipart body of a route that names none. */
export const LARGEST_UPLOAD = 12 * MIB

/** Seconds within which the body of a request to this route has to arrive. */
export function readSecondsOf(route: Pick<AnyRoute, 'readSeconds' | 'bodyKind' | 'bodyLimit'>): number {
  const largest = route.bodyLimit ?? (route.bodyKind === 'multipart' ? LARGEST_UPLOAD : MIB)
  return route.readSeconds ?? SECONDS + Math.ceil(Math.max(0, largest - MIB) / SLOWEST_BYTES_PER_SECOND)
}

/** For requests that no route takes: they are answered when their body has been read. */
export const readInTime = readWithin(SECONDS)

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
