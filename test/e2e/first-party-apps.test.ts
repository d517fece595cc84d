import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { mailedToken } from '../support/mailbox.ts'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'

const page = createServer((request, response) => {
  response.setHeader('content-type', 'text/html')
  if (request.url === '/moved') return void response.writeHead(302, { location: '/deep/old' }).end()
  if (request.url === '/deep/old')
    return void response.end(
      Buffer.from('<meta charset="iso-8859-1"><main>Größe <a href="more">Mehr</a></main>', 'latin1'),
    )
  if (request.url === '/large') return void response.end(`<p>${'x'.repeat(10_000_000)}`)
  response.end('<title>Basil</title><main><h1>Basil</h1><p>It likes sun.</p><script>alert(1)</script></main>')
})
let server: TestServer
let admin: Session
let eve: Session
beforeAll(async () => {
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  server = await startTestServer({ env: { IMPERAL_ALLOW_PRIVATE_NETWORK: 'true' } })
  admin = await signInAdmin(server)
  const email = 'eve@example.com'
  await send(`${server.url}/v1/auth/signup`, 'POST', { email, password: 's3cure! and long' })
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  eve = await signIn(server, email, 's3cure! and long')
}, 240_000)
afterAll(() => void page.close())

const succeeds = async (appId: string, name: string, params: object = {}, who = admin) => {
  const answer = await who.call(appId, name, params)
  expect(answer, `${appId}.${name}: ${JSON.stringify(answer)}`).toMatchObject({ status: 'success' })
  return answer
}
const draws = async (appId: string, panelId: string, params: object = {}, who = admin): Promise<string> => {
  const { ui } = await succeeds(appId, `__panel__${panelId}`, params, who)
  return JSON.stringify(ui)
}

/** An app of somebody else that asks ours through the corridor. */
const CALLER = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('caller', {
  version: '1.0.0', displayName: 'Caller', description: 'Calls what other apps expose, for the tests of those.',
  icon: 'icon.svg', capabilities: ['caller:read'],
})
const params = z.object({ app: z.string(), method: z.string(), params: z.string() })
new ChatExtension(ext, { description: 'Calls other apps.' }).function('ask', { description: 'Calls a method of another app.', params },
  async (ctx, { app, method, params }) => ActionResult.success(await ctx.extensions.call(app, method, JSON.parse(params)), 'Asked.'))
