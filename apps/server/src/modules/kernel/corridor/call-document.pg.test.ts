import type { JsonObject } from '@imperal/contract'
import { toManifest, validateDocument } from '@imperal/ir'
import { afterAll, expect, test } from 'vitest'
import { publishApp } from '../../../../../../test/support/apps.ts'
import type { DocumentRun } from '../ports.ts'
import { refreshSection } from '../skeletons/refresh-skeletons.ts'
import { openFixture } from '../test-fixture.ts'

const runs: DocumentRun[] = []
let completing: (() => Promise<{ text: string }>) | undefined
const llm = {
  available: async () => true,
  models: () => null,
  complete: async () => {
    if (completing === undefined) throw new Error('no model')
    return { model: 'm', usage: { input_tokens: 1, output_tokens: 1 }, stop_reason: 'stop', ...(await completing()) }
  },
  createMessage: async () => Promise.reject(new Error('no model')),
} as never
const fixture = await openFixture({ noteRun: (run) => void runs.push(run), llm })
const ada = await fixture.person()
afterAll(() => fixture.close())

type Steps = readonly JsonObject[]
const impl = (steps: Steps): JsonObject => ({ kind: 'declarative', steps: steps as JsonObject[] })

async function deploy(
  appId: string,
  functions: Record<string, Steps>,
  {
    more = {},
    event = '',
    revision = 1,
  }: { readonly more?: JsonObject; readonly event?: string; readonly revision?: number } = {},
) {
  const { document, issues } = validateDocument({
    ir_version: '1.0',
    app: {
      ...{
        id: appId,
        version: '1.0.0',
        title: 'Declared',
        description: 'A declarative app of the tests of the kernel.',
      },
      capabilities: ['store:write', 'ai:complete', 'extensions:write'],
      functions: Object.entries(functions).map(([name, steps]) => ({ name, event, impl: impl(steps) })),
      ...more,
    },
  })
  if (document === null) throw new Error(JSON.stringify(issues))
  const bundle = JSON.stringify(document)
  await publishApp(fixture, appId, { manifest: toManifest(document), bundle, format: 'ir', revision })
  await fixture.registry.install(ada, appId)
}
const call = (appId: string, name: string, params: JsonObject = {}, more: object = {}) =>
  fixture.kernel.call({ source: 'api', ...ada, appId, function: name, params, ...more })

const make = { id: 'make', op: 'store.create', args: { kind: 'row', data: { a: '{{a}}', b: '{{b}}' } } }

test('[I11.5] [I11.7] a declarative function runs in the corridor: one ledger row, a note of its steps, no host', async () => {
  await deploy('declared', { make: [make] })
  const { response, traceId } = await call('declared', 'make', { a: 1, undeclared: true })
  expect(response).toMatchObject({ status: 'success', data: { doc: { a: 1 } } })
  expect(response.data).not.toHaveProperty('doc.b')
  expect(await fixture.ledger({ traceId })).toEqual([expect.objectContaining({ status: 'success', function: 'make' })])
  expect(fixture.hosts.calls).toEqual([])
  const { id } = response.data as { id: string }
  expect(runs.at(-1)).toMatchObject({
    ...{ appId: 'declared', revision: 1, path: ['make'], affected: [id], errorCode: null, traceId },
  })
})

test('[I11.7] rows of the ledger name the revision, the executed steps and the records, and no value', async () => {
  const both = [make, { id: 'off', op: 'store.update', args: { kind: 'row', id: '{{missing}}', set: { a: 2 } } }]
  const all = { id: 'all', op: 'store.list', args: { kind: 'row' } }
  const shown = { $data: [all], type: 'Text', props: { content: '{{steps.all.count}}' } }
  const panel = { panel_id: 'main', slot: 'left', render: { kind: 'template', tree: shown } }
  const named = async (name: string, params: JsonObject = {}) => {
    const { response, traceId } = await call('audited', name, params)
    const [row] = await fixture.ledger({ traceId })
    return { response, facts: row?.facts as JsonObject }
  }
  for (const revision of [4, 5]) {
    await deploy('audited', { make: [make], half: both, none: [all] }, { more: { ui: { panels: [panel] } }, revision })
    const made = await named('make', { a: 'a word that is nowhere' })
    const { id } = made.response.data as { id: string }
    expect(made.facts).toMatchObject({ revision, steps: ['make'], records: [id] })
    expect(JSON.stringify(made.facts)).not.toContain('a word')
    // What failed names the step that it failed in, and what it had written by then.
    const half = await named('half', { a: 1 })
    expect(half.response).toMatchObject({ error_code: 'IR_MISSING_VALUE' })
    expect(half.facts).toMatchObject({ revision, steps: ['make', 'off'], records: [expect.stringMatching(/./)] })
    expect((await named('none')).facts).toMatchObject({ revision, steps: ['all'], records: [] })
    expect((await named('__panel__main')).facts).toMatchObject({ revision, steps: ['all'], records: [] })
  }
})

