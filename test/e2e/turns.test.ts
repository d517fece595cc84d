import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Assistant, assistantOf, plan, type Task, taskOf } from '../support/assistant.ts'
import { deploySource } from '../support/extension.ts'
import {
  type ModelAnswer,
  type ModelProvider,
  type ModelRequest,
  settingsFor,
  startModelProvider,
} from '../support/model-provider.ts'
import { superuserOf } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signInAdmin, until } from '../support/session.ts'
import { type Listening, listen } from '../support/stream.ts'

const SLOW = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('steps', {
  version: '1.0.0', displayName: 'Steps', description: 'Writes one document and then waits, for the tests of turns.',
  icon: 'icon.svg', capabilities: ['steps:write', 'steps:read'],
})
const chat = new ChatExtension(ext, { toolName: 'steps', description: 'Writes and waits.' })
const Title = z.object({ title: z.string() })
chat.function('record_quick', { description: 'Writes one document at once.', params: Title, actionType: 'write', effects: ['create:item'] },
  async (ctx, { title }) => { await ctx.store.create('items', { title }); return ActionResult.success({ title }, 'Recorded ' + title + '.') })
chat.function('record_slowly', { description: 'Writes one document, then waits for a minute.', params: Title, actionType: 'write', effects: ['create:item'] },
  async (ctx, { title }) => { await ctx.store.create('items', { title }); await new Promise((resolve) => setTimeout(resolve, 60_000)); return ActionResult.success({ title }, 'Recorded ' + title + '.') })
chat.function('wait_first', { description: 'Waits for a minute and then writes one document.', params: Title, actionType: 'write', effects: ['create:item'] },
  async (ctx, { title }) => { await new Promise((resolve) => setTimeout(resolve, 60_000)); await ctx.store.create('items', { title }); return ActionResult.success({ title }, 'Recorded ' + title + '.') })
chat.function('wait_for_go', { description: 'Waits for a document that says go, then writes one.', params: Title, actionType: 'write', effects: ['create:item'] },
  async (ctx, { title }) => {
    while ((await ctx.store.count('items', { title: 'go' })) === 0) await new Promise((resolve) => setTimeout(resolve, 200))
    await ctx.store.create('items', { title })
    return ActionResult.success({ title }, 'Recorded ' + title + '.')
  })
chat.function('list_items', { description: 'Lists the documents that were written.', params: z.object({}), actionType: 'read' },
  async (ctx) => { const page = await ctx.store.query('items', {}); return ActionResult.success({ items: page.data.map((one) => ({ item_id: one.id, title: one.data.title })), total: page.data.length }) })
chat.function('erase_item', { description: 'Erases one document for good.', params: z.object({ item_id: z.string() }), actionType: 'destructive', effects: ['delete:item'], idProjection: 'item_id' },
  async (ctx, { item_id }) => { await ctx.store.delete('items', item_id); return ActionResult.success({ item_id }, 'Erased.') })
chat.function('fail_now', { description: 'Fails with an exception that nobody may read.', params: z.object({}), actionType: 'write', effects: ['create:item'] },
  async () => { throw new TypeError('Cannot read properties of undefined at /home/app/index.js:12:3 (sk-secret12345678)') })
