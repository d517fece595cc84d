import type { ChatMessage } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type ModelAnswer,
  type ModelProvider,
  type ModelRequest,
  settingsFor,
  startModelProvider,
} from '../support/model-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, signIn, signInAdmin, until } from '../support/session.ts'
import { type Listening, listen } from '../support/stream.ts'

let server: TestServer
let admin: Session
let model: ModelProvider
let stream: Listening
let script: { classify?: (request: ModelRequest) => ModelAnswer; narrate?: ModelAnswer; talk?: ModelAnswer }

const narration = (prose: string): ModelAnswer => ({
  text: JSON.stringify({
    mode: 'narrative',
    prose,
    per_call_verdicts: [],
    task_targets: { expected: null, succeeded: 1 },
    identifiers_used: [],
  }),
})

const purposeOf = (request: ModelRequest): keyof typeof script =>
  request.system.includes('TASK classify') ? 'classify' : request.system.includes('TASK narrate') ? 'narrate' : 'talk'

beforeAll(async () => {
  model = await startModelProvider((request) => {
    const purpose = purposeOf(request)
    if (purpose === 'classify') return script.classify?.(request) ?? { status: 400 }
    return script[purpose] ?? { status: 400 }
  })
  server = await startTestServer({
    env: {
      ...settingsFor(model),
    },
  })
  admin = await signInAdmin(server)
  stream = await listen(server.url, admin)
}, 180_000)
beforeEach(() => {
  script = {}
})
afterAll(async () => {
  stream?.close()
  await server?.stop()
  await model?.close()
})

interface Step {
  tool: string
  args?: object
  depends_on?: string[]
}
const plan = (steps: Step[], more: object = {}): ModelAnswer => ({
  text: JSON.stringify({
    intent: steps.length > 1 ? 'chain' : 'read',
    confidence: 0.95,
    language: 'en',
    action_plans: steps.map((step, index) => ({
      id: `s${index + 1}`,
      tool: step.tool,
      args: JSON.stringify(step.args ?? {}),
      depends_on: step.depends_on ?? [],
    })),
    question: null,
    refusal: null,
    ...more,
  }),
})

const messagesOf = async (who = admin, conversation = 'default') =>
  (
    (await who.request('GET', `/v1/chat/messages?conversation_id=${conversation}&limit=200`)).body as {
      messages: ChatMessage[]
    }
  ).messages

async function say(text: string, who = admin, more: object = {}): Promise<string> {
  const sent = await who.request('POST', '/v1/chat/messages', { text, ...more })
  expect(sent.status, JSON.stringify(sent.body)).toBe(202)
  return (sent.body as { reply_id: string }).reply_id
}
const replyOf = (replyId: string, who = admin, conversation = 'default') =>
  until(async () =>
    (await messagesOf(who, conversation)).find(
      (message) => message.message_id === replyId && message.status !== 'processing',
    ),
  )
const ask = async (text: string, who = admin, more: object = {}) => replyOf(await say(text, who, more), who)

/** What the stream told of an answer on its way, once it has told the whole. */
async function deltasOf(replyId: string): Promise<string> {
  await stream.first(({ type, payload }) => type === 'chat_message' && payload.message_id === replyId)
  return stream.messages
    .filter(({ type, payload }) => type === 'chat_delta' && payload.message_id === replyId)
    .map(({ payload }) => payload.delta)
    .join('')
}

const noteCount = async () => ((await admin.call('notes', 'list_notes', {})).data as { total: number }).total