test('[I5.2] unset removes a field on the real store, and if_match holds for it, too', async () => {
  const change = { kind: 'row', id: '{{row}}', unset: ['b'], set: { a: 2 } }
  await deploy('unsetting', {
    make: [make],
    drop: [
      { id: 'get', op: 'store.get', args: { kind: 'row', id: '{{row}}' } },
      { id: 'drop', op: 'store.update', args: { ...change, if_match: '{{steps.get.doc.etag}}' } },
      { id: 'look', op: 'store.get', args: { kind: 'row', id: '{{row}}' } },
    ],
    stale: [{ id: 'drop', op: 'store.update', args: { ...change, if_match: 'stale' } }],
  })
  const { id } = (await call('unsetting', 'make', { a: 1, b: 1 })).response.data as { id: string }
  expect((await call('unsetting', 'stale', { row: id })).response).toMatchObject({
    ...{ status: 'error', error_code: 'IR_CONFLICT', retryable: true, data: { step: 'drop' } },
  })
  const { doc } = (await call('unsetting', 'drop', { row: id })).response.data as { doc: JsonObject }
  expect(doc).toMatchObject({ a: 2 })
  expect(doc).not.toHaveProperty('b')
})

test('[I4.13] a cancelled call ends at once, and the interpreter writes nothing afterwards', async () => {
  await deploy('hanging', {
    think: [
      { id: 'ask', op: 'ai.complete', args: { prompt: 'Think.' } },
      { id: 'keep', op: 'store.create', args: { kind: 'row', data: { text: '{{steps.ask.text}}' } } },
    ],
    count: [{ id: 'all', op: 'store.list', args: { kind: 'row' } }],
  })
  const controller = new AbortController()
  let answer: (value: { text: string }) => void = () => {}
  const asked = new Promise<void>((resolve) => {
    completing = () => {
      resolve()
      return new Promise((done) => {
        answer = done
      })
    }
  })
  const running = call('hanging', 'think', {}, { signal: controller.signal })
  await asked
  controller.abort('cancelled')
  const cancelled = await running
  expect(cancelled.status).toBe('cancelled')
  // The step that was under way is on its record, too (I11.7).
  expect(await fixture.ledger({ traceId: cancelled.traceId })).toMatchObject([
    { status: 'cancelled', facts: { revision: 1, steps: ['ask'], records: [] } },
  ])
  answer({ text: 'late' })
  expect((await call('hanging', 'count')).response.data).toMatchObject({ count: 0 })
})

test('[I13.6] [I13.9] a second node runs the new revision, and a run ends on the one it began with', async () => {
  const other = await fixture.openNode()
  const think = (text: string): Steps => [
    { id: 'ask', op: 'ai.complete', args: { prompt: 'Think.' } },
    { id: 'say', op: 'send', args: { message: text }, result: { text } },
  ]
  await deploy('turning', { think: think('old'), say: [{ id: 'say', op: 'send', args: { message: 'old' } }] })
  let answer: (value: { text: string }) => void = () => {}
  const asked = new Promise<void>((resolve) => {
    completing = () => {
      resolve()
      return new Promise((done) => {
        answer = done
      })
    }
  })
  const running = call('turning', 'think')
  await asked
  await deploy('turning', { think: think('new'), say: [{ id: 'say', op: 'send', args: { message: 'new' } }] })
  expect((await call('turning', 'say')).response.summary).toBe('new')
  await expect
    .poll(
      async () =>
        (await other.kernel.call({ source: 'api', ...ada, appId: 'turning', function: 'say', params: {} })).response
          .summary,
    )
    .toBe('new')
  answer({ text: '' })
  expect((await running).response.data).toEqual({ text: 'old' })
})

test('[I13.8] a stored document of a format that is gone is refused, never run', async () => {
  await deploy('stale', { make: [make] })
  const { document } = validateDocument({ ir_version: '1.0', app: { id: 'stale', version: '1.0.0', title: 'Stale' } })
  const old = JSON.stringify({ ...document, ir_version: '0.9' })
  const version = await fixture.registry.liveVersion('stale')
  await publishApp(fixture, 'stale', { manifest: version?.manifest as never, bundle: old, format: 'ir' })
  expect((await call('stale', 'make')).response).toMatchObject({ status: 'error', error_code: 'IR_STALE_DOCUMENT' })
})

