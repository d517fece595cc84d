import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  ElicitRequestSchema,
  type ElicitResult,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailedToken } from '../support/mailbox.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'

let server: TestServer
let ada: Session
let eve: Session
const clients: Client[] = []

beforeAll(async () => {
  server = await startTestServer()
  ada = await signInAdmin(server)
  const email = 'eve@example.com'
  await send(`${server.url}/v1/auth/signup`, 'POST', { email, password: 's3cure! and long' })
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  eve = await signIn(server, email, 's3cure! and long')
}, 240_000)
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await server.stop()
})

const transportOf = (token: string, headers: Record<string, string> = {}) =>
  new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}`, ...headers } },
  })

/** The official client; with `answer` it shows forms, and a person answers so. */
async function connect(token: string, answer?: (message: string) => ElicitResult): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: answer === undefined ? {} : { elicitation: {} } },
  )
  if (answer !== undefined) client.setRequestHandler(ElicitRequestSchema, async ({ params }) => answer(params.message))
  await client.connect(transportOf(token) as Parameters<Client['connect']>[0])
  clients.push(client)
  return client
}

interface Answer {
  readonly isError?: boolean
  readonly content: { readonly type: string; readonly text: string }[]
  readonly structuredContent?: { readonly data: Record<string, string>; readonly trace_id?: string }
}
const call = async (client: Client, name: string, args: Record<string, unknown> = {}): Promise<Answer> =>
  (await client.callTool({ name, arguments: args })) as unknown as Answer
const newNote = async (client: Client, title: string): Promise<string> =>
  String((await call(client, 'notes__create_note', { title })).structuredContent?.data.note_id)
const exists = async (noteId: string): Promise<boolean> =>
  (await ada.call('notes', 'get_note', { note_id: noteId })).status === 'success'

describe('[MCP] functions as tools', () => {
  test('the installed functions are listed, with what they do to the world', async () => {
    const client = await connect(ada.token)
    const { tools } = await client.listTools()
    const named = new Map(tools.map((tool) => [tool.name, tool]))
    expect(named.get('notes__list_notes')).toMatchObject({
      annotations: { readOnlyHint: true, destructiveHint: false },
      inputSchema: { type: 'object' },
      _meta: { 'imperal/app_id': 'notes', 'imperal/function': 'list_notes', 'imperal/action_type': 'read' },
    })
    expect(named.get('notes__create_note')?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: false })
    expect(named.get('notes__delete_note')?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true })
    for (const { name } of tools) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
    expect(client.getInstructions()).toContain('destructiveHint')
  })

  test('a call goes through the corridor: arguments are checked, and the ledger says where it came from', async () => {
    const client = await connect(ada.token)
    const noteId = await newNote(client, 'From a model')
    expect(await exists(noteId)).toBe(true)
    const wrong = await call(client, 'notes__create_note', { title: 7 })
    expect(wrong.isError).toBe(true)
    expect(wrong.structuredContent).toMatchObject({ error_code: 'VALIDATION_TYPE_ERROR' })
    const { actions } = (await ada.request('GET', '/v1/actions?app_id=notes&per_page=50')).body as {
      actions: { tool_name: string; source: string; status: string }[]
    }
    const made = actions.filter(({ tool_name }) => tool_name === 'create_note')
    expect(made.map(({ source, status }) => [source, status])).toEqual(
      expect.arrayContaining([
        ['mcp', 'success'],
        ['mcp', 'validation_rejected'],
      ]),
    )
    await expect(client.callTool({ name: 'notes__no_such' })).rejects.toThrow(/no tool/)
  })

  test('what cannot be undone is asked by elicitation where the client can, and runs only then', async () => {
    const asked: string[] = []
    let answer: ElicitResult = { action: 'decline' }
    const client = await connect(ada.token, (message) => {
      asked.push(message)
      return answer
    })
    const noteId = await newNote(client, 'Precious')
    const declined = await call(client, 'notes__delete_note', { note_id: noteId })
    expect([declined.isError, declined.content[0]?.text]).toEqual([true, 'The person declined. Nothing was done.'])
    expect(asked[0]).toContain(noteId)
    // A form that was sent without the tick is no approval.
    answer = { action: 'accept', content: { approve: false } }
    expect((await call(client, 'notes__delete_note', { note_id: noteId })).isError).toBe(true)
    expect(await exists(noteId)).toBe(true)
    answer = { action: 'accept', content: { approve: true } }
    const done = await call(client, 'notes__delete_note', { note_id: noteId })
    expect([done.isError, await exists(noteId)]).toEqual([false, false])
    expect(asked).toHaveLength(3)
  })

  test('elsewhere the answer names the page of the panel, where the stored call runs once', async () => {
    const client = await connect(ada.token)
    const noteId = await newNote(client, 'Kept')
    const stopped = await call(client, 'notes__delete_note', { note_id: noteId })
    const id = /\?confirmation=([\w-]+)/.exec(stopped.content[0]?.text ?? '')?.[1]
    expect([stopped.isError, await exists(noteId)]).toEqual([true, true])
    expect((await ada.request('POST', `/v1/confirmations/${id}/confirm`, {})).status).toBe(200)
    expect(await exists(noteId)).toBe(false)
  })

  test('the question travels on the stream of the call, for clients that hold no other open', async () => {
    const noteId = await newNote(await connect(ada.token), 'Asked on the way')
    const post = (body: object, session?: string) =>
      fetch(`${server.url}/mcp`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${ada.token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(session === undefined ? {} : { 'mcp-session-id': session }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...body }),
      })
    const clientInfo = { name: 'bare', version: '1' }
    const params = { protocolVersion: '2025-06-18', capabilities: { elicitation: {} }, clientInfo }
    const hello = await post({ id: 1, method: 'initialize', params })
    await hello.text()
    const session = hello.headers.get('mcp-session-id') ?? ''
    await (await post({ method: 'notifications/initialized' }, session)).text()
    const asking = await post(
      { id: 2, method: 'tools/call', params: { name: 'notes__delete_note', arguments: { note_id: noteId } } },
      session,
    )
    let said = ''
    const decoder = new TextDecoder()
    for await (const chunk of asking.body ?? []) {
      said += decoder.decode(chunk, { stream: true })
      const asked = /^data: (.*elicitation\/create.*)\n/m.exec(said)?.[1]
      if (asked === undefined) continue
      // Not every card is about something final; the message says which is.
      expect(asked).toContain('It runs once, with exactly these values.')
      said = ''
      const { id } = JSON.parse(asked) as { id: number }
      const answer = await post({ id, result: { action: 'accept', content: { approve: true } } }, session)
      expect(answer.status).toBe(202)
    }
    expect(said).toContain('"isError":false')
    expect(await exists(noteId)).toBe(false)
  })

  test('clients that listen hear of new tools', async () => {
    const client = await connect(eve.token)
    expect((await client.listTools()).tools.some(({ name }) => name.startsWith('notes__'))).toBe(false)
    let told = 0
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told++)
    await eve.request('POST', '/v1/marketplace/apps/notes/install', {})
    await until(async () => told > 0, 30_000)
    expect((await client.listTools()).tools.some(({ name }) => name.startsWith('notes__'))).toBe(true)
  })
})

describe('[MCP] who may come in', () => {
  test('a key of a user works as a password of the client, and only as far as it lists', async () => {
    const key = async (scopes: string) =>
      ((await ada.request('POST', '/v1/keys', { name: 'mcp', scopes })).body as { key: string }).key
    const whole = await connect(await key('*'))
    expect((await call(whole, 'notes__list_notes')).isError).toBe(false)
    const narrow = await connect(await key('notes:read'))
    expect((await call(narrow, 'notes__list_notes')).isError).toBe(false)
    const refused = await narrow
      .callTool({ name: 'notes__create_note', arguments: { title: 'x' } })
      .catch(() => ({ isError: true }))
    expect(refused.isError).toBe(true)
  })

  test('a key that may not confirm is not asked either: a person approves at the panel', async () => {
    const connected = async (scopes: string) => {
      const { key } = (await ada.request('POST', '/v1/keys', { name: 'mcp', scopes })).body as { key: string }
      const asked: string[] = []
      const client = await connect(key, (message) => {
        asked.push(message)
        return { action: 'accept', content: { approve: true } }
      })
      return { client, asked }
    }
    const own = 'notes:read,notes:write,notes:destructive'
    const narrow = await connected(own)
    const noteId = await newNote(narrow.client, 'Not for a key alone')
    const stopped = await call(narrow.client, 'notes__delete_note', { note_id: noteId })
    expect([stopped.isError, stopped.content[0]?.text]).toEqual([true, expect.stringContaining('?confirmation=')])
    expect([narrow.asked, await exists(noteId)]).toEqual([[], true])
    const may = await connected(`${own},confirmations:write`)
    expect((await call(may.client, 'notes__delete_note', { note_id: noteId })).isError).toBe(false)
    expect([may.asked.length, await exists(noteId)]).toEqual([1, false])
  })

  test('nobody without a credential, no page of another origin, no session of somebody else', async () => {
    await expect(new Client({ name: 'x', version: '1' }).connect(transportOf('nonsense') as never)).rejects.toThrow()
    // A client that comes without one learns where to read how it gets in, and that no authorization server gives tokens out.
    const refused = await fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const where = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? ''
    expect([refused.status, new URL(where).pathname]).toEqual([401, '/.well-known/oauth-protected-resource/mcp'])
    for (const place of [new URL(where).pathname, '/.well-known/oauth-protected-resource']) {
      const told = await (await fetch(server.url + place)).json()
      expect(told).toMatchObject({ resource: expect.stringMatching(/\/mcp$/), bearer_methods_supported: ['header'] })
      expect(told).not.toHaveProperty('authorization_servers')
    }
    const foreign = transportOf(ada.token, { origin: 'https://evil.example' })
    await expect(new Client({ name: 'x', version: '1' }).connect(foreign as never)).rejects.toThrow(/origin/i)
    const mine = transportOf(ada.token)
    const client = new Client({ name: 'x', version: '1' })
    await client.connect(mine as never)
    clients.push(client)
    const theirs = await eve.request(
      'POST',
      '/mcp',
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      {
        'mcp-session-id': mine.sessionId ?? '',
        accept: 'application/json, text/event-stream',
      },
    )
    expect(theirs.status).toBe(404)
    // What is no introduction begins nothing.
    const stray = await ada.request(
      'POST',
      '/mcp',
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      {
        accept: 'application/json, text/event-stream',
      },
    )
    expect(stray.status).toBe(400)
    await mine.terminateSession()
    await expect(client.listTools()).rejects.toThrow()
  })
})
