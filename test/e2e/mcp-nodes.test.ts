import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'
import { type SharedPostgres, startSharedPostgres } from '../support/shared-postgres.ts'

const SLOW = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('slowly', {
  version: '1.0.0', displayName: 'Slowly', description: 'Takes its time until somebody stops it, for the tests.',
  icon: 'icon.svg', capabilities: ['slowly:read', 'slowly:write'],
})
new ChatExtension(ext, { toolName: 'slowly', description: 'Takes its time.' }).function('wait',
  { description: 'Waits until it is stopped, or for twenty seconds.', params: z.object({}), actionType: 'write', effects: ['create:start'] },
  async (ctx) => { await ctx.store.create('starts', {}); await new Promise((resolve) => setTimeout(resolve, 20_000)); return ActionResult.success({}, 'Waited.') })
`

let postgres: SharedPostgres
let folder: string
let nodes: TestServer[] = []
let ada: Session
const clients: Client[] = []

beforeAll(async () => {
  postgres = await startSharedPostgres()
  folder = mkdtempSync(path.join(tmpdir(), 'imperal-mcp-'))
  const env = {
    DATABASE_URL: postgres.url,
    IMPERAL_KEYS_DIR: path.join(folder, 'keys'),
    IMPERAL_FILES_DIR: path.join(folder, 'files'),
  }
  nodes = await Promise.all([startTestServer({ env }), startTestServer({ env })])
  ada = await signInAdmin(nodes[0] as TestServer)
  await deploySource(nodes[0]?.url ?? '', ada, SLOW)
}, 240_000)
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await Promise.all(nodes.map((node) => node.stop()))
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** A balancer that keeps nothing on its node: each request goes to the next one. */
function balanced(): { fetch: typeof fetch; asked: number[] } {
  const asked = nodes.map(() => 0)
  let turn = 0
  const passOn: typeof fetch = (input, init) => {
    const at = turn++ % nodes.length
    asked[at] = (asked[at] ?? 0) + 1
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    return fetch(new URL(pathname, nodes[at]?.url), init)
  }
  return { fetch: passOn, asked }
}

async function connect(onQuestion?: () => Promise<boolean> | boolean) {
  const { fetch: through, asked } = balanced()
  const transport = new StreamableHTTPClientTransport(new URL(`${nodes[0]?.url}/mcp`), {
    fetch: through,
    requestInit: { headers: { authorization: `Bearer ${ada.token}` } },
  })
  const capabilities = onQuestion === undefined ? {} : { elicitation: {} }
  const client = new Client({ name: 'test', version: '1' }, { capabilities })
  if (onQuestion !== undefined)
    client.setRequestHandler(ElicitRequestSchema, async () => ({
      action: 'accept',
      content: { approve: await onQuestion() },
    }))
  await client.connect(transport as Parameters<Client['connect']>[0])
  clients.push(client)
  return { client, transport, asked }
}
const call = async (client: Client, name: string, args: Record<string, unknown> = {}) =>
  (await client.callTool({ name, arguments: args })) as unknown as {
    isError?: boolean
    structuredContent?: { data: Record<string, string> }
  }
const exists = async (noteId: string | undefined) =>
  (await ada.call('notes', 'get_note', { note_id: noteId })).status === 'success'

test('[MCP] [E22] any node answers any request of a session', async () => {
  const { client, asked } = await connect()
  for (let n = 0; n < 6; n++) {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toContain('notes__create_note')
    expect((await call(client, 'notes__create_note', { title: `Through ${n}` })).isError).toBe(false)
  }
  expect(asked.every((count) => count > 3)).toBe(true)
})

test('[MCP] a question of one node is answered on another, and several at once keep to their own', async () => {
  let questions = 0
  const { client } = await connect(() => questions++ % 2 === 0)
  const made = await Promise.all(
    [1, 2, 3, 4].map((n) => call(client, 'notes__create_note', { title: `Asked about ${n}` })),
  )
  const ids = made.map(({ structuredContent }) => structuredContent?.data.note_id)
  const ended = await Promise.all(ids.map((note_id) => call(client, 'notes__delete_note', { note_id })))
  expect(questions).toBe(4)
  expect(ended.filter(({ isError }) => isError === false)).toHaveLength(2)
  // What was approved is gone, what was not is there.
  const left = await Promise.all(ids.map(exists))
  expect(left).toEqual(ended.map(({ isError }) => isError === true))
})

test('[MCP] a call is cancelled by a notice that reaches the other node', async () => {
  const { client } = await connect()
  const stop = new AbortController()
  const waiting = Promise.allSettled([
    client.callTool({ name: 'slowly__wait', arguments: {} }, undefined, { signal: stop.signal }),
  ])
  const [query, open] = [
    await postgres.superuser(),
    "select 1 from kernel.open_call where draft::json ->> 'app_id' = 'slowly'",
  ]
  await until(async () => (await query.query(open)).rows.length > 0, 60_000)
  stop.abort()
  expect(await waiting).toMatchObject([{ status: 'rejected' }])
  const ended = "select status from ledger.action where app_id = 'slowly' and function = 'wait'"
  const [row] = await until(async () => {
    const { rows } = await query.query<{ status: string }>(ended)
    return rows.length > 0 && rows
  }, 180_000)
  await query.end()
  expect(row?.status).toBe('cancelled')
})

test('[MCP] clients that listen hear of new tools, whichever node learns of them; an end counts everywhere', async () => {
  const { client, transport } = await connect()
  let told = 0
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told++)
  await until(async () => {
    await ada.request('POST', '/v1/marketplace/apps/slowly/uninstall', {})
    await ada.request('POST', '/v1/marketplace/apps/slowly/install', {})
    return told > 0
  }, 180_000)
  const session = transport.sessionId ?? ''
  await transport.terminateSession()
  for (const node of nodes) {
    const answer = await fetch(`${node.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ada.token}`,
        'mcp-session-id': session,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    expect(answer.status).toBe(404)
  }
})

test('[MCP] [E15] sessions of one user are counted over all nodes', async () => {
  const introduce = (at: number) =>
    fetch(`${nodes[at % nodes.length]?.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ada.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'many', version: '1' } },
      }),
    }).then(async (answer) => {
      await answer.text()
      return answer.status
    })
  const statuses = await Promise.all(Array.from({ length: 48 }, (_, at) => introduce(at)))
  const database = await postgres.superuser()
  const { rows } = await database.query('select count(*)::int as n from mcp.session where user_id = $1', [ada.userId])
  await database.end()
  expect(rows).toEqual([{ n: 32 }])
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(16)
  expect(new Set(statuses)).toEqual(new Set([200, 429]))
})
