import type { JsonObject, Rule } from '@imperal/contract'
import { automationsOf, toManifest, validateDocument } from '@imperal/ir'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mountForTest, principalOf, publishApp } from '../../../../../test/support/apps.ts'
import { openFixture, PATIENCE } from '../kernel/test-fixture.ts'
import { followDeclared } from './declared-rules.ts'
import { type AutomationsOptions, openAutomations } from './index.ts'
import { matchEvents } from './match-events.ts'

const fixture = await openFixture({ background: false })
const jobs = await fixture.openEngine()
const [ada, eve] = [await fixture.person(), await fixture.person()]
let cap = 10

const parts: AutomationsOptions = {
  ...fixture.options,
  background: true,
  jobs,
  kernel: fixture.kernel,
  declared: async (appId) => ({ appId, name: 'Shelf', automations: automationsOf(live) }),
  billing: { plan: async () => ({ planId: 'test', limits: { automations: cap } }) as never },
  notifications: { notify: async () => {}, routes: [] } as never,
  understand: async () => ({ text: '', isDone: true, changed: false, callId: null }),
  say: async () => {},
}
const note = { id: 'keep', op: 'store.create', args: { kind: 'note', data: { title: '{{title}}' } } }
const fn = (name: string, step: JsonObject, more: JsonObject = {}): JsonObject => ({
  name,
  description: 'A function that exists for the tests only.',
  impl: { kind: 'declarative', steps: [step] },
  ...more,
})
function documentWith(automations: JsonObject[]) {
  const { document, issues } = validateDocument({
    ir_version: '1.0',
    app: {
      ...{ id: 'shelf', version: '1.0.0', title: 'Shelf', description: 'An app that exists for the tests only.' },
      capabilities: ['store:write'],
      functions: [
        fn('add', { ...note, args: { kind: 'item', data: { title: '{{title}}' } } }, { event: 'shelf.added' }),
        fn('note', note, { params_schema: { title: { type: 'string', required: true } } }),
        fn('notes', { id: 'all', op: 'store.list', args: { kind: 'note' } }),
      ],
      automations,
    },
  })
  if (document === null) throw new Error(JSON.stringify(issues))
  return document
}
const onAdded = {
  id: 'note_it',
  trigger: { event: 'shelf.added' },
  function: 'note',
  params: { title: 'New: {{doc.title}}' },
}
const daily = { id: 'morning-note', trigger: { cron: '0 7 * * *' }, function: 'note', params: { title: 'Morning' } }
let live = documentWith([onAdded, daily])
const deploy = async (automations: JsonObject[]) => {
  live = documentWith(automations)
  await publishApp(fixture, 'shelf', { manifest: toManifest(live), bundle: JSON.stringify(live), format: 'ir' })
}

const automations = openAutomations(parts)
let caller = principalOf(ada)
const app = await mountForTest(automations.routes, () => caller)
afterAll(async () => {
  await app.close()
  await automations.close()
  await fixture.close()
})
const rules = async (): Promise<Rule[]> => (await app.inject({ method: 'GET', url: '/v1/automations' })).json()
const named = async () => (await rules()).map(({ name, status }) => [name, status]).sort()
const call = (name: string, params: JsonObject = {}) =>
  fixture.kernel.call({ source: 'api', ...ada, appId: 'shelf', function: name, params })
const titles = async () =>
  ((await call('notes')).response.data as { docs: { title: string }[] }).docs.map(({ title }) => title)
const idOf = async (name: string) => (await rules()).find((rule) => rule.name === name) as Rule
/** Resolves when everything that has happened so far was looked at. */
async function seen(): Promise<void> {
  const last = await fixture.outbox.latestId()
  const position = async () => {
    await matchEvents(parts)
    const [cursor] = await fixture.rows<{ position: string }>('select position from automations.event_cursor')
    return (cursor?.position ?? '') >= last
  }
  await expect.poll(position, PATIENCE).toBe(true)
}
async function approve(name: string): Promise<void> {
  const { rule_id, approval_needed } = await idOf(name)
  const payload = { approve: approval_needed }
  const answer = await app.inject({ method: 'POST', url: `/v1/automations/${rule_id}/resume`, payload })
  expect(answer.statusCode, answer.body).toBe(200)
}

beforeAll(async () => {
  await matchEvents(parts) // events count from the first look on
  await deploy([onAdded, daily])
  await fixture.registry.install(ada, 'shelf')
})

test('[I11.8] an installer gets the automations of a document disabled, and nothing of them runs before they agree', async () => {
  await expect.poll(named, PATIENCE).toEqual([
    ['Shelf: morning note', 'paused'],
    ['Shelf: note it', 'paused'],
  ])
  const rule = await idOf('Shelf: note it')
  expect(rule).toMatchObject({
    trigger_filter: { event_type: 'shelf.added', schedule: null },
    actions: [{ app_id: 'shelf', tool: 'note', args: { title: 'New: {{event.data.doc.title}}' } }],
    status_reason: expect.stringContaining('shelf'),
    approval_needed: expect.stringMatching(/^sha256:/),
  })
  expect(await idOf('Shelf: morning note')).toMatchObject({
    trigger_filter: { event_type: 'system.scheduled', schedule: '0 7 * * *' },
  })
  await call('add', { title: 'beans' })
  await seen()
  await approve('Shelf: note it')
  await call('add', { title: 'rice' })
  await expect.poll(titles, PATIENCE).toEqual(['New: rice'])
})

test('a deploy renews what it changes, which waits again, and removes what is gone', async () => {
  await deploy([{ ...onAdded, params: { title: 'Seen: {{doc.title}}' } }])
  await followDeclared(parts, { app_id: 'shelf' })
  expect(await named()).toEqual([['Shelf: note it', 'paused']])
  expect((await idOf('Shelf: note it')).actions).toMatchObject([{ args: { title: 'Seen: {{event.data.doc.title}}' } }])
  await approve('Shelf: note it')
  await followDeclared(parts, { app_id: 'shelf' })
  expect(await named()).toEqual([['Shelf: note it', 'active']])
})

test('one that its owner changed is theirs: no deploy and no uninstall takes it', async () => {
  const { rule_id } = await idOf('Shelf: note it')
  const actions = [{ app_id: 'shelf', tool: 'note', args: { title: 'mine' } }]
  const patched = await app.inject({ method: 'PATCH', url: `/v1/automations/${rule_id}`, payload: { actions } })
  expect(patched.statusCode, patched.body).toBe(200)
  await deploy([daily])
  await followDeclared(parts, { app_id: 'shelf' })
  expect((await named()).map(([name]) => name)).toEqual(['Shelf: morning note', 'Shelf: note it'])
  await fixture.registry.uninstall(ada, 'shelf')
  await expect.poll(named, PATIENCE).toEqual([['Shelf: note it', 'error']])
})

test('a plan without room leaves them out, and others get none of them', async () => {
  cap = 1
  await deploy([onAdded, daily])
  await fixture.registry.install(eve, 'shelf')
  caller = principalOf(eve)
  await expect.poll(named, PATIENCE).toHaveLength(1)
  await followDeclared(parts, { app_id: 'shelf' })
  expect(await rules()).toHaveLength(1)
})
