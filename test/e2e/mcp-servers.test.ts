import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTerminal, type TestTerminal } from '../../packages/cli/test/test-io.ts'
import { type NotesServer, startNotesServer } from '../support/mcp-server.ts'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'

/** Tools of MCP servers as apps: added by the command line, called through the corridor. */
let server: TestServer
let ada: Session
let terminal: TestTerminal
let open: NotesServer
let locked: NotesServer

beforeAll(async () => {
  open = await startNotesServer()
  locked = await startNotesServer({ token: 'the-right-token', json: true })
  server = await startTestServer({ env: { IMPERAL_ALLOW_PRIVATE_NETWORK: 'true' } })
  ada = await signInAdmin(server)
  terminal = openTerminal()
  const { key } = (await ada.request('POST', '/v1/keys', { name: 'cli' })).body as { key: string }
  Object.assign(terminal.env, { IMPERAL_API_URL: server.url, IMPERAL_API_KEY: key })
}, 240_000)
afterAll(async () => {
  await server?.stop()
  await Promise.all([open?.close(), locked?.close()])
})

const APP = 'mcp-acme-notes'

describe('[MCP] a server without a token', () => {
  test('is added: its tools are functions, with the action type that their annotations say', async () => {
    expect([await terminal.run('mcp', 'add', open.url, '--yes'), terminal.errors()]).toEqual([0, ''])
    expect(terminal.output()).toContain('Acme Notes at')
    expect(terminal.output()).toContain('search_notes\n')
    expect(terminal.output()).toContain('add_note (writes)')
    expect(terminal.output()).toContain('wipe (asks before it runs)')
    const app = (await ada.request('GET', `/v1/developer/apps/${APP}`)).body as {
      tools_json: { name: string; action_type: string; params_schema: object }[]
    }
    const types = Object.fromEntries(app.tools_json.map((tool) => [tool.name, tool.action_type]))
    expect(types).toMatchObject({ search_notes: 'read', add_note: 'write', wipe: 'destructive', fail: 'read' })
    const search = app.tools_json.find(({ name }) => name === 'search_notes')
    expect(search?.params_schema).toMatchObject({
      properties: { query: { type: 'string' }, limit: { type: 'integer', maximum: 50, default: 10 } },
      required: ['query'],
    })
  }, 240_000)

  test('calls run at the server, arguments are checked before, and answers come back with their structure', async () => {
    expect(await ada.call(APP, 'add_note', { text: 'buy a lamp' })).toMatchObject({ data: { text: 'n1' } })
    expect(await ada.call(APP, 'search_notes', { query: 'lamp' })).toMatchObject({
      status: 'success',
      data: { text: '1 notes', structured: { notes: ['n1'] } },
    })
    expect(open.called.at(-1)).toEqual({ name: 'search-notes', args: { query: 'lamp', limit: 10 } })
    const before = open.called.length
    const wrong = await ada.call(APP, 'search_notes', { limit: 5 })
    expect([wrong.status, wrong.error_code]).toEqual(['error', 'VALIDATION_MISSING_FIELD'])
    expect(open.called).toHaveLength(before)
    expect(await ada.call(APP, 'anything', { arguments_json: '{"id": "n1"}' })).toMatchObject({
      data: { text: 'taken' },
    })
    expect(open.called.at(-1)).toEqual({ name: 'anything', args: { id: 'n1' } })
    expect((await ada.call(APP, 'anything', { arguments_json: '[' })).error_code).toBe('MCP_BAD_ARGUMENTS')
    expect(await ada.call(APP, 'fail')).toMatchObject({ status: 'error', error: 'the shelf is locked' })
  })

  test('what may destroy something asks the person first, and runs once', async () => {
    const asked = await ada.call(APP, 'wipe')
    expect(asked.error_code).toBe('CONFIRMATION_REQUIRED')
    expect(open.notes.size).toBe(1)
    const { confirmation_id: id } = (asked.data as { confirmation: { confirmation_id: string } }).confirmation
    expect((await ada.request('POST', `/v1/confirmations/${id}/confirm`, {})).body).toMatchObject({
      results: [{ status: 'success', data: { text: 'gone' } }],
    })
    expect((await ada.request('POST', `/v1/confirmations/${id}/confirm`, {})).status).toBe(409)
    expect(open.called.filter(({ name }) => name === 'wipe')).toHaveLength(1)
    const { actions } = (await ada.request('GET', `/v1/actions?app_id=${APP}`)).body as {
      actions: { tool_name: string; status: string }[]
    }
    expect(
      actions
        .filter(({ tool_name }) => tool_name === 'wipe')
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['intercepted', 'success'])
  })

  test('added again, it has the tools of today in a new version', async () => {
    open.offerMore = true
    expect(await terminal.run('mcp', 'add', open.url, '--yes')).toBe(0)
    expect(await ada.call(APP, 'count')).toMatchObject({ data: { text: '0' } })
    expect(await terminal.run('mcp', 'list')).toBe(0)
    expect(terminal.output()).toBe(`${APP} v1.0.1 (draft): 6 tools of ${open.url}`)
  }, 240_000)
})