describe('with a model', () => {
  test('[K1.11] the time is that of the place a person speaks from, until they choose a zone; what is none is passed over', async () => {
    const email = 'faraway@example.com'
    await admin.request('POST', '/v1/users', { email, password: 'long-password' })
    const person = await signIn(server, email, 'long-password')
    const zone = async () =>
      ((await person.request('GET', '/v1/me/settings')).body as { settings: { timezone: string | null } }).settings
        .timezone
    await ask('tell me about yourself, please', person, { context: { timezone: 'Mars/Olympus' } })
    expect(await zone()).toBeNull()
    await ask('tell me about yourself, please', person, { context: { timezone: 'Asia/Tokyo' } })
    expect(await zone()).toBe('Asia/Tokyo')
    expect(model.requests.at(-1)?.system).toContain('(Asia/Tokyo)')
    await person.request('PATCH', '/v1/me/settings', { timezone: 'Europe/Berlin' })
    await ask('tell me about yourself, please', person, { context: { timezone: 'Asia/Tokyo' } })
    expect(await zone()).toBe('Europe/Berlin')
  })

  test('one read: the plan runs, the narration is told, and its words come as deltas of that message', async () => {
    script = {
      classify: () => plan([{ tool: 'notes.list_notes', args: { limit: 5 } }]),
      narrate: narration('There is one note: Welcome to Notes.'),
    }
    const replyId = await say('What notes do I have?')
    const reply = await replyOf(replyId)
    expect(reply).toMatchObject({
      text: 'There is one note: Welcome to Notes.',
      type: 'function_call',
      status: 'done',
      actions: [
        { app_id: 'notes', function: 'list_notes', action_type: 'read', status: 'success', arguments: { limit: 5 } },
      ],
    })
    const final = await stream.first(({ type, payload }) => type === 'chat_message' && payload.message_id === replyId)
    expect(final.payload).toMatchObject({ text: reply.text, status: 'done' })
    expect(await deltasOf(replyId)).toBe(reply.text)
    const row = (await admin.request('GET', `/v1/actions/${reply.actions[0]?.trace_id}`)).body
    expect(row).toMatchObject({ source: 'chat', tool_name: 'list_notes', message_preview: 'What notes do I have?' })
  })

  test('one write: it is told in the words of the app, never in the model’s', async () => {
    script = { classify: () => plan([{ tool: 'notes.create_note', args: { title: 'Milk' } }]) }
    const before = model.requests.length
    const reply = await ask('note that we need milk')
    expect(reply).toMatchObject({
      text: 'Created the note “Milk”.',
      type: 'function_call',
      actions: [{ status: 'success' }],
    })
    expect(model.requests.slice(before).map(purposeOf)).toEqual(['classify'])
  })

  test('a chain: a later step takes the result of an earlier one, and all share a trace', async () => {
    script = {
      classify: () =>
        plan([
          { tool: 'notes.create_folder', args: { name: 'Errands' } },
          {
            tool: 'notes.create_note',
            args: { title: 'Stamps', folder_id: '$REF:notes[0].folder_id' },
            depends_on: ['s1'],
          },
        ]),
    }
    const reply = await ask('make a folder Errands and note stamps in it')
    expect(reply.actions.map(({ function: name, status }) => [name, status])).toEqual([
      ['create_folder', 'success'],
      ['create_note', 'success'],
    ])
    const { folders } = (await admin.call('notes', 'list_folders')).data as {
      folders: { name: string; notes: number }[]
    }
    expect(folders).toContainEqual(expect.objectContaining({ name: 'Errands', notes: 1 }))
    const trace = (await admin.request('GET', `/v1/actions/${reply.actions[0]?.trace_id}`)).body as { calls: object[] }
    expect(trace.calls).toHaveLength(2)
  })

  test('a broken step takes its dependants with it and nothing else, and says so', async () => {
    script = {
      classify: () =>
        plan([
          { tool: 'notes.get_note', args: { note_id: 'gone-for-ever' } },
          { tool: 'notes.append_to_note', args: { note_id: '$REF:notes[0].note_id', text: 'x' }, depends_on: ['s1'] },
          { tool: 'notes.create_note', args: { title: 'Independent' } },
        ]),
    }
    const reply = await ask('three things at once')
    expect(reply.actions.map(({ function: name, status }) => [name, status])).toEqual([
      ['get_note', 'failed'],
      ['create_note', 'success'],
    ])
    expect(reply.text).toContain('does not exist any more')
    expect(reply.text).toMatch(/append to note was not run/)
  })

  test('destructive: a card first; confirming it deletes and tells so in the same conversation', async () => {
    const { note_id } = (await admin.call('notes', 'create_note', { title: 'Doomed' })).data as { note_id: string }
    script = { classify: () => plan([{ tool: 'notes.delete_note', args: { note_id } }], { intent: 'destructive' }) }
    const { conversation_id } = (await admin.request('POST', '/v1/chat/conversations', { title: 'Cleaning' })).body as {
      conversation_id: string
    }
    const reply = await replyOf(
      await say(`delete the note Doomed (${note_id})`, admin, { conversation_id }),
      admin,
      conversation_id,
    )
    expect(reply).toMatchObject({ type: 'confirmation', status: 'done', actions: [{ status: 'intercepted' }] })
    expect(reply.text).not.toMatch(/deleted/i)
    expect((await admin.call('notes', 'get_note', { note_id })).status).toBe('success')
    const card = await stream.first(
      ({ type, payload }) => type === 'confirmation' && payload.confirmation_id === reply.confirmation_id,
    )
    expect(card.payload).toMatchObject({ status: 'pending', app_id: 'notes' })
    const confirmed = await admin.request('POST', `/v1/confirmations/${reply.confirmation_id}/confirm`, {})
    expect(confirmed).toMatchObject({ status: 200, body: { status: 'executed' } })
    const told = await until(async () =>
      (await messagesOf(admin, conversation_id)).find((message) => message.type === 'tool_result'),
    )
    expect(told).toMatchObject({ role: 'assistant', text: 'Deleted the note “Doomed”.', app_id: 'notes' })
    expect((await admin.call('notes', 'get_note', { note_id })).status).toBe('error')
    await stream.first(({ type, payload }) => type === 'chat_message' && payload.message_id === told.message_id)
  })

  test('a question back: nothing runs', async () => {
    const before = await noteCount()
    script = { classify: () => plan([], { intent: 'clarify', question: 'Which note do you mean?' }) }
    expect(await ask('delete it')).toMatchObject({ text: 'Which note do you mean?', type: 'response', actions: [] })
    expect(await noteCount()).toBe(before)
  })

  test('a conversation is streamed as it comes', async () => {
    script = { classify: () => plan([], { intent: 'navigate' }), talk: { text: 'Mostly notes and tasks. Ask me.' } }
    const replyId = await say('tell me about yourself, please')
    expect(await replyOf(replyId)).toMatchObject({ text: 'Mostly notes and tasks. Ask me.', type: 'navigate' })
    expect(await deltasOf(replyId)).toBe('Mostly notes and tasks. Ask me.')
  })
})

