import { z } from 'zod'
import { defineRoute, type HttpMethod } from '../route.ts'

const endpoint = (method: HttpMethod, id: string, summary: string) =>
  defineRoute({
    id: `mcp.${id}`,
    surface: 'client',
    method,
    path: '/mcp',
    auth: 'user',
    keyScope: null,
    tag: 'mcp',
    summary,
    ...(method === 'POST' ? { body: z.unknown() } : {}),
    response: z.unknown(),
    responseKind: 'stream',
    errors: [
      'MCP_FOREIGN_ORIGIN',
      'MCP_NO_SESSION',
      'MCP_TOO_MANY_SESSIONS',
      'MCP_NOT_UNDERSTOOD',
      'MCP_ANSWER_TOO_LARGE',
    ],
  })

/** What a client may know of the endpoint before it has a token (RFC 9728). It names no authorization server: there is none. */
export const ProtectedResource = z.object({
  resource: z.string(),
  resource_name: z.string(),
  resource_documentation: z.string(),
  bearer_methods_supported: z.array(z.literal('header')),
})
export type ProtectedResource = z.infer<typeof ProtectedResource>

const described = (id: string, path: string) =>
  defineRoute({
    id: `mcp.${id}`,
    surface: 'client',
    method: 'GET',
    path,
    auth: 'none',
    tag: 'mcp',
    summary: 'How a client gets into the MCP endpoint: with a token in the header',
    response: ProtectedResource,
  })

/** The caller's functions as tools of the Model Context Protocol (streamable HTTP). */
export const mcp = {
  send: endpoint('POST', 'send', 'Messages of an MCP client'),
  listen: endpoint('GET', 'listen', 'The stream on which the server speaks to an MCP client by itself'),
  end: endpoint('DELETE', 'end', 'Ends an MCP session'),
  /** Where RFC 9728 puts it for the address `/mcp`, and where clients look that know only the host. */
  resource: described('resource', '/.well-known/oauth-protected-resource/mcp'),
  resourceOfHost: described('resource_of_host', '/.well-known/oauth-protected-resource'),
}
