import type { FastifyInstance } from 'fastify'
import { httpErrors } from './problem.ts'

/** Objects and lists within one another that a JSON body may have. What people and programs send stays below 30. */
export const MOST_JSON_DEPTH = 128

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENS = new Set([0x5b, 0x7b])
const CLOSES = new Set([0x5d, 0x7d])

/** The place after the text that begins at `start`. */
function afterText(bytes: Buffer, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at + 1
}

function isTooDeep(bytes: Buffer): boolean {
  let depth = 0
  let at = 0
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) {
      at = afterText(bytes, at)
      continue
    }
    if (OPENS.has(byte) && ++depth > MOST_JSON_DEPTH) return true
    if (CLOSES.has(byte)) depth--
    at++
  }
  return false
}

/** Texts that may have a member of that name, which an escape can also spell. */
const MAY_NAME_PROTO = /__proto__|\\u00/

/** Throws at a member named `__proto__`: whatever copies the value would lose it, or give the copy a prototype. */
function refuseProto(key: string, member: unknown): unknown {
  if (key === '__proto__') throw httpErrors.PROTO_NAME()
  return member
}

/**
 * The value of a JSON body; undefined for an empty one. Everything that walks the value afterwards walks it by recursion,
 * so its depth is bounded here. @throws HTTP_BAD_JSON, HTTP_TOO_DEEP, HTTP_PROTO_NAME
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  if (isTooDeep(bytes)) throw httpErrors.TOO_DEEP({ most: MOST_JSON_DEPTH })
  const text = bytes.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw httpErrors.BAD_JSON({}, error)
  }
  if (MAY_NAME_PROTO.test(text)) JSON.parse(text, refuseProto)
  return value
}

/** Reads JSON bodies. An empty one counts as absent: clients send `Content-Type: application/json` with nothing on POST and DELETE. */
export function installJsonBodies(app: FastifyInstance): void {
  // Else a body of text would pass as a text that is no object, and be answered as a wrong field.
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body as Buffer)) // by `parseAs`
    } catch (error) {
      done(error as Error) // one of the two above
    }
  })
}