describe('[lessons 29] with a model that is not to be trusted', () => {
  test('a claim of something done, where nothing ran, is neither shown nor streamed', async () => {
    const before = await noteCount()
    script = {
      classify: () => plan([], { intent: 'navigate' }),
      talk: { text: "Sure. I've created the note Groceries for you. Anything else?" },
    }
    const replyId = await say('please note the groceries for me')
    const reply = await replyOf(replyId)
    expect(reply.text).toBe("I wasn't able to complete that action: nothing was run.")
    expect(await deltasOf(replyId)).not.toContain('created')
    expect(await noteCount()).toBe(before)
  })

  test('a narration that invents an address or an id is replaced by the plain outcome', async () => {
    script = {
      classify: () => plan([{ tool: 'notes.list_folders' }]),
      narrate: narration('One folder; see https://evil.example/collect for more.'),
    }
    const replyId = await say('which folders are there?')
    const reply = await replyOf(replyId)
    expect(reply.text).toContain('Errands')
    expect(reply.text).not.toContain('evil.example')
    await deltasOf(replyId)
    expect(stream.text()).not.toContain('evil.example')
  })

  test('a function that does not exist is sent back once with the reason, then nothing runs', async () => {
    let asked = 0
    script = {
      classify: (request) => {
        asked++
        if (asked === 1) return plan([{ tool: 'notes.shred_everything' }])
        expect(request.messages.at(-1)?.content).toContain('UNKNOWN_SUB_FUNCTION')
        return plan([{ tool: 'notes.list_folders' }])
      },
      narrate: narration('There is one folder.'),
    }
    expect(await ask('shred everything that I have')).toMatchObject({ text: 'There is one folder.' })
    expect(asked).toBe(2)
  })

  test('[K3.16] a placeholder instead of an id never reaches the app, nor a card', async () => {
    script = { classify: () => plan([{ tool: 'notes.delete_note', args: { note_id: '<NOTE_ID>' } }]) }
    const reply = await ask('delete the first of them')
    expect(reply).toMatchObject({ type: 'error', confirmation_id: null })
    expect(reply.actions).toMatchObject([{ status: 'validation_rejected' }])
  })

  const NO_JSON = { text: 'Of course! { "intent": "wri' }
  const isAgain = ({ messages }: ModelRequest) => messages.at(-1)?.content.includes('did not match the schema') === true

  test('[T6] text that is no JSON is asked for once more with the reason, and the second answer counts', async () => {
    script = {
      classify: (request) => (isAgain(request) ? plan([{ tool: 'notes.list_folders' }]) : NO_JSON),
      narrate: narration('There is one folder.'),
    }
    const from = model.requests.length
    expect(await ask('which folders do I have?')).toMatchObject({ text: 'There is one folder.' })
    expect(model.requests.slice(from).map(purposeOf)).toEqual(['classify', 'classify', 'narrate'])
  })

  test('[T6] text that is no JSON twice: the person is asked what is meant, and no outage is told', async () => {
    const before = await noteCount()
    script = { classify: () => NO_JSON }
    const from = model.requests.length
    const reply = await ask('create a note called "Unclear"')
    expect(reply).toMatchObject({ status: 'done', type: 'pick_list', actions: [] })
    expect(reply.text).not.toContain('unavailable')
    expect(reply.text).toMatch(/\?$/)
    expect(model.requests.slice(from).map(purposeOf)).toEqual(['classify', 'classify'])
    expect(await noteCount()).toBe(before)
  })

  test('[N1] a narration that is no JSON is asked for once more', async () => {
    let told = 0
    script = { classify: () => plan([{ tool: 'notes.list_folders' }]) }
    Object.defineProperty(script, 'narrate', {
      get: () => (told++ === 0 ? NO_JSON : narration('There is one folder.')),
    })
    expect(await ask('which folders are mine?')).toMatchObject({ text: 'There is one folder.' })
    expect(told).toBe(2)
  })

  test.each([
    ['errors of the provider', { status: 500 }],
    ['a connection that is cut', { hangUp: true }],
    ['a refused key', { status: 401 }],
  ] as [string, ModelAnswer][])(
    '%s: the message is matched without the model, and says so',
    async (_what, answer) => {
      script = { classify: () => answer }
      const reply = await ask('create a note called "Fallback"')
      expect(reply).toMatchObject({ status: 'done', type: 'pick_list' })
      expect(reply.text).toContain('model is currently unavailable')
      expect(reply.pick_list[0]).toMatchObject({
        app_id: 'notes',
        function: 'create_note',
        params: { title: 'Fallback' },
      })
    },
    180_000,
  )

  test('a model that never answers can be stopped', async () => {
    script = { classify: () => ({ stall: true }) }
    const replyId = await say('this takes for ever')
    await until(async () => model.requests.at(-1)?.messages.at(-1)?.content === 'this takes for ever')
    expect(await admin.request('POST', `/v1/chat/messages/${replyId}/cancel`, {})).toMatchObject({ status: 200 })
    expect(await replyOf(replyId)).toMatchObject({ status: 'cancelled' })
    expect((await admin.request('POST', `/v1/chat/messages/${replyId}/cancel`, {})).status).toBe(409)
    script = { classify: () => plan([], { intent: 'clarify', question: 'Yes?' }) }
    expect(await ask('are you still there for me')).toMatchObject({ text: 'Yes?' })
  })
})

