import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import * as z from 'zod'

/** An MCP server on loopback, made with the official SDK: notes of whoever has the token. */
export interface NotesServer {
  readonly url: string
  readonly notes: Map<string, string>
  /** Tools that were called, with their arguments. */
  readonly called: { name: string; args: unknown }[]
  /** Tokens that it was sent. */
  readonly tokens: Set<string>
  /** A tool that was not there before. */
  offerMore: boolean
  close(): Promise<void>
}

const say = (text: string) => ({ content: [{ type: 'text' as const, text }] })

function toolsOf(state: NotesServer): McpServer {
  const server = new McpServer({ name: 'acme-notes', version: '3.1.0', title: 'Acme Notes' })
  const note = (name: string, args: unknown) => state.called.push({ name, args })
  server.registerTool(
    'search-notes',
    {
      description: 'Search the notes for a text.',
      inputSchema: { query: z.string(), limit: z.number().int().max(50).default(10) },
      annotations: { readOnlyHint: true },
    },
    async (args) => {
      note('search-notes', args)
      const found = [...state.notes].filter(([, text]) => text.includes(args.query)).slice(0, args.limit)
      return { ...say(`${found.length} notes`), structuredContent: { notes: found.map(([id]) => id) } }
    },
  )
  server.registerTool(
    'add_note',
    {
      description: 'Add',
      inputSchema: { text: z.string().min(1) },
      annotations: { readOnlyHint: false, destructiveHint: false },
    },
    async (args) => {
      note('add_note', args)
      const id = `n${state.notes.size + 1}`
      state.notes.set(id, args.text)
      return say(id)
    },
  )
  // Without annotations: the protocol says that it may destroy something.
  server.registerTool('wipe', { description: 'Forget every note.', inputSchema: {} }, async () => {
    note('wipe', {})
    state.notes.clear()
    return say('gone')
  })
  server.registerTool(
    'fail',
    { description: 'Always answers with a failure.', annotations: { readOnlyHint: true } },
    async () => ({ ...say('the shelf is locked'), isError: true }),
  )
  server.registerTool(
    'anything',
    {
      description: 'Takes arguments of whatever name.',
      inputSchema: z.looseObject({}),
      annotations: { readOnlyHint: true },
    },
    async (args) => {
      note('anything', args)
      return say('taken')
    },
  )
  if (state.offerMore)
    server.registerTool(
      'count',
      { description: 'Count the notes of the shelf.', annotations: { readOnlyHint: true } },
      async () => say(String(state.notes.size)),
    )
  return server
}

/** `json`: answers come as JSON instead of an event stream. */
export async function startNotesServer(options: { token?: string; json?: boolean } = {}): Promise<NotesServer> {
  const http = createServer((request, response) => {
    const sent = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (sent !== undefined) state.tokens.add(sent)
    if (options.token !== undefined && sent !== options.token) {
      response.writeHead(401).end('who are you?')
      return
    }
    void answer(request)
      .then(({ body, transport }) => transport.handleRequest(request, response, body))
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  const answer = async (request: IncomingMessage) => {
    let text = ''
    for await (const part of request) text += part
    const transport = new StreamableHTTPServerTransport({
      enableJsonResponse: options.json === true,
    })
    await toolsOf(state).connect(transport as Parameters<McpServer['connect']>[0])
    return { body: text === '' ? undefined : JSON.parse(text), transport }
  }
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const state: NotesServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    notes: new Map(),
    called: [],
    tokens: new Set(),
    offerMore: false,
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections()
        http.close(() => resolve())
      }),
  }
  return state
}
