import { randomUUID } from 'node:crypto'
import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Principal } from '../../foundation/http/index.ts'
import type { KernelCaller } from '../kernel/index.ts'
import { mcpErrors } from './errors.ts'
import { makeServer, type ServerParts } from './make-server.ts'

const QUIET_MS = 30 * 60_000
export const MOST_SESSIONS = 32

type User = Principal & { readonly userId: string }

interface Session {
  readonly tenantId: string
  readonly userId: string
  readonly transport: StreamableHTTPServerTransport
  readonly server: Server
  lastUsed: number
}

/** Sessions of this node. */
export interface Sessions {
  /** The caller's session of this id. @throws MCP_NO_SESSION also for one of somebody else */
  find(user: User, id: string): StreamableHTTPServerTransport
  /** A transport for a client that begins; it becomes a session when the client has introduced itself. @throws MCP_TOO_MANY_SESSIONS */
  begin(user: User): Promise<StreamableHTTPServerTransport>
  /** Tools of a user (or with null: of anybody) may be others now. */
  toolsChanged(userId: string | null): void
  /** Ends sessions that were quiet for half an hour. */
  sweep(): Promise<void>
  close(): Promise<void>
}

/** What the handlers of a request get to know of its caller. */
const callerOf = (authInfo: unknown): KernelCaller => {
  const { extra } = authInfo as { extra: { caller: KernelCaller } } // put there by `authFor`
  return extra.caller
}

export const authFor = ({ tenantId, userId, limitedTo }: User) => ({
  token: '',
  clientId: userId,
  scopes: [],
  extra: { caller: { tenantId, userId, limitedTo } satisfies KernelCaller },
})

export function openSessions(parts: ServerParts & { readonly now: () => number }): Sessions {
  const sessions = new Map<string, Session>()
  const ownOf = (user: Pick<User, 'userId' | 'tenantId'>) =>
    [...sessions.values()].filter(({ userId, tenantId }) => userId === user.userId && tenantId === user.tenantId)

  return {
    find(user, id) {
      const session = sessions.get(id)
      if (session === undefined || session.userId !== user.userId || session.tenantId !== user.tenantId)
        throw mcpErrors.NO_SESSION()
      session.lastUsed = parts.now()
      return session.transport
    },
    async begin(user) {
      if (ownOf(user).length >= MOST_SESSIONS)
        throw mcpErrors.TOO_MANY_SESSIONS({ most: MOST_SESSIONS, retryAfter: 60 })
      const { tenantId, userId } = user
      const server = makeServer(parts, callerOf)
      const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) =>
          void sessions.set(id, { tenantId, userId, transport, server, lastUsed: parts.now() }),
      })
      server.onclose = () => {
        if (transport.sessionId !== undefined) sessions.delete(transport.sessionId)
      }
      // The class lets `onclose` be absent, which the interface writes in another way.
      await server.connect(transport as Parameters<Server['connect']>[0])
      return transport
    },
    toolsChanged(userId) {
      for (const session of sessions.values()) {
        if (userId !== null && session.userId !== userId) continue
        // Who does not listen finds out with the next list.
        session.server.sendToolListChanged().catch(() => {})
      }
    },
    async sweep() {
      const before = parts.now() - QUIET_MS
      const quiet = [...sessions.values()].filter(({ lastUsed }) => lastUsed < before)
      await Promise.all(quiet.map(({ server }) => server.close()))
    },
    async close() {
      await Promise.all([...sessions.values()].map(({ server }) => server.close()))
    },
  }
}