test('the same message sent twice is one turn', async () => {
  script = { classify: () => plan([{ tool: 'notes.create_note', args: { title: 'Only once' } }]) }
  const body = { text: 'note: only once', client_msg_id: 'client-1' }
  const ids = await Promise.all([1, 2, 3].map(() => admin.request('POST', '/v1/chat/messages', body)))
  const replyIds = ids.map((answer) => (answer.body as { reply_id: string }).reply_id)
  expect(new Set(replyIds).size).toBe(1)
  await replyOf(replyIds[0] ?? '')
  const { data } = await admin.call('notes', 'search_notes', { query: 'Only once' })
  expect(data).toMatchObject({ total: 1 })
})

describe('[kernel 2.9] without any model', () => {
  let bare: TestServer
  let user: Session
  beforeAll(async () => {
    bare = await startTestServer()
    user = await signInAdmin(bare)
  }, 180_000)
  afterAll(async () => void (await bare?.stop()))

  test('the status says so', async () => {
    expect((await user.request('GET', '/v1/chat/status')).body).toEqual({ model_available: false })
  })

  test('a read whose words fit runs at once', async () => {
    const reply = await ask('search notes for "welcome"', user)
    expect(reply).toMatchObject({ type: 'function_call', actions: [{ function: 'search_notes', status: 'success' }] })
    expect(reply.text).toContain('Welcome to Notes')
  })

  test('a change becomes a list of functions with what the words already say', async () => {
    const reply = await ask('create a note "Groceries"', user)
    expect(reply).toMatchObject({ type: 'pick_list', actions: [] })
    expect(reply.pick_list.length).toBeLessThanOrEqual(5)
    expect(reply.pick_list[0]).toMatchObject({
      app_id: 'notes',
      function: 'create_note',
      params: { title: 'Groceries' },
      params_schema: { type: 'object' },
    })
  })

  test('commands run exactly what they say, and wrong ones explain themselves', async () => {
    expect(await ask('/notes.create_note {"title": "By command"}', user)).toMatchObject({
      text: 'Created the note “By command”.',
      actions: [{ status: 'success' }],
    })
    // What it leaves out is asked for in a form that holds what it says.
    const form = await ask('/notes.create_note {"content_text": "Half a command"}', user)
    expect(form).toMatchObject({ type: 'pick_list', actions: [] })
    expect(form.pick_list).toMatchObject([
      { app_id: 'notes', function: 'create_note', params: { content_text: 'Half a command' } },
    ])
    expect((await ask('/notes.create_note [1]', user)).text).toContain('must be one JSON object')
    expect((await ask('/notes.fly {}', user)).text).toContain('There is no function notes.fly')
    expect((await ask('/', user)).text).toContain('A command looks like')
  })

  test('help lists what the installed apps can do', async () => {
    const { text } = await ask('help', user)
    expect(text).toContain('**Notes**')
    expect(text).toContain('**Tasks**')
    // With many apps a few functions of each, so that it can be read.
    expect(text.split('\n').filter((line) => line.startsWith('- ')).length).toBeLessThanOrEqual(42)
    expect(text).toMatch(/^… and \d+ more$/m)
  })
})
