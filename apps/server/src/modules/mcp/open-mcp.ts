import type { IncomingMessage } from 'node:http'
import { mcp as contract } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { HIJACKED, implement, type MountedRoute, type RouteRequest } from '../../foundation/http/index.ts'
import type { Kernel } from '../kernel/index.ts'
import type { Registry } from '../registry/index.ts'
import { mcpErrors } from './errors.ts'
import type { Sessions } from './sessions.ts'

export interface McpOptions {
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

const SWEEP_MS = 60_000

/** Opens the endpoint of the Model Context Protocol. */
export function openMcp(options: McpOptions): Mcp {
  // The library is loaded for the first client: a start does not wait for it.
  let loaded: Promise<typeof import('./sessions.ts')> | null = null
  let opened: Sessions | null = null
  const open = async () => {
    loaded ??= import('./sessions.ts')
    const { openSessions, authFor } = await loaded
    opened ??= openSessions({ ...options, now: options.clock.now })
    return { sessions: opened, authFor }
  }
  const allowed = new Set([options.publicUrl, ...options.origins])
  const unfollow = options.registry.onChange(({ userId }) => opened?.toolsChanged(userId ?? null))
  const timer = setInterval(() => void opened?.sweep(), SWEEP_MS)
  timer.unref()

  const handle = async (request: RouteRequest<typeof contract.send>) => {
    const { origin, 'mcp-session-id': given } = request.headers
    // Against pages that reach a platform on the visitor's machine by a name of their own (DNS rebinding).
    if (typeof origin === 'string' && !allowed.has(origin)) throw mcpErrors.FOREIGN_ORIGIN()
    const { user, http } = request
    const { sessions, authFor } = await open()
    if (http.request.method !== 'POST' && typeof given !== 'string') throw mcpErrors.NO_SESSION()
    const transport = typeof given === 'string' ? sessions.find(user, given) : await sessions.begin(user)
    const { raw } = http.request
    http.reply.hijack()
    for (const [name, value] of Object.entries(http.reply.getHeaders()))
      if (value !== undefined) http.reply.raw.setHeader(name, value)
    await transport.handleRequest(
      Object.assign(raw as IncomingMessage, { auth: authFor(user) }),
      http.reply.raw,
      request.body,
    )
    // Who sent something else than an introduction left a transport that is no session.
    if (typeof given !== 'string' && transport.sessionId === undefined) await transport.close()
    return HIJACKED
  }
  return {
    routes: [implement(contract.send, handle), implement(contract.listen, handle), implement(contract.end, handle)],
    async close() {
      clearInterval(timer)
      unfollow()
      await opened?.close()
    },
  }
}
