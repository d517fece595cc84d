import type { AnyRoute } from '@imperal/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { httpErrors, toErrorAnswer } from './problem.ts'

/** The methods that an address answers, for one that came with another. */
export type MethodsAt = (path: string) => readonly string[]

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const expressionOf = (path: string): RegExp => {
  const parts = path.split(/(\{\w+\*?\})/).map((part) => {
    if (!part.startsWith('{')) return literal(part)
    return part.endsWith('*}') ? '.+' : '[^/]+'
  })
  return new RegExp(`^${parts.join('')}/?$`)
}

/** Looks addresses up in the routes of the contract; only for requests that found no route. */
export function methodsAt(mounted: readonly { readonly route: AnyRoute; readonly prefix: string }[]): MethodsAt {
  const known = mounted.map(({ route, prefix }) => ({
    method: route.method,
    expression: expressionOf(prefix + route.path),
  }))
  return (path) =>
    [...new Set(known.flatMap(({ method, expression }) => (expression.test(path) ? [method] : [])))].sort()
}

/** Answers 404, and says which methods the address does answer, if any. */
export function sendNotFound(request: FastifyRequest, reply: FastifyReply, methods: MethodsAt): FastifyReply {
  const allowed = methods(request.url.split('?', 1)[0] ?? '')
  // A route that has the method and yet was not taken: a part of the address is longer than any id.
  const isOther = allowed.length > 0 && !allowed.includes(request.method)
  const details = { method: request.method, allowed: allowed.join(', ') }
  const { status, body } = toErrorAnswer(
    isOther ? httpErrors.METHOD_NOT_ALLOWED(details) : httpErrors.NOT_FOUND(),
    request.id,
  )
  if (isOther) reply.header('allow', details.allowed)
  return reply.code(status).send(body)
}

/** What a listener answers for addresses that no route has. */
export function installNotFound(app: FastifyInstance, methods: MethodsAt): void {
  app.setNotFoundHandler((request, reply) => sendNotFound(request, reply, methods))
}