`

let dataDir: string
let server: TestServer
let admin: Session
let assistant: Assistant
let model: ModelProvider
let stream: Listening
let script: Partial<Record<Task, (request: ModelRequest) => ModelAnswer>>
const env = () => ({
  ...settingsFor(model),
  // A chain and these tests decide for themselves how long to wait.
  IMPERAL_PROMOTION_THRESHOLD_MS: '120000',
})

async function start(): Promise<void> {
  server = await startTestServer({ dataDir, env: env() })
  admin = await signInAdmin(server)
  assistant = assistantOf(admin)
}
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'imperal-turns-'))
  model = await startModelProvider((request) => script[taskOf(request)]?.(request) ?? { status: 400 })
  await start()
  await deploySource(server.url, admin, SLOW)
  stream = await listen(server.url, admin)
}, 180_000)
beforeEach(() => {
  script = {}
})
afterAll(async () => {
  stream?.close()
  await server?.stop()
  await model?.close()
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const items = async () =>
  ((await admin.call('steps', 'list_items', {})).data as { items: { item_id: string; title: string }[] }).items
const record = (title: string) => admin.call('steps', 'record_quick', { title })
const decide = (id: string | null, what: 'confirm' | 'cancel') =>
  admin.request('POST', `/v1/confirmations/${id}/${what}`, {})
const erase = async (item_id: string) => {
  const asked = await admin.call('steps', 'erase_item', { item_id })
  const { confirmation } = asked.data as { confirmation: { confirmation_id: string } }
  await decide(confirmation.confirmation_id, 'confirm')
}
const told = (conversation: string, count: number) =>
  until(async () => {
    const found = (await assistant.messages(conversation)).filter((message) => message.role === 'assistant')
    return found.length >= count && found.every((message) => message.status !== 'processing') ? found : null
  }, 180_000)
const query = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> => {
  const database = await superuserOf(dataDir)
  try {
    return (await database.query<Row>(text, values)).rows
  } finally {
    await database.end()
  }
}

describe('plans', () => {
  test('[K2.30] [K3.30] a set becomes one call each behind one card, and confirming it runs all of them once', async () => {
    for (const title of ['draft 1', 'draft 2', 'draft 3']) await record(title)
    script = {
      classify: () =>
        plan(
          [
            { tool: 'steps.list_items' },
            { tool: 'steps.erase_item', args: { item_id: '$REF:steps[0].items' }, depends_on: ['s1'] },
          ],
          { intent: 'destructive', task_count_target: 3 },
        ),
    }
    const reply = await assistant.ask('erase all drafts', 'set')
    expect(reply).toMatchObject({ type: 'confirmation' })
    const card = (await admin.request('GET', `/v1/confirmations/${reply.confirmation_id}`)).body as {
      title: string
      items: object[]
    }
    expect(card.items).toHaveLength(3)
    expect(card.title).toContain('3 actions')
    const both = await Promise.all([decide(reply.confirmation_id, 'confirm'), decide(reply.confirmation_id, 'confirm')])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const [, second] = await told('set', 2)
    expect(second?.actions.map((action) => action.status)).toEqual(['success', 'success', 'success'])
    expect(await items()).toEqual([])
  })

  test('[K3.25] [K3.30] a decided card resumes the plan where it stood; a cancelled one skips what depends on it', async () => {
    await record('one')
    const steps = [
      { tool: 'steps.list_items' },
      { tool: 'steps.erase_item', depends_on: ['s1'] },
      { tool: 'notes.create_note', args: { title: 'After $REF:steps[1].item_id' }, depends_on: ['s2'] },
      { tool: 'steps.record_quick', args: { title: 'independent' } },
    ]
    script = { classify: () => plan(steps, { intent: 'destructive' }) }
    const first = await assistant.ask('erase the one, note it, and record independent', 'resume')
    expect(first.type).toBe('confirmation')
    expect(model.requests.at(-1) && taskOf(model.requests.at(-1) as ModelRequest)).toBe('classify')
    const planned = model.requests.length
    await decide(first.confirmation_id, 'cancel')
    const [, cancelled] = await told('resume', 2)
    expect(cancelled?.text).toMatch(/erase item was not run: you cancelled it/)
    expect(cancelled?.text).toMatch(/create note was not run: an earlier step did not succeed/)
    // Nothing is planned again for a decision.
    expect(model.requests.slice(planned).filter((request) => taskOf(request) === 'classify')).toEqual([])

    for (const { item_id, title } of await items()) if (title === 'independent') await erase(item_id)
    const again = await assistant.ask('erase the one, note it, and record independent', 'resume2')
    expect(again.type).toBe('confirmation')
    await decide(again.confirmation_id, 'confirm')
    const [, done] = await told('resume2', 2)
    expect(done?.actions.map(({ function: name, status }) => [name, status])).toContainEqual(['create_note', 'success'])
    expect(done?.actions.map(({ status }) => status)).not.toContain('failed')
  })

  test('[K2.19] a target that is found more than once is asked about, and nothing happens', async () => {
    await record('twin')
    await record('twin')
    script = {
      classify: () =>
        plan([{ tool: 'steps.list_items' }, { tool: 'steps.erase_item', depends_on: ['s1'] }], {
          intent: 'destructive',
        }),
    }
    const before = (await items()).length
    const reply = await assistant.ask('erase the twin', 'twins')
    expect(reply).toMatchObject({ confirmation_id: null })
    expect(reply.text).toContain('Which one do you mean?')
    expect(await items()).toHaveLength(before)
  })

  test('[K2.14] [K2.32] what is missing is asked for in one question; a failure is told with what went on', async () => {
    script = { classify: () => plan([], { intent: 'clarify', missing: ['title', 'due'] }) }
    expect((await assistant.ask('add a task', 'missing')).text).toContain('title, due')
    script = {
      classify: () =>
        plan([
          { tool: 'steps.fail_now' },
          { tool: 'notes.create_note', args: { title: '$REF:steps[0].x' }, depends_on: ['s1'] },
          { tool: 'steps.record_quick', args: { title: 'went on' } },
        ]),
    }
    const reply = await assistant.ask('fail, note it, record went on', 'missing')
    expect(reply.text).toContain('Recorded went on.')
    expect(reply.text).toMatch(/create note was not run/)
    // [K1.5] nothing of the exception is shown.
    expect(reply.text).toMatch(/fail now did not work/)
    expect(reply.text).not.toMatch(/TypeError|undefined|\/home|sk-secret/)
  })

  test('[K3.11] [I-AH-1] an invented id is refused, and the second plan reads first', async () => {
    const { note_id } = (await admin.call('notes', 'create_note', { title: 'Taxes 2025' })).data as { note_id: string }
    let asked = 0
    script = {
      classify: (request) => {
        if (asked++ === 0)
          return plan([{ tool: 'notes.delete_note', args: { note_id: 'doc_made0up0' } }], { intent: 'destructive' })
        expect(request.messages.at(-1)?.content).toContain('FABRICATED_ID_SHAPE')
        return plan(
          [
            { id: 'find', tool: 'notes.search_notes', args: { query: 'Taxes 2025' } },
            {
              id: 'del',
              tool: 'notes.delete_note',
              args: { note_id: '$REF:notes[1].notes[0].note_id' },
              depends_on: ['find'],
            },
          ],
          { intent: 'destructive' },
        )
      },
    }
    const reply = await assistant.ask('delete the note about taxes', 'taxes')
    expect(reply.type).toBe('confirmation')
    const card = (await admin.request('GET', `/v1/confirmations/${reply.confirmation_id}`)).body as {
      items: { args_masked: { note_id: string } }[]
    }
    expect(card.items[0]?.args_masked.note_id).toBe(note_id)
    expect((await assistant.ask('thanks', 'taxes')).type).toBe('navigate')
    expect((await admin.call('notes', 'get_note', { note_id })).status).toBe('success')
    await decide(reply.confirmation_id, 'cancel')
  })

  test('[K2.28] [I-PYDANTIC-RETRY-BUDGET] arguments that the schema refuses are repaired twice at most', async () => {
    let repairs = 0
    script = {
      classify: () => plan([{ tool: 'notes.create_note', args: { title: '' } }]),
      rebind: () => {
        repairs++
        return { text: JSON.stringify({ args: JSON.stringify({ title: '', tags: [String(repairs)] }) }) }
      },
    }
    const reply = await assistant.ask('make a note', 'repair')
    expect(reply.actions.map((action) => action.status)).toEqual(['validation_rejected'])
    expect(repairs).toBe(2)
    script.rebind = () => ({ text: JSON.stringify({ args: JSON.stringify({ title: 'Repaired' }) }) })
    expect((await assistant.ask('make a note', 'repair')).text).toBe('Created the note “Repaired”.')
  })
})

describe('order and stopping', () => {
  const toldOf = (type: 'task_queued' | 'task_dequeued', conversation: string) =>
    stream.messages
      .filter((message) => message.type === type && message.payload.conversation_id === conversation)
      .map(({ payload }) => payload.message_id)

  test('[K1.2] turns of one conversation run in the order of arrival, whoever waits is told, and another conversation is not held up', async () => {
    script = {
      classify: (request) =>
        request.messages.at(-1)?.content.includes('hold') === true
          ? plan([{ tool: 'steps.wait_for_go', args: { title: 'held' } }])
          : plan([
              { tool: 'steps.record_quick', args: { title: request.messages.at(-1)?.content.match(/turn \d+/)?.[0] } },
            ]),
    }
    // The first holds all others up until it is let go, however fast they come.
    const holder = await assistant.say('hold and record', 'order')
    const sent: string[] = []
    for (let n = 1; n <= 5; n++) sent.push(await assistant.say(`record turn ${n}`, 'order'))
    const other = await assistant.ask('record turn 9', 'elsewhere')
    expect(other.status).toBe('done')
    await until(async () => toldOf('task_queued', 'order').length >= sent.length)
    await record('go')
    expect(await assistant.reply(holder, 'order')).toMatchObject({ status: 'done' })
    const replies = []
    for (const id of sent) replies.push(await assistant.reply(id, 'order'))
    const traces = await query<{ title: string }>(
      "select args->>'title' as title from ledger.action where function = 'record_quick' and args->>'title' like 'turn %' and conversation_id = 'order' order by call_id",
    )
    expect(traces.map((row) => row.title)).toEqual([1, 2, 3, 4, 5].map((n) => `turn ${n}`))
    expect(replies.every((reply) => reply.status === 'done')).toBe(true)
    expect(toldOf('task_queued', 'order')).toEqual(sent)
    await until(async () => toldOf('task_dequeued', 'order').length >= sent.length)
    expect(toldOf('task_dequeued', 'order')).toEqual(sent)
    for (const { item_id, title } of await items()) if (title === 'go') await erase(item_id)
  })

  test('[K1.1] a running turn stops between its steps, and those that wait never begin; the twenty-first is refused', async () => {
    script = { classify: () => ({ stall: true }) }
    const running = await assistant.say('think for ever', 'stop')
    await until(async () => model.requests.at(-1)?.messages.at(-1)?.content === 'think for ever')
    const queued: string[] = []
    for (let n = 1; n < 20; n++) queued.push(await assistant.say(`record never ${n}`, 'stop'))
    const send = (more: object) =>
      admin.request('POST', '/v1/chat/messages', { text: 'one more', conversation_id: 'stop', ...more })
    const refused = await send({})
    expect(refused).toMatchObject({ status: 429, body: { message: expect.stringContaining('Too many messages wait') } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await send({ queue: false })).status).toBe(409)
    for (const id of [...queued, running])
      expect((await admin.request('POST', `/v1/chat/messages/${id}/cancel`, {})).status).toBe(200)
    for (const id of [...queued, running])
      expect(await assistant.reply(id, 'stop')).toMatchObject({ status: 'cancelled', actions: [] })
    await until(async () => toldOf('task_dequeued', 'stop').length >= queued.length)
    for (const type of ['task_queued', 'task_dequeued'] as const) expect(toldOf(type, 'stop')).toEqual(queued)
    const states = await query<{ state: string }>("select state from chat.turn where conversation_id = 'stop'")
    expect(states.map((row) => row.state)).toEqual([...queued, running].map(() => 'CANCELLED'))
  })

  test.each([
    ['warte ewig und denke nach, bitte', 'merke dir das bitte', 'Angehalten.'],
    ['espera para siempre, por favor, con calma', 'crea una nota para mis cosas', 'Detenido.'],
    ['فكّر إلى الأبد', 'احفظ هذا من فضلك', 'تم الإيقاف.'],
  ])('[K1.4] “%s”: stopped or never begun, it is told in the language of the message', async (first, second, told) => {
    script = { classify: () => ({ stall: true }) }
    const conversation = `language-${told.codePointAt(0)}`
    const running = await assistant.say(first, conversation)
    await until(async () => model.requests.at(-1)?.messages.at(-1)?.content === first)
    const queued = await assistant.say(second, conversation)
    for (const id of [queued, running]) await admin.request('POST', `/v1/chat/messages/${id}/cancel`, {})
    for (const id of [queued, running])
      expect(await assistant.reply(id, conversation)).toMatchObject({ status: 'cancelled', text: told })
  })

  test('[K1.4] a wrong command is explained in the language of the conversation, not in that of its JSON', async () => {
    script = { classify: () => plan([], { intent: 'navigate', language: 'de' }), talk: () => ({ text: 'Gern.' }) }
    await assistant.ask('wie geht es dir und was ist los?', 'commands')
    expect((await assistant.ask('/', 'commands')).text).toContain('Ein Befehl sieht so aus')
    expect((await assistant.ask('/steps.fly {"title": "the list of the notes"}', 'commands')).text).toMatch(
      /^Die Funktion steps\.fly gibt es nicht\. Die App hat: .*record_quick/,
    )
    expect((await assistant.ask('/steps.record_quick [1]', 'commands')).text).toContain('genau ein JSON-Objekt')
    expect((await assistant.ask('/nowhere.fly', 'commands')).text).toMatch(/Installierte Apps: .*notes/)
    script = { classify: () => plan([], { intent: 'navigate' }), talk: () => ({ text: 'Fine.' }) }
    await assistant.ask('how are you and what is the news?', 'commands')
  })

  test('[K1.1] [K3.48] a turn that is stopped tells what it did before, and the next turn knows it', async () => {
    const steps = ['first', 'second'].map((title) => ({
      tool: 'steps.record_quick',
      args: { title: `${title} of stopped` },
    }))
    script = { classify: () => plan(steps), narrate: () => ({ stall: true }) }
    const id = await assistant.say('record first of stopped and second of stopped', 'stopped')
    await until(async () => taskOf(model.requests.at(-1) as ModelRequest) === 'narrate')
    expect((await admin.request('POST', `/v1/chat/messages/${id}/cancel`, {})).status).toBe(200)
    const reply = await assistant.reply(id, 'stopped')
    expect(reply).toMatchObject({ status: 'cancelled' })
    expect(reply.actions.map(({ status }) => status)).toEqual(['success', 'success'])
    for (const title of ['first', 'second']) expect(reply.text).toContain(`Recorded ${title} of stopped.`)
    let asked = ''
    script = {
      classify: (request) => {
        asked = JSON.stringify(request.messages)
        return plan([], { intent: 'clarify', question: 'Which one?' })
      },
    }
    await assistant.ask('undo that please', 'stopped')
    expect(asked).toContain('Recorded second of stopped.')
  })

  test('[E21] an operator sees turns that wait and run, without what was said in them, and ends them', async () => {
    script = { classify: () => ({ stall: true }) }
    const sent = [await assistant.say('think about my secret', 'watched'), await assistant.say('and again', 'watched')]
    const turns = async () => {
      const { body } = await admin.request('GET', `/v1/admin/processes?kind=turn&user_id=${admin.userId}`)
      return (body as { processes: { id: string; status: string; cancellable: boolean }[] }).processes
    }
    const found = await until(async () => {
      const now = await turns()
      return now.length === 2 && now.some(({ status }) => status !== 'queued') ? now : null
    })
    expect(found.every(({ cancellable }) => cancellable)).toBe(true)
    expect(JSON.stringify(found)).not.toContain('secret')
    const end = (id: string) => admin.request('POST', `/v1/admin/processes/${id}/cancel`, {})
    for (const { id } of found) expect(await end(id)).toMatchObject({ status: 200, body: { status: 'cancelling' } })
    for (const id of sent) expect(await assistant.reply(id, 'watched')).toMatchObject({ status: 'cancelled' })
    expect((await end(found[0]?.id ?? '')).status).toBe(409)
    expect((await end('turn_of_nobody')).status).toBe(404)
    expect(await turns()).toEqual([])
    const audited = await query<{ target_id: string }>(
      "select target_id from audit.entry where action = 'work.cancelled' order by created_at",
    )
    expect(audited.map((row) => row.target_id)).toEqual(found.map(({ id }) => id))
  })

  test('[K4.9] [E5] cancelling a chain voids the card that it waits for, and runs nothing of the rest', async () => {
    await record('kept')
    const item_id = (await items()).find(({ title }) => title === 'kept')?.item_id ?? ''
    const steps = [
      { tool: 'steps.record_quick', args: { title: 'before the card' } },
      { tool: 'steps.erase_item', args: { item_id } },
      { tool: 'steps.record_quick', args: { title: 'beside the card' } },
      { tool: 'steps.record_quick', args: { title: 'behind the card' }, depends_on: ['s2'] },
    ]
    script = { classify: () => plan(steps, { intent: 'destructive' }) }
    await assistant.say(`record, erase ${item_id} and record`, 'void')
    const card = await until(async () => (await assistant.messages('void')).find(({ type }) => type === 'confirmation'))
    expect((await admin.request('POST', `/v1/chat/messages/${card.message_id}/cancel`, {})).status).toBe(200)
    const [, stopped] = await told('void', 2)
    expect(stopped).toMatchObject({ status: 'cancelled' })
    expect((await decide(card.confirmation_id, 'confirm')).status).toBe(409)
    const [turn] = await query<{ state: string }>("select state from chat.turn where conversation_id = 'void'")
    expect(turn?.state).toBe('CANCELLED')
    const titles = (await items()).map(({ title }) => title)
    expect(titles).toContain('kept')
    expect(titles).not.toContain('behind the card')
    for (const { item_id: id } of await items()) await erase(id)
    // A second time there is nothing left to stop.
    expect((await admin.request('POST', `/v1/chat/messages/${card.message_id}/cancel`, {})).status).toBe(409)
  })

  test('[K4.16] an answer that nobody works on is closed after ten minutes, and a turn that waits is not', async () => {
    script = { classify: () => ({ stall: true }) }
    const waits = await assistant.say('think for ever', 'orphan')
    await query("update chat.message set created_at = now() - interval '11 minutes' where message_id = $1", [waits])
    const lost = 'msg_lost_in_the_past'
    // `position` is the database's own.
    const columns = 'tenant_id, user_id, conversation_id, role, text, type, status, surface, created_at'
    await query(
      `insert into chat.message (message_id, ${columns}) select $1, ${columns} from chat.message where message_id = $2`,
      [lost, waits],
    )
    const closed = await assistant.reply(lost, 'orphan', 60_000)
    expect(closed).toMatchObject({ status: 'failed', type: 'error' })
    expect((await assistant.messages('orphan')).find(({ message_id }) => message_id === waits)?.status).toBe(
      'processing',
    )
    await admin.request('POST', `/v1/chat/messages/${waits}/cancel`, {})
  })
})

type TurnStep = 'stop' | 'confirm' | 'refuse' | 'say again'
type TurnState = 'running' | 'waiting' | 'closed' | 'stopped'
type TurnWork = 'quick' | 'broken' | 'card' | 'stalled'

/** What a step answers in a state of a turn (api.md 5.10), and where it leads; a card that is over stays over. */
function followTurn(state: TurnState, step: TurnStep): { readonly next: TurnState; readonly status: number } {
  const isOver = state === 'closed' || state === 'stopped'
  if (step === 'say again') return { next: state, status: 202 }
  if (step === 'stop') return isOver ? { next: state, status: 409 } : { next: 'stopped', status: 200 }
  if (state !== 'waiting') return { next: state, status: 409 }
  return { next: step === 'confirm' ? 'closed' : 'stopped', status: 200 }
}

const BEGINS: Readonly<Record<TurnWork, TurnState>> = {
  ...{ quick: 'closed', broken: 'closed', card: 'waiting', stalled: 'running' },
}
const TURN_ROW: Readonly<Record<TurnState, RegExp>> = {
  running: /^(QUEUED|RESOLVED|CLASSIFIED)$/,
  waiting: /^AWAITING_CONFIRMATION$/,
  closed: /^CLOSED$/,
  stopped: /^CANCELLED$/,
}

let walks = 0
async function walkTurn(work: TurnWork, steps: readonly TurnStep[]): Promise<void> {
  const conversation = `walk${++walks}`
  if (work === 'card') await record(conversation)
  const mine = async () => (await items()).find(({ title }) => title === conversation)?.item_id
  const item_id = await mine()
  const tools = {
    quick: { tool: 'steps.record_quick', args: { title: `${conversation} quick` } },
    broken: { tool: 'steps.fail_now' },
    card: { tool: 'steps.erase_item', args: { item_id } },
  }
  script = {
    classify: () => (work === 'stalled' ? { stall: true } : plan([tools[work]], { intent: 'destructive' })),
  }
  const body = {
    ...{ text: `erase ${item_id ?? 'nothing'} in ${conversation}`, conversation_id: conversation },
    client_msg_id: `said-in-${conversation}`,
  }
  const say = () => admin.request('POST', '/v1/chat/messages', body)
  const said = (await say()).body as { message_id: string; reply_id: string }
  const rows = () =>
    query<{ state: string; over: boolean }>(
      'select state, ended_at is not null as over from chat.turn where conversation_id = $1',
      [conversation],
    )
  const settled = async (state: TurnState) => {
    const found = await until(async () => {
      const all = await rows()
      return all.length === 1 && TURN_ROW[state].test(all[0]?.state ?? '') ? all : null
    }, 180_000)
    expect(found[0]?.over).toBe(state === 'closed' || state === 'stopped')
  }
  let state = BEGINS[work]
  await settled(state)
  const card = (await assistant.messages(conversation)).find(({ type }) => type === 'confirmation')?.confirmation_id
  expect(card !== undefined && card !== null).toBe(work === 'card')
  let isErased = false
  for (const step of steps) {
    if (card == null && (step === 'confirm' || step === 'refuse')) continue
    const seen = [work, steps, state, step]
    const { next, status } = followTurn(state, step)
    const answer =
      step === 'say again'
        ? await say()
        : step === 'stop'
          ? await admin.request('POST', `/v1/chat/messages/${said.reply_id}/cancel`, {})
          : await decide(card ?? '', step === 'confirm' ? 'confirm' : 'cancel')
    expect([seen, answer.status]).toEqual([seen, status])
    // Said twice it is the same message, the same answer and the same turn.
    if (step === 'say again') expect(answer.body).toMatchObject(said)
    if (step === 'confirm' && status === 200) isErased = true
    state = next
    await settled(state)
    if (work === 'card') expect([seen, (await mine()) === undefined]).toEqual([seen, isErased])
  }
  if (followTurn(state, 'stop').status === 200) {
    await admin.request('POST', `/v1/chat/messages/${said.reply_id}/cancel`, {})
    await settled('stopped')
  }
  const told = await until(async () => {
    const all = await assistant.messages(conversation)
    return all.every((message) => message.status !== 'processing') ? all : null
  })
  expect(told.filter(({ role }) => role === 'user')).toHaveLength(1)
  const ran = await query<{ function: string; n: number }>(
    "select function, count(*)::int as n from ledger.action where conversation_id = $1 and status in ('success', 'failed') group by 1",
    [conversation],
  )
  const once = { quick: ['record_quick'], broken: ['fail_now'], card: isErased ? ['erase_item'] : [], stalled: [] }[
    work
  ]
  expect([work, steps, ran]).toEqual([work, steps, once.map((name) => ({ function: name, n: 1 }))])
}

test('[api 5.10] any walk of a turn is one of the table: stopped, decided and said again, it ends once and runs once', async () => {
  for (const work of ['quick', 'broken', 'card', 'stalled'] as const)
    for (const step of ['say again', 'stop', 'confirm', 'refuse'] as const) await walkTurn(work, [step, step])
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<TurnWork>('card', 'card', 'stalled'),
      fc.array(fc.constantFrom<TurnStep>('stop', 'confirm', 'refuse', 'say again'), { minLength: 2, maxLength: 5 }),
      walkTurn,
    ),
    { numRuns: 6 },
  )
}, 240_000)

test('[K1.3] killed after a step and amid the next: what is done is not done again, and what may have had an effect is told so', async () => {
  script = {
    classify: () =>
      plan([
        { tool: 'steps.record_quick', args: { title: 'before the crash' } },
        { tool: 'steps.record_slowly', args: { title: 'amid the crash' } },
        { tool: 'steps.record_quick', args: { title: 'after the crash' } },
      ]),
  }
  await assistant.say('record three things', 'crash')
  await until(async () => (await items()).some((item) => item.title === 'amid the crash'), 60_000)
  const planned = model.requests.length
  stream.close()
  await server.kill9()
  await start()
  const [reply] = await told('crash', 1)
  expect(reply?.actions.map((action) => action.status)).toEqual(['success', 'unknown', 'success'])
  expect(reply?.text).toContain('hether it took effect is not known')
  const titles = (await items()).map((item) => item.title).filter((title) => title.includes('the crash'))
  expect(titles.sort()).toEqual(['after the crash', 'amid the crash', 'before the crash'])
  // The plan was stored: no model was asked to plan it again.
  expect(model.requests.slice(planned).filter((request) => taskOf(request) === 'classify')).toEqual([])
}, 240_000)

test('[K1.3] [E1] stopped amid a step that had no effect yet: the next start does it, and tells both', async () => {
  script = {
    classify: () =>
      plan([
        { tool: 'steps.record_quick', args: { title: 'before the stop' } },
        { tool: 'steps.wait_for_go', args: { title: 'after the stop' } },
      ]),
  }
  const id = await assistant.say('record one before the stop and one after it', 'stop')
  await until(
    async () =>
      (
        await query(
          "select from chat.turn_step join chat.turn using (turn_id) where conversation_id = 'stop' and turn_step.state = 'running' and step_no = 1",
        )
      ).length === 1,
    180_000,
  )
  expect(await server.stop()).toBe(0)
  await start()
  await record('go')
  const reply = await assistant.reply(id, 'stop', 90_000)
  expect(reply).toMatchObject({ status: 'done' })
  expect(reply.actions.map((action) => action.status)).toEqual(['success', 'success'])
  const titles = (await items()).map((item) => item.title).filter((title) => title.endsWith('the stop'))
  expect(titles.sort()).toEqual(['after the stop', 'before the stop'])
  expect(
    await query(
      "select status from ledger.action where function = 'wait_for_go' and args ->> 'title' = 'after the stop' order by received_at",
    ),
  ).toMatchObject([{ status: 'failed' }, { status: 'success' }])
}, 240_000)

test('[K1.3] killed before a step had any effect: it runs again, once', async () => {
  script = {
    classify: () =>
      plan([
        { tool: 'notes.create_note', args: { title: 'Once only' } },
        { tool: 'steps.wait_first', args: { title: 'never written' } },
      ]),
  }
  const id = await assistant.say('note once only, then wait', 'crash2')
  await until(
    async () =>
      ((await admin.call('notes', 'search_notes', { query: 'Once only' })).data as { total: number }).total === 1,
    180_000,
  )
  await until(
    async () => (await query("select from chat.turn_step where state = 'running' and step_no = 1")).length === 1,
    180_000,
  )
  await server.kill9()
  await start()
  // It runs again under another pass; stopping it ends the turn.
  await until(
    async () => (await query("select from chat.turn where conversation_id = 'crash2' and attempt >= 2")).length === 1,
    180_000,
  )
  await until(async () => (await admin.request('POST', `/v1/chat/messages/${id}/cancel`, {})).status === 200, 30_000)
  const reply = await assistant.reply(id, 'crash2', 90_000)
  expect(reply.status).toBe('cancelled')
  expect(((await admin.call('notes', 'search_notes', { query: 'Once only' })).data as { total: number }).total).toBe(1)
  expect((await items()).filter((item) => item.title === 'never written')).toEqual([])
}, 240_000)
