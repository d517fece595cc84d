import type { IncomingMessage } from 'node:http'
import { mcp as contract, type ProtectedResource } from '@imperal/contract'
import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { HIJACKED, implement, type MountedRoute, type RouteRequest, reply } from '../../foundation/http/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Kernel } from '../kernel/index.ts'
import type { Registry } from '../registry/index.ts'
import { mcpErrors } from './errors.ts'
import type { Exchanges } from './exchanges.ts'
import { beginSession, endSession, findSession, forgetQuiet, keepSessions, type Session } from './sessions.ts'

export interface McpOptions {
  readonly db: Database
  readonly bus: Bus
  readonly log: Log
  readonly kernel: Pick<Kernel, 'call' | 'catalog' | 'decide'>
  readonly registry: Pick<Registry, 'onChange'>
  readonly clock: Clock
  readonly publicUrl: string
  /** Origins of pages that may speak to the endpoint, beside the platform's own. */
  readonly origins: readonly string[]
  readonly version: string
}

export interface Mcp {
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

type Send = RouteRequest<typeof contract.send>

const SWEEP_MS = 60_000
const HEADER = 'mcp-session-id'

/** Opens the endpoint of the Model Context Protocol. */
export function openMcp(options: McpOptions): Mcp {
  // The library is loaded for the first client: a start does not wait for it.
  let loading: Promise<Exchanges> | null = null
  let opened: Exchanges | null = null
  const load = async (): Promise<Exchanges> => {
    const { openExchanges } = await import('./exchanges.ts')
    opened = openExchanges(options)
    return opened
  }
  const exchanges = () => {
    loading ??= load()
    return loading
  }
  const allowed = new Set([options.publicUrl, ...options.origins])
  const unfollow = options.registry.onChange(({ userId }) => opened?.toolsChanged(userId ?? null))
  const sweep = async () => {
    await keepSessions(options, opened?.sessions() ?? [])
    await forgetQuiet(options)
  }
  const timer = setInterval(() => {
    sweep().catch((error) => options.log.warn({ err: error }, 'quiet MCP sessions were not ended'))
  }, SWEEP_MS)
  timer.unref()

  // Against pages that reach a platform on the visitor's machine by a name of their own (DNS rebinding).
  const refuseForeign = ({ headers: { origin } }: Send) => {
    if (typeof origin === 'string' && !allowed.has(origin)) throw mcpErrors.FOREIGN_ORIGIN()
  }
  const sessionOf = (request: Send): Promise<Session> => {
    const id = request.headers[HEADER]
    if (typeof id !== 'string') throw mcpErrors.NO_SESSION()
    return findSession(options, request.user, id)
  }
  const answer = async (request: Send, session: Session, body: unknown) => {
    const { authFor } = await import('./make-server.ts')
    const { request: incoming, reply: outgoing } = request.http
    outgoing.hijack()
    for (const [name, value] of Object.entries(outgoing.getHeaders()))
      if (value !== undefined) outgoing.raw.setHeader(name, value)
    outgoing.raw.setHeader(HEADER, session.sessionId)
    const raw = Object.assign(incoming.raw as IncomingMessage, { auth: authFor(request.user) })
    const { answer: exchange } = await exchanges()
    await exchange(session, { raw, response: outgoing.raw, body })
    return HIJACKED
  }

  const send = async (request: Send) => {
    refuseForeign(request)
    const { read } = await import('./read-messages.ts')
    const messages = read(request.body)
    if (messages === null) throw mcpErrors.NOT_UNDERSTOOD()
    const isNew = request.headers[HEADER] === undefined
    if (isNew !== (messages.introduction !== null)) throw mcpErrors.NOT_UNDERSTOOD()
    if (messages.introduction !== null)
      return answer(
        request,
        await beginSession(options, request.user, messages.introduction.params.capabilities),
        request.body,
      )
    const session = await sessionOf(request)
    const { receive } = await exchanges()
    for (const message of messages.forOthers) {
      if (!(await receive(session, message))) throw mcpErrors.ANSWER_TOO_LARGE()
    }
    if (messages.requests.length === 0) return reply(202, '', { [HEADER]: session.sessionId })
    return answer(request, session, messages.isBatch ? messages.requests : messages.requests[0])
  }
  const listen = async (request: Send) => {
    refuseForeign(request)
    return answer(request, await sessionOf(request), undefined)
  }
  const end = async (request: Send) => {
    refuseForeign(request)
    const session = await sessionOf(request)
    await endSession(options, session)
    await (await exchanges()).end(session)
    return reply(200, '')
  }
  const challenge = `Bearer resource_metadata="${options.publicUrl}${contract.resource.path}"`
  const described = (): ProtectedResource => ({
    resource: `${options.publicUrl}/mcp`,
    resource_name: 'Functions of the signed-in user',
    resource_documentation: `${options.publicUrl}/reference`,
    bearer_methods_supported: ['header'],
  })
  return {
    routes: [
      implement(contract.send, send, { challenge }),
      implement(contract.listen, listen, { challenge }),
      implement(contract.end, end, { challenge }),
      implement(contract.resource, described),
      implement(contract.resourceOfHost, described),
    ],
    async close() {
      clearInterval(timer)
      unfollow()
      await opened?.close()
    },
  }
}