`

describe('the apps that come with the platform, on the platform', () => {
  test('memory keeps facts', async () => {
    await succeeds('memory', 'remember', { text: 'My shoe size is 43' })
    expect((await succeeds('memory', 'recall', { query: 'shoe size' })).summary).toBe('My shoe size is 43')
    expect(await draws('memory', 'facts')).toContain('My shoe size is 43')
  })

  test('files writes, reads and gives an address that serves', async () => {
    const { data } = await succeeds('files', 'write_file', { path: 'letters/a.md', text: '# Hello' })
    const { url } = data as { url: string }
    expect(await (await fetch(url.startsWith('/') ? server.url + url : url)).text()).toBe('# Hello')
    expect((await succeeds('files', 'read_file', { path: 'letters/a.md' })).data).toMatchObject({ text: '# Hello' })
    expect(await draws('files', 'browse')).toContain('a.md')
    await succeeds('files', 'move_file', { path: 'letters/a.md', to: 'letters/b.md' })
    expect((await succeeds('files', 'read_file', { path: 'letters/b.md' })).data).toMatchObject({ text: '# Hello' })
  })

  test('calendar adds, repeats, and gives ICS that it reads again', async () => {
    const start = new Date(Date.now() + 3_600_000).toISOString()
    await succeeds('calendar', 'add_event', { title: 'Yoga', start, rrule: 'FREQ=DAILY;COUNT=3' })
    expect((await succeeds('calendar', 'list_events')).data).toMatchObject({ total: 3 })
    const { ics } = (await succeeds('calendar', 'export_ics')).data as { ics: string }
    expect((await succeeds('calendar', 'import_ics', { ics })).data).toEqual({ added: 0, updated: 1, removed: 0 })
    const data_base64 = Buffer.from(ics).toString('base64')
    expect((await succeeds('calendar', 'import_ics_file', { files: [{ data_base64 }] })).data).toMatchObject({
      updated: 1,
    })
    expect(await draws('calendar', 'agenda')).toContain('Yoga')
    expect(await draws('calendar', 'ics')).toContain('"type":"FileUpload"')
  })

  test('web reads a page', async () => {
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}/basil`
    const read = await succeeds('web', 'read_page', { url })
    expect(read.data).toMatchObject({ title: 'Basil', text: '# Basil\n\nIt likes sun.' })
    await succeeds('web', 'save_page', { url })
    expect(await draws('web', 'later')).toContain('Basil')
    const at = (path: string) => ({ url: new URL(path, url).href })
    expect((await succeeds('web', 'read_page', at('/moved'))).data).toMatchObject({
      text: 'Größe Mehr',
      links: [at('/deep/more')],
    })
    expect(await admin.call('web', 'read_page', at('/large'))).toMatchObject({
      error_code: 'PAGE_TOO_LARGE',
      error: expect.stringContaining('The page is too large'),
    })
    expect(await admin.call('web', 'mark_page_read', { page_id: 'nope' })).toMatchObject({
      error: expect.stringContaining('List the kept pages'),
    })
    // Closed in every installation, and said so.
    const closed = await admin.call('web', 'read_page', { url: 'http://169.254.169.254/latest/meta-data' })
    expect([closed.status, closed.error]).toEqual(['error', expect.stringContaining('may not be reached')])
  })

  test('apps think in the time zone that the person chose', async () => {
    await admin.request('PATCH', '/v1/me/settings', { timezone: 'Europe/Berlin' })
    const { data } = await succeeds('calendar', 'add_event', { title: 'Dinner', start: '2027-07-22 19:00' })
    expect(JSON.stringify(data)).toContain('2027-07-22T17:00')
    await admin.request('PATCH', '/v1/me/settings', { timezone: null })
  })

  test('webhooks-inbox receives what others send, and notifications tells of it', async () => {
    const { url } = (await succeeds('webhooks-inbox', 'make_address', { name: 'Shop' })).data as { url: string }
    const { pathname, search } = new URL(url)
    expect((await send(server.url + pathname + search, 'POST', { order: 1 })).status).toBe(200)
    expect((await send(`${server.url}${pathname}${search}x`, 'POST', { order: 2 })).status).toBe(401)
    expect((await succeeds('webhooks-inbox', 'list_messages')).data).toMatchObject({ total: 1 })
    await until(async () => (await admin.call('notifications', 'list_notifications')).summary?.includes('Shop'))
    expect(await draws('notifications', 'inbox')).toContain('Shop')
    expect((await succeeds('notifications', 'mark_all_read')).data).toMatchObject({ unread: 0 })
  })

  test('marketplace finds and installs for the one who asks, and takes away only after a question', async () => {
    expect(await draws('marketplace', 'browse')).toContain('Notes')
    await eve.request('POST', '/v1/marketplace/apps/marketplace/install', {})
    await succeeds('marketplace', 'install_app', { app_id: 'notes' }, eve)
    await succeeds('notes', 'create_note', { title: 'By Eve' }, eve)
    expect(await eve.call('marketplace', 'uninstall_app', { app_id: 'notes' })).toMatchObject({
      error_code: 'CONFIRMATION_REQUIRED',
    })
    // Nobody is asked about what cannot be done.
    expect(await eve.call('marketplace', 'uninstall_app', { app_id: 'nope' })).toMatchObject({
      error_code: 'APP_NOT_INSTALLED',
      error: expect.stringMatching(/^You have no app “nope”\. Installed are: .*notes/),
    })
    expect(await eve.call('marketplace', 'uninstall_app', { app_id: 'developer' })).toMatchObject({
      error_code: 'SYSTEM_APP',
    })
    expect(await eve.call('billing', 'upgrade_plan', { plan_id: 'nope' })).toMatchObject({ error_code: 'UNKNOWN_PLAN' })
    expect((await succeeds('marketplace', 'list_installed', {}, eve)).summary).toContain('Notes')
  })

  test('automations makes rules, and agreeing to destruction asks the person', async () => {
    const rule = { name: 'Note done tasks', trigger_filter: { event_type: 'tasks.completed' } }
    const actions = [{ app_id: 'notes', tool: 'create_note', args: { title: 'Done' } }]
    const made = await succeeds('automations', 'create_automation', { ...rule, actions })
    const { rule_id } = made.data as { rule_id: number }
    expect((await succeeds('automations', 'pause_automation', { rule_id })).data).toMatchObject({ status: 'paused' })
    expect((await succeeds('automations', 'resume_automation', { rule_id })).data).toMatchObject({ status: 'active' })
    expect(await draws('automations', 'rules')).toContain('Note done tasks')
    expect(await draws('automations', 'build')).toContain('tasks.completed')
    expect(await draws('automations', 'rule', { rule_id })).toContain('Notes: Create note')
  })

  test('[K6.13] a rule that destroys runs once its owner has agreed at a card in the panel, to exactly this rule', async () => {
    const rule = { name: 'Empty the bin', trigger_filter: { event_type: 'notes.created' } }
    const actions = [{ app_id: 'notes', tool: 'delete_note', args: { note_id: '{{event.data.note_id}}' } }]
    const made = await succeeds('automations', 'create_automation', { ...rule, actions })
    const { rule_id } = made.data as { rule_id: number }
    const read = async () => {
      const rules = (await admin.request('GET', '/v1/automations')).body as {
        rule_id: number
        approval_needed: string
      }[]
      return rules.find((one) => one.rule_id === rule_id)
    }
    const approval = (await read())?.approval_needed ?? ''
    expect(await draws('automations', 'rules')).toContain(approval)

    const key = (await admin.request('POST', '/v1/keys', { name: 'Script', scopes: '*' })).body as { key: string }
    const answered = async (given: string, headers: Record<string, string>) => {
      const asked = await admin.call('automations', 'approve_automation', { rule_id, approval: given })
      expect(asked.error_code).toBe('CONFIRMATION_REQUIRED')
      const { confirmation_id: id } = (asked.data as { confirmation: { confirmation_id: string } }).confirmation
      const decided = await send(`${server.url}/v1/confirmations/${id}/confirm`, 'POST', {}, headers)
      return (decided.body as { results: { status: string }[] }).results.map(({ status }) => status)
    }
    const panel = { authorization: `Bearer ${admin.token}` }
    expect(await answered(approval, { 'x-api-key': key.key })).toEqual(['error'])
    expect(await answered('sha256:of-another-rule', panel)).toEqual(['error'])
    expect(await read()).toMatchObject({ status: 'paused', approval_needed: approval })
    expect(await answered(approval, panel)).toEqual(['success'])
    expect(await read()).toMatchObject({ status: 'active', approval_needed: null })
    const changed = { trigger_filter: { event_type: 'notes.updated' } }
    await succeeds('automations', 'update_automation', { rule_id, ...changed })
    expect(await read()).toMatchObject({ status: 'paused', approval_needed: expect.stringMatching(/^sha256:/) })
    expect(await answered(approval, panel)).toEqual(['error'])
    await admin.request('DELETE', `/v1/automations/${rule_id}`)
  })

  test('[S003-055] the form of automations makes a rule whose run is shown step by step', async () => {
    const chosen = { event_type: 'notes.created', function: 'notes/create_note' }
    const form = await draws('automations', 'build', chosen)
    expect(form).toContain('"param_name":"arg_0"')
    // What the event holds is known from what its function returns.
    expect(form).toContain('{{event.data.title}} (title)')
    // The field of the title, wherever the form has it.
    const place = /"label":"Title"[^{}]*"param_name":"(arg_\d)"|"param_name":"(arg_\d)"[^{}]*"label":"Title"/.exec(form)
    const field = place?.[1] ?? place?.[2] ?? ''
    const condition = { path: 'data.title', op: 'contains', value: 'harvest' }
    const built = { ...chosen, ...condition, name: 'Echo', [field]: 'Echo of {{event.data.title}}' }
    const { rule_id } = (await succeeds('automations', 'build_automation', built)).data as { rule_id: number }
    await succeeds('notes', 'create_note', { title: 'The harvest' })
    const run = await until(async () => {
      const { executions } = (await succeeds('automations', 'list_executions', { rule_id })).data as {
        executions: { execution_id: string; status: string }[]
      }
      return executions.find(({ status }) => status === 'completed')
    }, 180_000)
    const shown = await draws('automations', 'run', { rule_id, execution_id: run.execution_id })
    expect(shown).toContain('1. Notes: Create note')
    expect(JSON.stringify((await succeeds('notes', 'search_notes', { query: 'Echo' })).data)).toContain(
      'Echo of The harvest',
    )
    await succeeds('automations', 'pause_automation', { rule_id })
  })

  test('[K6.7] [E10] admin lists events that were given up, and has them delivered again', async () => {
    expect(await draws('admin', 'events')).toContain('Every event was taken.')
    const database = await superuserOf(server.dataDir)
    await database.query(
      `insert into kernel.dead_event (delivery_id, tenant_id, user_id, app_id, handler, event, error)
       select gen_random_uuid(), tenant_id, user_id, 'tasks', 'onNote', payload, 'It broke.'
       from outbox.message where type = 'event' and user_id = $1 limit 1`,
      [admin.userId],
    )
    await database.end()
    expect(await draws('admin', 'events')).toContain('It broke.')
    await expect(eve.call('admin', 'replay_dead_events', { app_id: 'tasks' })).rejects.toThrow('answered 403')
    expect((await succeeds('admin', 'replay_dead_events', { app_id: 'tasks' })).data).toEqual({ replayed: 1 })
    await until(async () => (await draws('admin', 'events')).includes('Every event was taken.'))
  })

  test('admin shows the installation to administrators, and to nobody else', async () => {
    expect((await succeeds('admin', 'show_health')).data).toMatchObject({ checks: expect.any(Array) })
    expect((await succeeds('admin', 'list_users', { search: 'eve@' })).data).toMatchObject({ total: 1 })
    expect((await succeeds('admin', 'list_reviews')).data).toMatchObject({ total: 0 })
    await succeeds('admin', 'list_processes')
    expect(await draws('admin', 'overview')).toContain('Installation')
    for (const name of ['show_health', 'list_users', 'list_reviews', 'list_processes', '__panel__overview'])
      await expect(eve.call('admin', name)).rejects.toThrow('answered 403')
  })

  test('[K3.4a] nobody is offered what only administrators or developers may do', async () => {
    const functionsOf = async (who: Session, appId: string) => {
      const apps = (await who.request('GET', '/v1/me/extensions')).body as unknown as {
        app_id: string
        has_access: boolean
        functions: { name: string }[]
      }[]
      const { has_access, functions = [] } = apps.find(({ app_id }) => app_id === appId) ?? {}
      return [has_access, ...functions.map(({ name }) => name)]
    }
    expect(await functionsOf(eve, 'admin')).toEqual([false])
    expect(await functionsOf(admin, 'admin')).toContain('list_users')
    expect(await functionsOf(eve, 'developer')).toEqual([true, 'register_developer'])
    expect((await eve.request('POST', '/v1/developer/register', { display_name: 'Eve' })).status).toBe(200)
    await until(async () => (await functionsOf(eve, 'developer')).includes('create_app'))
  })

  test('[S003-100] notes, tasks and calendar let other apps in as far as they expose something', async () => {
    await deploySource(server.url, admin, CALLER)
    const ask = (app: string, method: string, params: object) =>
      admin.call('caller', 'ask', { app, method, params: JSON.stringify(params) })
    expect(await ask('notes', 'add_note', { title: 'Left by an app' })).toMatchObject({ status: 'success' })
    expect((await succeeds('notes', 'search_notes', { query: 'Left by an app' })).data).toMatchObject({ total: 1 })
    expect(await ask('tasks', 'add_task', { title: 'Left, too', due: '2031-02-01' })).toMatchObject({
      status: 'success',
    })
    expect(JSON.stringify(await succeeds('tasks', 'list_tasks'))).toContain('Left, too')
    await succeeds('calendar', 'add_event', { title: 'Secret', start: '2031-02-01T10:00:00Z' })
    const asked = { from: '2031-02-01T00:00:00Z', to: '2031-02-02T00:00:00Z' }
    expect((await ask('calendar', 'list_busy', asked)).data).toEqual({
      busy: [{ start: '2031-02-01T10:00:00.000Z', end: '2031-02-01T11:00:00.000Z' }],
    })
    const refused = await ask('memory', 'recall', { query: 'shoe' })
    expect([refused.status, JSON.stringify(refused)]).toEqual(['error', expect.not.stringContaining('size is 43')])
  })
})