describe('[MCP] a server with a token', () => {
  test('is looked at with the token of the terminal, which is not stored; each user enters an own one', async () => {
    expect(await terminal.run('mcp', 'add', locked.url, '--app', 'locked-notes', '--yes')).toBe(1)
    expect(terminal.errors()).toContain('does not accept the token')
    expect(terminal.errors()).toContain('IMPERAL_MCP_TOKEN')
    terminal.env.IMPERAL_MCP_TOKEN = 'the-right-token'
    expect(await terminal.run('mcp', 'add', locked.url, '--app', 'locked-notes', '--yes')).toBe(0)
    expect(terminal.output()).toContain('/ext/locked-notes/secrets')
    const without = await ada.call('locked-notes', 'search_notes', { query: 'x' })
    expect([without.status, without.error_code]).toEqual(['error', 'SECRET_MISSING'])
    const enter = (value: string) => ada.request('PUT', '/v1/secrets/locked-notes/mcp_token', { value })
    await enter('a-wrong-token')
    expect((await ada.call('locked-notes', 'search_notes', { query: 'x' })).error_code).toBe('MCP_UNAUTHORIZED')
    await enter('the-right-token')
    expect(await ada.call('locked-notes', 'search_notes', { query: 'x' })).toMatchObject({ data: { text: '0 notes' } })
    expect([...locked.tokens].sort()).toEqual(['a-wrong-token', 'the-right-token'])
  }, 240_000)

  test('is removed, and only what is an MCP server is', async () => {
    expect(await terminal.run('mcp', 'remove', 'notes', '--yes')).toBe(1)
    expect(terminal.errors()).toContain("no MCP server 'notes'")
    // While somebody looks at it, it stays; the refusal says who can change that.
    const database = await superuserOf(server.dataDir)
    const stands = async (status: string) => {
      await database.query("update registry.app set status = $1 where app_id = 'locked-notes'", [status])
      await database.query(`select pg_notify('registry.changed', '{"a":"locked-notes"}')`)
      await until(async () => {
        const { body } = await ada.request('GET', '/v1/developer/apps/locked-notes')
        return (body as { status: string }).status === status
      })
    }
    await stands('pending_review')
    expect(await terminal.run('mcp', 'remove', 'locked-notes', '--yes')).toBe(1)
    expect(terminal.errors()).toContain('waits for a review')
    await stands('draft')
    await database.end()
    expect(await terminal.run('mcp', 'remove', 'locked-notes', '--yes')).toBe(0)
    expect(await terminal.run('mcp', 'list')).toBe(0)
    expect(terminal.output()).not.toContain('locked-notes')
    const gone = { user_id: ada.userId, function: 'search_notes', params: { query: 'x' } }
    expect((await ada.request('POST', '/v1/extensions/locked-notes/call', gone)).status).toBe(404)
  })
})

test('[MCP] an address that is no MCP server is told so', async () => {
  expect(await terminal.run('mcp', 'add', `${server.url}/healthz`, '--yes')).toBe(1)
  expect(terminal.errors()).toMatch(/cannot be added: .*/)
  expect(await terminal.run('mcp', 'add', 'not an address', '--yes')).toBe(1)
  expect(terminal.errors()).toContain('is no web address')
})
