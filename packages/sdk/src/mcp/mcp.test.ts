import { EXTENSION_PORT } from '@imperal/contract/guest-port'
import { expect, test } from 'vitest'
import type { JsonObject } from '../values/json.ts'
import { describeServer } from './describe-server.ts'
import { type Exchange, inConversation } from './exchange.ts'
import { remoteExtension } from './remote-extension.ts'

const URL_OF_SERVER = 'https://mcp.example/mcp'

/** A server that answers each method with a result, as JSON or as an event stream. */
function serverOf(results: Readonly<Record<string, JsonObject | Error>>, stream = false) {
  const seen: { method: string; headers: Record<string, string>; message: JsonObject }[] = []
  const exchange: Exchange = async ({ method, headers, body }) => {
    const message = body === undefined ? {} : (JSON.parse(body) as JsonObject)
    seen.push({ method: String(message.method ?? method), headers, message })
    const result = results[String(message.method)]
    if (message.id === undefined) return { status: 202, headers: {}, text: '' }
    const answer = {
      jsonrpc: '2.0',
      id: message.id,
      ...(result instanceof Error ? { error: { message: result.message } } : { result: result ?? {} }),
    }
    const text = JSON.stringify(answer)
    return stream
      ? {
          status: 200,
          headers: { 'content-type': 'text/event-stream', 'mcp-session-id': 's1' },
          text: `: hello\r\n\r\nevent: message\r\ndata: {"method":"notifications/message"}\r\n\r\ndata: ${text.slice(0, 1)}\r\ndata: ${text.slice(1)}\r\n\r\n`,
        }
      : { status: 200, headers: { 'content-type': 'application/json' }, text }
  }
  return { seen, exchange }
}

const INTRODUCTION = { protocolVersion: '2025-03-26', serverInfo: { name: 'acme', title: 'Acme' } }

test.each([true, false])(
  'a conversation introduces itself, keeps session and version, and ends (as a stream: %s)',
  async (stream) => {
    const { seen, exchange } = serverOf({ initialize: INTRODUCTION, 'tools/call': { content: [] } }, stream)
    const answer = await inConversation(exchange, 'tok', async (talk) => talk.request('tools/call', { name: 'x' }))
    expect(answer).toEqual({ content: [] })
    const methods = ['initialize', 'notifications/initialized', 'tools/call', ...(stream ? ['DELETE'] : [])]
    expect(seen.map(({ method }) => method)).toEqual(methods)
    expect(seen.every(({ headers }) => headers.authorization === 'Bearer tok')).toBe(true)
    expect(seen[2]?.headers).toMatchObject({
      'mcp-protocol-version': '2025-03-26',
      ...(stream ? { 'mcp-session-id': 's1' } : {}),
    })
  },
)

test('what a server refuses, or does not say, is a sentence', async () => {
  const ask = (exchange: Exchange) => inConversation(exchange, null, async (talk) => talk.request('tools/list'))
  const refusing = serverOf({ initialize: INTRODUCTION, 'tools/list': new Error('not today') })
  await expect(ask(refusing.exchange)).rejects.toThrow('refused tools/list: not today')
  const page: Exchange = async () => ({ status: 200, headers: { 'content-type': 'text/html' }, text: '<html>' })
  await expect(ask(page)).rejects.toThrow('gave no answer to initialize')
  const closed: Exchange = async () => ({ status: 401, headers: {}, text: '' })
  await expect(ask(closed)).rejects.toMatchObject({ status: 401, message: expect.stringContaining('token') })
})

const tool = (name: string, more: JsonObject = {}): JsonObject => ({ name, inputSchema: { type: 'object' }, ...more })

test('all pages of tools come, with names that functions may have, and the worse where nothing is said', async () => {
  const pages = [
    { tools: [tool('get-it', { annotations: { readOnlyHint: true } }), tool('Get It')], nextCursor: 'p2' },
    {
      tools: [
        tool('2fast', { annotations: { destructiveHint: false } }),
        tool('日本', { description: 'x'.repeat(5000) }),
      ],
    },
  ]
  const { exchange } = serverOf({
    initialize: INTRODUCTION,
    get 'tools/list'() {
      return pages.shift() as never
    },
  })
  const server = await describeServer(URL_OF_SERVER, exchange, null)
  expect(server.tools.map(({ name, remote, actionType }) => [name, remote, actionType])).toEqual([
    ['get_it', 'get-it', 'read'],
    ['get_it_2', 'Get It', 'destructive'],
    ['tool_2fast', '2fast', 'write'],
    ['tool', '日本', 'destructive'],
  ])
  expect(server.tools[0]?.description).toBe('get-it (a tool of the MCP server Acme)')
  expect(server.tools[3]?.description).toHaveLength(1000)
  const { exchange: empty } = serverOf({ initialize: INTRODUCTION, 'tools/list': { tools: [] } })
  await expect(describeServer(URL_OF_SERVER, empty, null)).rejects.toThrow('offers no tools')
})

test('schemas become closed models; what is none becomes one JSON text', () => {
  const given = (name: string, schema: JsonObject) =>
    ({ name, remote: name, description: 'A description that is long enough.', actionType: 'read', schema }) as const
  const ext = remoteExtension({
    ...{ appId: 'mcp-acme', version: '1.0.0', name: 'Acme', url: URL_OF_SERVER, needsToken: true },
    tools: [
      given('named', { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }),
      given('free', { type: 'object', additionalProperties: true }),
      given('broken', { $ref: '#/nowhere' }),
      given('nothing', { type: 'object' }),
    ],
  })
  const manifest = ext[EXTENSION_PORT].manifest() as {
    tools: { name: string; params_schema: { properties: object; additionalProperties?: unknown } }[]
  }
  const fields = manifest.tools.map((one) => [one.name, Object.keys(one.params_schema.properties ?? {})])
  expect(Object.fromEntries(fields)).toMatchObject({
    ...{ named: ['id'], free: ['arguments_json'], broken: ['arguments_json'], nothing: [] },
  })
  expect(manifest.tools.every((one) => typeof one.params_schema.additionalProperties !== 'object')).toBe(true)
})