test('a call to an app that is not there fails its step', async () => {
  await deploy('caller', { go: [{ id: 'out', op: 'call', args: { app_id: 'nowhere-app', function: 'x' } }] })
  expect((await call('caller', 'go')).response).toMatchObject({ status: 'error', data: { step: 'out' } })
})

test('[I11.8] a chain of more than three events reaches no declarative function any more, and the refusal is recorded', async () => {
  await deploy('chained', { make: [make] })
  const events = (count: number) => ['cal_1', ...Array.from({ length: count }, (_, n) => `event-${n}`), 'rule_1']
  const run = (count: number) => call('chained', 'make', {}, { source: 'automation', causation: events(count) })
  expect((await run(3)).response.status).toBe('success')
  const { response, traceId } = await run(4)
  expect(response).toMatchObject({ status: 'error', error_code: 'IR_LIMIT' })
  expect(await fixture.ledger({ traceId })).toEqual([expect.objectContaining({ status: 'failed', function: 'make' })])
  expect((await call('chained', 'make', {}, { causation: events(4) })).response.status).toBe('success')
})

test('[I11.6] a function that an event or a hook started says its event once, in the corridor', async () => {
  const more = {
    events: { emits: [{ type: 'hearing.made' }], subscribes: [{ type: 'crm.deal.created', function: 'make' }] },
    lifecycle: { on_install: 'make' },
  }
  await deploy('hearing', { make: [make] }, { more, event: 'made' })
  const made = () => fixture.streamed.filter(({ payload }) => payload.event_type === 'hearing.made')
  const start = (source: 'event' | 'lifecycle', name: string) => call('hearing', name, { a: 1 }, { source })
  expect((await start('event', 'make')).response).toMatchObject({ status: 'success', data: { doc: { a: 1 } } })
  await expect.poll(made).toHaveLength(1)
  expect(made()[0]?.payload).toMatchObject({ data: { doc: { a: 1 } }, user_id: ada.userId })
  expect((await start('lifecycle', 'on_install')).response.status).toBe('success')
  await expect.poll(made).toHaveLength(2)
})

test('[I8.12] a section whose producer fails keeps the value of before, and is told as not renewed', async () => {
  const producer = [
    { id: 'all', op: 'store.list', args: { kind: 'row' }, result: { rows: '{{prev.count}}' } },
    // biome-ignore lint/suspicious/noThenProperty: a branch of a document is written so
    { id: 'any', op: 'conditional', if: { field: '{{steps.all.count}}', gt: 0 }, then: 'broken' },
    { id: 'broken', op: 'store.get', args: { kind: 'row', id: '{{event.missing}}' } },
  ]
  await deploy('aware', { make: [make] }, { more: { skeleton: [{ section: 'rows', producer: impl(producer) }] } })
  const parts = await fixture.assemble()
  const section = {
    ...ada,
    appId: 'aware',
    section: 'rows',
    ttl: 300,
    data: null,
    refreshedAt: null,
    staleReason: null,
  }
  await fixture.state.skeletonEnsure([section])
  await refreshSection(parts, section)
  expect(await fixture.kernel.facts(ada)).toMatch(/aware\.rows .*: rows=0/)
  expect((await call('aware', 'make', { a: 1 })).response.status).toBe('success')
  await refreshSection(parts, section)
  expect(await fixture.kernel.facts(ada)).toMatch(/aware\.rows .*could not be renewed\): rows=0/)
})

test('[I5.8] what was left out because nobody was there stands in the record of the run', async () => {
  await deploy('leading', {
    lead: [
      { id: 'go', op: 'navigate', args: { path: '/ext/leading' } },
      { id: 'show', op: 'open', args: { target: 'https://example.com/' } },
      { id: 'tell', op: 'send', args: { message: 'Done.' } },
    ],
  })
  const notesOf = async (more: object) => {
    runs.length = 0
    const { response } = await call('leading', 'lead', {}, more)
    return { directives: response.directives, notes: runs[0]?.notes }
  }
  expect(await notesOf({})).toMatchObject({ directives: [{ action: 'navigate' }, { action: 'open' }, {}], notes: [] })
  expect(await notesOf({ source: 'automation', causation: ['rule_1'] })).toEqual({
    directives: undefined,
    notes: ['go', 'show', 'tell'].map((id, index) => {
      const verb = ['navigate', 'open', 'send'][index]
      return `step '${id}': ${verb} was dropped, because nobody was there`
    }),
  })
})
