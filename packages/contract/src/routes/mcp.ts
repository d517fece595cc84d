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

/** The caller's functions as tools of the Model Context Protocol (streamable HTTP). */
export const mcp = {
  send: endpoint('POST', 'send', 'Messages of an MCP client'),
  listen: endpoint('GET', 'listen', 'The stream on which the server speaks to an MCP client by itself'),
  end: endpoint('DELETE', 'end', 'Ends an MCP session'),
}
