import type { ChatMessage, ChatStep } from '@imperal/contract'
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
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'
import { type Listening, listen } from '../support/stream.ts'

const PROBE = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as ui from '@imperal/sdk/ui'
import * as z from 'zod'
export const ext = new Extension('probe', {
  version: '1.0.0', displayName: 'Probe', description: 'Does what the rules of the assistant are tried on.',
  icon: 'icon.svg', capabilities: ['probe:write', 'probe:read'],
})
const chat = new ChatExtension(ext, { toolName: 'probe', description: 'Tries the assistant.' })
chat.function('keep_words', { description: 'Keeps words exactly as they were said.', params: z.object({ words: z.string(), level: z.enum(['low', 'high']).optional() }), actionType: 'write', effects: ['create:words'] },
  async (ctx, { words }) => { await ctx.store.create('words', { words }); return ActionResult.success({ words }, 'Kept.') })
chat.function('list_words', { description: 'Lists the words that were kept.', params: z.object({}), actionType: 'read' },
  async (ctx) => { const page = await ctx.store.query('words', {}); return ActionResult.success({ words: page.data.map((one) => one.data.words) }) })
chat.function('read_report', { description: 'Reads a very long report.', params: z.object({}), actionType: 'read' },
  async () => ActionResult.success({ pages: Array.from({ length: 60 }, (_, page) => 'page ' + page + ' ' + 'x'.repeat(400)), last: 'the end of the report' }))
chat.function('fail_now', { description: 'Fails with an exception that nobody may read.', params: z.object({}), actionType: 'write', effects: ['create:nothing'] },
  async () => { throw new TypeError('Cannot read properties of undefined at /home/app/index.js:12:3 (sk-secret12345678)') })
chat.function('work_slowly', { description: 'Works for some seconds.', params: z.object({ name: z.string() }), actionType: 'write', effects: ['create:work'] },
  async (ctx, { name }) => { await new Promise((resolve) => setTimeout(resolve, 3_500)); return ActionResult.success({ name }, 'Worked on ' + name + '.') })
const ENTRIES = Array.from({ length: 130 }, (_, at) => ({ entry_id: 'entry' + (at + 1), title: 'Entry ' + (at + 1) }))
chat.function('list_entries', { description: 'Lists entries, twenty on a page.', params: z.object({ kind: z.enum(['some', 'many']), page: z.number().int().optional() }), actionType: 'read' },
  async (_ctx, { kind, page = 1 }) => {
    const all = kind === 'some' ? ENTRIES.slice(0, 45) : ENTRIES
    const items = all.slice((page - 1) * 20, page * 20)
    return ActionResult.success({ items, total: all.length, page, has_more: page * 20 < all.length })
  })
chat.function('mark_entry', { description: 'Marks one entry as seen.', params: z.object({ entry_id: z.string() }), actionType: 'write', idProjection: 'entry_id', effects: ['update:entry'] },
  async (_ctx, { entry_id }) => ActionResult.success({ entry_id }, 'Marked.'))
chat.function('rename_entry', { description: 'Renames one entry of the list.', params: z.object({ entry_id: z.string(), title: z.string() }), actionType: 'write', idProjection: 'entry_id', effects: ['update:entry'] },
  async (_ctx, { entry_id, title }) => ActionResult.success({ entry_id, title }, 'Renamed.'))
chat.function('speak_up', { description: 'Says something later, by itself.', params: z.object({}), actionType: 'read' },
  async (ctx) => { await ctx.deliverChatMessage('Your report is ready.'); return ActionResult.success({}) })
chat.function('trash_words', { description: 'Trashes all words for good.', params: z.object({}), actionType: 'destructive', effects: ['delete:words'] },
  async () => ActionResult.success({}, 'Trashed.'))
ext.panel('main', { slot: 'left', title: 'Probe' }, async () => ui.Text({ content: 'Probe' }))
`

let server: TestServer
let admin: Session
let assistant: Assistant
let model: ModelProvider
let stream: Listening
let script: Partial<Record<Task, (request: ModelRequest) => ModelAnswer>>
let turns = 0

beforeAll(async () => {
  model = await startModelProvider((request) => script[taskOf(request)]?.(request) ?? { status: 400 })
  server = await startTestServer({
    env: {
      ...settingsFor(model),
      // Below what `work_slowly` takes, and far above what any other call takes on a busy machine.
      IMPERAL_PROMOTION_THRESHOLD_MS: '3000',
    },
  })
  admin = await signInAdmin(server)
  assistant = assistantOf(admin)
  await deploySource(server.url, admin, PROBE)
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

const ask = (text: string, more: object = {}) => assistant.ask(text, `rules-${++turns}`, more)
/** The stream has told the whole answer, hence everything before it. */
const told = (reply: ChatMessage) =>
  stream.first(({ type, payload }) => type === 'chat_message' && payload.message_id === reply.message_id)
const classifying = () => model.requests.filter((request) => taskOf(request) === 'classify')
const words = async () => ((await admin.call('probe', 'list_words')).data as { words: string[] }).words
const limit = (assistantLimits: object) => admin.request('PATCH', '/v1/admin/llm', { assistant: assistantLimits })

describe('what is understood', () => {
  test('[K2.1] [K2.21] the classifier sees functions that people mean, never panels and other synthetic entries, and alone decides', async () => {
    script.classify = () => plan([], { intent: 'navigate' })
    script.talk = () => ({ text: 'Hello.' })
    await ask('hello there, may I keep words, list words and trash words here?')
    const [request] = classifying().slice(-1)
    expect(request?.system).toContain('probe.keep_words [write]')
    expect(request?.system).toContain('probe.trash_words [destructive]')
    expect(request?.system).not.toMatch(/__(?:panel|widget|tray|webhook)__|skeleton_|tool_\w+_chat/)
    // Two requests for a turn of words alone: one to understand, one to answer. No app runs a loop of its own.
    expect(model.requests.slice(-2).map(taskOf)).toEqual(['classify', 'talk'])
  })

  test('[K2.9] sure of the app and not of its function: a narrower request chooses among the functions of that app, and the corridor does the rest', async () => {
    script.classify = () => plan([], { intent: 'write', apps: ['probe'] })
    script.pick = () => ({ text: JSON.stringify({ function: 'keep_words', args: '{"words":"picked"}' }) })
    const reply = await ask('keep the word picked')
    expect(reply.actions).toMatchObject([
      { app_id: 'probe', function: 'keep_words', status: 'success', arguments: { words: 'picked' } },
    ])
    expect(await words()).toContain('picked')
    const asked = model.requests.findLast((request) => taskOf(request) === 'pick')
    expect(asked?.system).toContain('probe.keep_words [write]')
    expect(asked?.system.split('\nFunctions')[1]?.split('Exact results')[0]).not.toMatch(/notes\.|automations\./)
    const usage = (await admin.request('GET', '/v1/admin/llm/usage')).body as { by_purpose?: { purpose: string }[] }
    expect(JSON.stringify(usage)).toContain('tool_picker')
    // Removing has its card, however the function was found.
    script.pick = () => ({ text: JSON.stringify({ function: 'trash_words', args: '{}' }) })
    const card = await ask('trash all words')
    expect(card).toMatchObject({ type: 'confirmation', actions: [{ function: 'trash_words', status: 'intercepted' }] })
    await admin.request('POST', `/v1/confirmations/${card.confirmation_id}/cancel`, {})
  })

  test('[K2.9] [K2.34] a picker that fits nothing, invents a function or answers in no shape runs nothing', async () => {
    const before = await words()
    script.classify = () => plan([{ tool: 'probe' }], { intent: 'write' })
    for (const text of ['{"function":null,"args":"{}"}', '{"function":"burn_words","args":"{}"}', 'no shape']) {
      script.pick = () => ({ text })
      expect((await ask('keep the word unpicked')).actions, text).toEqual([])
    }
    script.pick = () => ({ status: 503 })
    expect((await ask('keep the word unpicked')).text).toContain('AI model is currently unavailable')
    expect(await words()).toEqual(before)
  })

  test.each([
    [0.9, 'keep_words', 'runs'],
    [0.75, 'keep_words', 'runs'],
    [0.74, 'keep_words', 'asks'],
    [0.5, 'list_words', 'runs'],
    [0.44, 'list_words', 'asks'],
  ] as const)('[K2.11] at a confidence of %d %s %s', async (confidence, name, what) => {
    const args = name === 'keep_words' ? { words: `sure ${confidence}` } : {}
    script.classify = () => plan([{ tool: `probe.${name}`, args }], { confidence, question: 'Is that what you mean?' })
    const reply = await ask('keep or list these words')
    if (what === 'runs') expect(reply.actions).toMatchObject([{ function: name, status: 'success' }])
    else expect(reply).toMatchObject({ actions: [], text: 'Is that what you mean?' })
  })

  test('[K2.11] [K9.3] [I-KCTX-CARRIES-LLM-CONFIG-CAPS] the thresholds are the administrator’s, and hold from the next turn on', async () => {
    await limit({ confidence_act_percent: 40 })
    script.classify = () => plan([{ tool: 'probe.keep_words', args: { words: 'bold' } }], { confidence: 0.41 })
    expect((await ask('keep the word bold')).actions).toMatchObject([{ status: 'success' }])
    await limit({ confidence_act_percent: null })
    expect((await ask('keep the word bold')).actions).toEqual([])
  })

  test('[kernel 9.4a] what a tenant sets holds from its next turn on: steps of a plan, tokens and sampling of a purpose', async () => {
    const set = (values: object) => admin.request('PATCH', '/v1/admin/tenant-defaults', values)
    const knobs = { default_max_tool_rounds: 1, purpose_routing_top_p: 0.3, intent_classifier_planner_max_tokens: 600 }
    expect((await set(knobs)).status).toBe(200)
    try {
      const step = { tool: 'probe.list_words' }
      script.classify = () => plan([step, step])
      // What is left is matched by its words alone.
      expect((await ask('list the words twice')).actions.length).toBeLessThan(2)
      const asked = classifying().at(-1)
      expect(asked?.messages.at(-1)?.content).toContain('TOO_MANY_STEPS')
      expect(asked?.body).toMatchObject({ top_p: 0.3, max_tokens: 600 })
    } finally {
      await set(Object.fromEntries(Object.keys(knobs).map((name) => [name, null])))
    }
    expect((await set({ confirmation_card_tokens: 500 })).status).toBe(422)
  })

  test.each(['read', 'write', 'chain', 'automation', 'destructive'])(
    '[K2.4] [K2.13] one intent, “%s”, and it opens no gate: trashing has its card',
    async (intent) => {
      script.classify = () => plan([{ tool: 'probe.trash_words' }], { intent })
      const reply = await ask('trash all my words')
      expect(reply).toMatchObject({ type: 'confirmation', actions: [{ status: 'intercepted' }] })
      await admin.request('POST', `/v1/confirmations/${reply.confirmation_id}/cancel`, {})
      expect(classifying().at(-1)?.system).toContain(
        'Deleting, removing, suspending, revoking, trashing are "destructive"',
      )
    },
  )

  test('[K2.4] two intents at once are none', async () => {
    script.classify = () => plan([{ tool: 'probe.keep_words', args: { words: 'two' } }], { intent: ['read', 'write'] })
    expect((await ask('keep the word two')).actions).toEqual([])
    expect(await words()).not.toContain('two')
  })

  test('[I-AH-3] a value outside its declared choices is refused, and not repaired into another one', async () => {
    script.classify = () =>
      plan([{ tool: 'probe.keep_words', args: { words: 'loud', level: 'deafening' } }], { intent: 'write' })
    script.rebind = () => ({ text: JSON.stringify({ args: JSON.stringify({ words: 'loud', level: 'louder' }) }) })
    const reply = await ask('keep the word loud at the deafening level')
    expect(reply.actions).toMatchObject([{ status: 'validation_rejected' }])
    expect(await words()).not.toContain('loud')
  })
})

describe('what is said', () => {
  test.each([
    ['de', 'Behalte das bitte, auch wenn es nicht geht', /nicht/],
    ['ru', 'Сохрани это, пожалуйста', /[а-я]{3,}/],
  ])('[K1.4] [I-MAGIC-UX-1] in %s a failure is told in that language', async (language, text, words) => {
    script.classify = () => plan([{ tool: 'probe.fail_now' }], { intent: 'write', language })
    script.narrate = () => ({ status: 500 })
    const reply = await ask(text)
    expect(reply.text).toMatch(words)
    expect(reply.text).not.toContain('did not work')
  })

  test('[K1.4] the language goes to the narrator, and to whoever talks', async () => {
    script.classify = () => plan([{ tool: 'probe.list_words' }], { language: 'es' })
    script.narrate = () => ({ status: 500 })
    await ask('¿qué palabras hay?')
    expect(model.requests.at(-1)?.system).toContain('in the language "es"')
    script.classify = () => plan([], { intent: 'navigate', language: 'fr' })
    script.talk = () => ({ text: 'Bonjour.' })
    await ask('bonjour à toi, comment ça va ?')
    expect(model.requests.at(-1)?.system).toContain('Answer in the language "fr"')
  })

  test('[K1.6] [I-MAGIC-UX] [I-MAGIC-UX-1] [I-MAGIC-UX-2] when everything failed it is said plainly, without a word of the exception, and no model answers instead', async () => {
    script.classify = () => plan([{ tool: 'probe.fail_now' }], { intent: 'write' })
    script.talk = () => ({ text: 'All done, enjoy!' })
    script.narrate = () => ({ text: 'All done, enjoy!' })
    const before = model.requests.length
    const reply = await ask('fail now please')
    expect(reply).toMatchObject({ type: 'error', actions: [{ status: 'failed' }] })
    expect(reply.text).toContain('did not work')
    expect(JSON.stringify(reply)).not.toMatch(/TypeError|properties of undefined|\/home\/app|sk-secret|index\.js/)
    expect(model.requests.slice(before).map(taskOf)).not.toContain('talk')
  })

  test('[K2.10] [K3.45] words alone promise and claim nothing that is not there', async () => {
    script.classify = () => plan([], { intent: 'navigate' })
    script.talk = (request) => {
      expect(request.system).toContain('Capabilities: ')
      expect(request.system).toMatch(/Capabilities: \w+: /)
      expect(request.system).toContain('No action was carried out in this turn')
      return { text: 'I have deleted your words.' }
    }
    expect((await ask('how are you today?')).text).not.toContain('deleted')
  })

  test('[K3.48] [I-BYOLLM-PARTIAL-RECOVERY] when nobody can phrase it, what ran is told all the same, and the turn is handled', async () => {
    script.classify = () =>
      plan([{ tool: 'probe.keep_words', args: { words: 'recovered' } }, { tool: 'probe.fail_now' }], {
        intent: 'write',
      })
    script.narrate = () => ({ hangUp: true })
    const reply = await ask('keep the word recovered and then fail now')
    expect(reply).toMatchObject({ status: 'done', type: 'function_call' })
    expect(reply.text).toContain('Kept.')
    expect(reply.text).toContain('fail now did not work')
    expect(reply.actions.map((action) => action.status)).toEqual(['success', 'failed'])
  })
})

describe('what is passed on', () => {
  const STRANGE = ' “Grüße”\t<b>&amp;</b>\u200d👩‍🚀 line\nbreak \\n {{x}} $REF:nothing 100% '

  test('[I-CHAT-FUNCTION-VERBATIM-PARAMS] [K3.19] the words of a person reach the function byte for byte', async () => {
    script.classify = () => plan([{ tool: 'probe.keep_words', args: { words: STRANGE } }], { intent: 'write' })
    expect((await ask(`keep exactly these words: ${STRANGE}`)).actions).toMatchObject([{ status: 'success' }])
    expect((await words()).map((one) => Buffer.from(one).toString('hex'))).toContain(
      Buffer.from(STRANGE).toString('hex'),
    )
  })

  test('[I-PYDANTIC-RETRY-SCOPE] [I-PYDANTIC-FC-SINGLE-APPEND] [I-PYDANTIC-WIRE-FROZEN] a schema error is repaired into one record of the usual shape; nothing else is tried again', async () => {
    const rebinds = () => model.requests.filter((request) => taskOf(request) === 'rebind').length
    script.classify = () => plan([{ tool: 'probe.keep_words', args: { words: 7 } }], { intent: 'write' })
    script.rebind = () => ({ text: JSON.stringify({ args: '{"words":"seven"}' }) })
    const before = rebinds()
    const repaired = await ask('keep the word seven')
    expect(rebinds()).toBe(before + 1)
    expect(repaired.actions).toMatchObject([
      { function: 'keep_words', status: 'success', arguments: { words: 'seven' } },
    ])
    script.classify = () => plan([{ tool: 'probe.keep_words', args: { words: 'eight' } }], { intent: 'write' })
    const plain = await ask('keep the word eight')
    expect(Object.keys(repaired.actions[0] ?? {}).sort()).toEqual(Object.keys(plain.actions[0] ?? {}).sort())
    expect(Object.keys(repaired).sort()).toEqual(Object.keys(plain).sort())
    script.classify = () => plan([{ tool: 'probe.fail_now' }], { intent: 'write' })
    await ask('fail now please')
    expect(rebinds()).toBe(before + 1)
  })

  test('[K2.29] [I-TOOLS-HONEST-TRUNCATION] [I-TOOLS-PARTIAL-READ] a long result is cut for the next model and says so; a reference still reaches what was cut', async () => {
    await limit({ chain_prior_step_max_chars: 600 })
    try {
      script.classify = () =>
        plan(
          [
            { id: 'a', tool: 'probe.read_report' },
            { id: 'b', tool: 'probe.keep_words', args: { words: 7 }, depends_on: ['a'] },
          ],
          { intent: 'chain' },
        )
      script.rebind = (request) => {
        const said = request.messages.at(-1)?.content ?? ''
        expect(said).toMatch(/\[\.\.\.59 more items\]/)
        expect(said.length).toBeLessThan(3_000)
        return { text: JSON.stringify({ args: '{"words":"from the report"}' }) }
      }
      script.narrate = () => ({ status: 500 })
      expect((await ask('read the report and keep its words')).actions).toMatchObject([
        { status: 'success' },
        { status: 'success' },
      ])
      delete script.rebind
      script.classify = () =>
        plan(
          [
            { id: 'a', tool: 'probe.read_report' },
            { id: 'b', tool: 'probe.keep_words', args: { words: '$REF:probe[0].last' }, depends_on: ['a'] },
          ],
          { intent: 'chain' },
        )
      await ask('read the report and keep how it ends')
      expect(await words()).toContain('the end of the report')
    } finally {
      await limit({ chain_prior_step_max_chars: null })
    }
  })
})

describe('what a later step is given', () => {
  const chain = () =>
    plan(
      [
        { id: 'a', tool: 'probe.list_words' },
        {
          id: 'b',
          tool: 'probe.keep_words',
          args: { words: '$REF:probe[0].words', level: 'low' },
          depends_on: ['a'],
        },
      ],
      { intent: 'chain' },
    )
  const kept = async (text: string) => {
    const { actions } = await ask(text)
    return actions.map(({ function: name, status, arguments: args }) => [name, status, args])
  }
  const LISTED = ['list_words', 'success', {}]

  test('[K2.27] [K2.28] before a change its text is worded from the results, and nothing else of the call can be changed', async () => {
    for (const text of ['gooseberry', 'rhubarb']) await admin.call('probe', 'keep_words', { words: text })
    script.classify = chain
    const answer = { words: 'Two fruits: gooseberry, rhubarb.', level: 'high', function: 'trash_words', more: true }
    script.rebind = () => ({ text: JSON.stringify({ args: JSON.stringify(answer) }) })
    const before = model.requests.length
    const worded = [LISTED, ['keep_words', 'success', { words: answer.words, level: 'low' }]]
    expect(await kept('list the words and keep a sentence about them')).toEqual(worded)
    const asked = model.requests.slice(before).filter((request) => taskOf(request) === 'rebind')
    expect(asked).toHaveLength(1)
    expect(asked[0]?.system).toContain('probe.keep_words [write]')
    expect(asked[0]?.messages.at(-1)?.content).toMatch(/<results>.*gooseberry.*<\/results>/s)
    // What a person wrote into the plan is nobody’s to word, and a step alone builds on nothing.
    script.classify = () => plan([{ tool: 'probe.keep_words', args: { words: 'as it is' } }], { intent: 'write' })
    expect(await kept('keep “as it is”')).toEqual([['keep_words', 'success', { words: 'as it is' }]])
  })

  test('[K2.27] [K2.28] without an answer, or where the administrator wants none, data becomes a Markdown list', async () => {
    script.classify = chain
    const isList = ['keep_words', 'success', { words: expect.stringMatching(/^- .*\n- rhubarb/s), level: 'low' }]
    script.rebind = () => ({ status: 500 })
    expect(await kept('list the words and keep them')).toEqual([LISTED, isList])
    await limit({ step_reclassify_enabled: false })
    try {
      script.rebind = () => ({ text: JSON.stringify({ args: '{"words":"unasked"}' }) })
      expect(await kept('list the words and keep them')).toEqual([LISTED, isList])
    } finally {
      await limit({ step_reclassify_enabled: null })
    }
  })
})

test('[K2.8] a result that is larger than later turns may refer to is dropped, and a reference to it is refused with the reason', async () => {
  await limit({ cross_turn_facts_full_cap_bytes: 1000 })
  try {
    script.classify = () => plan([{ tool: 'probe.read_report' }])
    const [{ status } = { status: '' }] = (await assistant.ask('read the report', 'cap')).actions
    expect(status).toBe('success')
    const before = await words()
    script.classify = () =>
      plan([{ tool: 'probe.keep_words', args: { words: '$REF:prior_turn[-1].probe.last' } }], { intent: 'write' })
    expect((await assistant.ask('keep how it ends', 'cap')).actions).toEqual([])
    expect(classifying().at(-1)?.messages.at(-1)?.content).toContain('cross_turn_data_exceeds_cap')
    expect(await words()).toEqual(before)
    // The next reading is small enough.
    await limit({ cross_turn_facts_full_cap_bytes: null })
    script.classify = () => plan([{ tool: 'probe.read_report' }])
    await assistant.ask('read the report', 'cap')
    script.classify = () =>
      plan([{ tool: 'probe.keep_words', args: { words: '$REF:prior_turn[-1].probe.last' } }], { intent: 'write' })
    expect((await assistant.ask('keep how it ends', 'cap')).actions).toMatchObject([{ status: 'success' }])
  } finally {
    await limit({ cross_turn_facts_full_cap_bytes: null })
  }
})

describe('what no installed app can do', () => {
  test('[2.8] [K2.15] the app of the marketplace that may is named, to whom it is open, instead of functions that fit by a verb alone', async () => {
    const account = { email: 'newcomer@example.com', password: 'long-password' }
    await admin.request('POST', '/v1/users', account)
    const session = await signIn(server, account.email, account.password)
    const newcomer = assistantOf(session)
    const NONE = 'No installed app can do that. You can look for one in the Marketplace.'
    const SOME =
      /^No installed app can do that\. The Marketplace has one that may: \[probe\]\(\/marketplace\/probe\)\.$/
    const unavailable = { reason: 'tool_unavailable', user_message: '', next_steps: [] }
    script.classify = () => plan([], { intent: 'refuse', refusal: unavailable })
    script.talk = () => ({ text: 'You are welcome.' })
    const told = async (text: string) => (await newcomer.ask(text, 'newcomer')).text
    // Its author alone may use it so far.
    expect(await told('put words into my probe')).toBe(NONE)
    await admin.request('POST', '/v1/admin/apps/probe/status', { status: 'active' })
    const before = model.requests.length
    expect(await told('put words into my probe')).toMatch(SOME)
    expect(model.requests.slice(before).map(taskOf)).toEqual(['classify'])
    expect(await told('brew xylophones')).toBe(NONE)
    // Words alone are answered, whatever the marketplace holds.
    script.classify = () => plan([], { intent: 'navigate' })
    expect(await told('kind words, thank you')).not.toContain('probe')
    script.classify = () => ({ status: 401 })
    const matched = await newcomer.ask('create a probe', 'newcomer')
    expect(matched.pick_list ?? []).toEqual([])
    expect(matched.text).toContain('The Marketplace has one that may: [probe](/marketplace/probe).')
    expect(await told('have a nice day with kind words')).not.toContain('probe')
    script.classify = () => plan([], { intent: 'refuse', refusal: unavailable })
    const config = { access_policy: { denied_users: [session.userId] } }
    const service = { 'x-service-token': server.serviceToken }
    expect((await send(`${server.registryUrl}/v1/apps/probe`, 'PUT', { config }, service)).status).toBe(200)
    expect(await told('put words into my probe')).toBe(NONE)
    const open = { config: { access_policy: {} } }
    expect((await send(`${server.registryUrl}/v1/apps/probe`, 'PUT', open, service)).status).toBe(200)
    await session.request('POST', '/v1/marketplace/apps/probe/install', {})
    expect(await told('put words into my probe')).toBe(NONE)
  })
})

describe('chains', () => {
  test('[K1.7] [I-STREAM-STEP-LABEL-USER-LANG] [K2.31] [K2.22] [K2.23] a slow call alone goes on as a task; as steps of a chain they are waited for, step by step', async () => {
    script.classify = () => plan([{ tool: 'probe.work_slowly', args: { name: 'one' } }], { intent: 'write' })
    expect(await ask('work slowly on one')).toMatchObject({ type: 'task_promoted' })
    script.classify = () =>
      plan(
        [
          { id: 'a', tool: 'probe.work_slowly', args: { name: 'two' } },
          { id: 'b', tool: 'probe.work_slowly', args: { name: '$REF:probe[0].name' }, depends_on: ['a'] },
        ],
        { intent: 'chain', language: 'de' },
      )
    script.narrate = () => ({ status: 500 })
    const seen = stream.messages.length
    const reply = await ask('Arbeite langsam an two und dann noch einmal daran')
    expect(reply).toMatchObject({ type: 'function_call', actions: [{ status: 'success' }, { status: 'success' }] })
    expect(new Set(reply.actions.map((action) => action.trace_id)).size).toBe(1)
    await told(reply)
    const statuses = stream.messages
      .slice(seen)
      .filter(({ type, payload }) => type === 'chat_status' && payload.message_id === reply.message_id)
      .map(({ payload }) => payload.status_text)
    expect(statuses).toEqual(
      expect.arrayContaining(['Schritt 1/2: work slowly', 'Schritt 2/2: work slowly', 'Fasse die Ergebnisse zusammen']),
    )
    // One understanding for the whole chain, and no model between its steps.
    expect(
      model.requests
        .slice(-3)
        .map(taskOf)
        .filter((task) => task === 'classify'),
    ).toHaveLength(1)
  })

  test('[K2.25] an id that nobody named is refused, and the next plan reads before it writes', async () => {
    script.classify = (request) =>
      request.messages.at(-1)?.content.includes('was refused')
        ? plan([{ tool: 'probe.list_words' }])
        : plan([{ tool: 'notes.delete_note', args: { note_id: 'note-about-taxes-7' } }], { intent: 'destructive' })
    script.narrate = () => ({ status: 500 })
    const reply = await ask('delete the note about taxes')
    expect(reply.confirmation_id).toBeNull()
    expect(reply.actions.map((action) => action.function)).toContain('list_words')
  })
})

describe('lists that come in pages', () => {
  const marking = (kind: string, more: object) => () =>
    plan(
      [
        { id: 'a', tool: 'probe.list_entries', args: { kind } },
        { id: 'b', tool: 'probe.mark_entry', args: { entry_id: '$REF:probe[0].items' }, depends_on: ['a'] },
      ],
      { intent: 'chain', ...more },
    )
  const named = (reply: ChatMessage, name: string) => reply.actions.filter((action) => action.function === name)

  test('[K2.30] “has_more” is followed when the person asked for all, and what was found is one set', async () => {
    script.classify = marking('some', { wants_all: true })
    script.narrate = () => ({ status: 500 })
    const reply = await ask('mark all entries')
    expect(named(reply, 'list_entries').map(({ arguments: args }) => args)).toEqual([
      { kind: 'some' },
      { kind: 'some', page: 2 },
      { kind: 'some', page: 3 },
    ])
    expect(new Set(named(reply, 'mark_entry').map(({ arguments: args }) => args.entry_id)).size).toBe(45)
    expect(reply.actions.every((action) => action.status === 'success')).toBe(true)
  })

  test('[K2.30] when nobody asked for all, the page that was read is what is acted on', async () => {
    script.classify = marking('some', {})
    script.narrate = () => ({ status: 500 })
    const reply = await ask('mark entries')
    expect([named(reply, 'list_entries').length, named(reply, 'mark_entry').length]).toEqual([1, 20])
  })

  test('[K2.30] more than fifty are not acted on: reading ends there, and the person is asked to narrow it down', async () => {
    script.classify = marking('many', { wants_all: true })
    script.narrate = () => ({ status: 500 })
    const reply = await ask('mark all the many entries')
    expect([named(reply, 'list_entries').length, named(reply, 'mark_entry').length]).toEqual([3, 0])
    expect(reply.text).toContain('60')
    expect(reply.text).toContain('50')
  })
})

describe('what the stream tells', () => {
  const frames = (seen: number, reply: ChatMessage) =>
    stream.messages
      .slice(seen)
      .filter(({ type, payload }) => type === 'chat_status' && payload.message_id === reply.message_id)
      .map(({ payload }) => payload as { status_text: string; step?: ChatStep })

  test('[I-FRAMES-FACTS-ONLY] [I-STREAM-STEP-DIFF] frames of a step hold facts of its call, with what it changed; the label holds nothing else', async () => {
    script.classify = () =>
      plan(
        [
          { id: 'a', tool: 'probe.list_entries', args: { kind: 'some' } },
          { id: 'b', tool: 'probe.rename_entry', args: { entry_id: 'entry2', title: 'Second' }, depends_on: ['a'] },
        ],
        { intent: 'chain', question: 'Words of a model that no frame repeats' },
      )
    script.narrate = () => ({ status: 500 })
    const seen = stream.messages.length
    const reply = await ask('rename entry2 to Second')
    await told(reply)
    const seenFrames = frames(seen, reply)
    const facts = { step_id: 'b', index: 2, total: 2, app_id: 'probe', function: 'rename_entry', action_type: 'write' }
    expect(seenFrames.flatMap(({ step }) => (step?.step_id === 'b' ? [step] : []))).toEqual([
      { ...facts, phase: 'start', call_id: null, status: null, duration_ms: null, changes: [] },
      {
        ...facts,
        phase: 'done',
        call_id: reply.actions.at(-1)?.call_id,
        status: 'success',
        duration_ms: expect.any(Number),
        changes: [{ field: 'title', before: 'Entry 2', after: 'Second' }],
      },
    ])
    const steps = seenFrames.filter(({ step }) => step !== undefined)
    expect(steps.map(({ step }) => step?.phase)).toEqual(['start', 'done', 'start', 'done'])
    // Before and behind the steps stand two fixed phrases; no word of a model is in any frame.
    expect(seenFrames.map(({ status_text }) => status_text)).toEqual([
      'Thinking',
      ...['Step 1/2: list entries', 'Step 1/2: list entries', 'Step 2/2: rename entry', 'Step 2/2: rename entry'],
      'Putting the results together',
    ])
    expect(reply.actions.at(-1)?.changes).toEqual([{ field: 'title', before: 'Entry 2', after: 'Second' }])
  })

  test('[I-VISIBLE-ASSISTANT-QUESTION] the final frame tells whether a reply is awaited', async () => {
    const last = async (reply: ChatMessage) =>
      until(async () =>
        stream.messages.findLast(
          ({ type, payload }) => type === 'chat_message' && payload.message_id === reply.message_id,
        ),
      )
    script.classify = () => plan([], { intent: 'clarify', question: 'Which words shall I keep?' })
    const asked = await ask('keep words')
    expect(asked.awaits_reply).toBe(true)
    expect((await last(asked)).payload).toMatchObject({ awaits_reply: true, status: 'done' })
    script.classify = () => plan([{ tool: 'probe.keep_words', args: { words: 'answered' } }], { intent: 'write' })
    script.narrate = () => ({ status: 500 })
    const done = await ask('keep the word answered')
    expect(done.awaits_reply).toBe(false)
    expect((await last(done)).payload).toMatchObject({ awaits_reply: false })
    // A card waits for its buttons, not for words.
    script.classify = () => plan([{ tool: 'probe.trash_words' }], { intent: 'destructive' })
    const card = await ask('trash all words')
    expect(card).toMatchObject({ type: 'confirmation', awaits_reply: false })
    await admin.request('POST', `/v1/confirmations/${card.confirmation_id}/cancel`, {})
  })

  test('[K9.12] the assistant speaks first when an app has something to say, and nobody asked', async () => {
    const seen = stream.messages.length
    await admin.call('probe', 'speak_up')
    const said = await until(async () =>
      stream.messages.slice(seen).find(({ type, payload }) => type === 'chat_message' && payload.app_id === 'probe'),
    )
    expect(said.payload).toMatchObject({ role: 'assistant', text: 'Your report is ready.', awaits_reply: false })
  })
})

describe('coming back', () => {
  test('[I-MARATHON-USER-WAKE] a card that waits is told again to whoever comes back, with the same id, and stands in the conversation once', async () => {
    script.classify = () => plan([{ tool: 'probe.trash_words' }], { intent: 'destructive' })
    const card = await ask('trash all words at last')
    const again = await listen(server.url, admin)
    const isCard = ({ type, payload }: { type: string; payload: Readonly<Record<string, unknown>> }) =>
      type === 'chat_message' && payload.confirmation_id === card.confirmation_id
    try {
      expect((await again.first(isCard)).payload).toMatchObject({ message_id: card.message_id, type: 'confirmation' })
      // The one who was there all the time heard it once.
      await stream.first(isCard)
      expect(stream.messages.filter(isCard)).toHaveLength(1)
      expect(again.messages.filter(isCard)).toHaveLength(1)
      const stored = await assistant.messages(card.conversation_id)
      expect(stored.filter((message) => message.confirmation_id === card.confirmation_id)).toHaveLength(1)
    } finally {
      again.close()
    }
    await admin.request('POST', `/v1/confirmations/${card.confirmation_id}/cancel`, {})
    await until(async () => (await assistant.messages(card.conversation_id)).length > 1)
    const later = await listen(server.url, admin)
    await admin.call('probe', 'speak_up')
    await later.first(({ type, payload }) => type === 'chat_message' && payload.app_id === 'probe')
    expect(later.messages.filter(isCard)).toEqual([])
    later.close()
  })
})

describe('memory', () => {
  test('[K1.9] a preview ends after 1,500 characters', async () => {
    script.classify = () =>
      plan([{ tool: 'probe.keep_words', args: { words: 'w'.repeat(2_000) } }], { intent: 'write' })
    script.narrate = () => ({ status: 500 })
    await ask('keep very long words')
    script.classify = () => plan([{ tool: 'probe.list_words' }])
    const shown = /w{100,}/.exec((await ask('list the words')).text)?.[0]
    expect(shown).toHaveLength(1_500)
  })

  test('[K1.11] a model reads as many messages as it may and no more, the newest six whole', async () => {
    const id = 'rules-long'
    script.classify = () => plan([], { intent: 'navigate' })
    script.talk = () => ({ text: 'Yes.' })
    const long = 'b'.repeat(700)
    for (let at = 0; at < 8; at++) await assistant.ask(`message ${at} ${long}`, id)
    await limit({ default_routing_context: 10 })
    try {
      await assistant.ask('and now?', id)
    } finally {
      await limit({ default_routing_context: null })
    }
    const messages = classifying().at(-1)?.messages ?? []
    expect(messages[0]?.role).toBe('user')
    expect(messages.length).toBeLessThanOrEqual(11)
    const said = messages.filter((message) => message.role === 'user')
    expect(said[0]?.content).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d\] message/)
    expect(said[0]?.content.length).toBeLessThan(560)
    expect(said.at(-2)?.content.length).toBeGreaterThan(700)
    expect(messages.some((message) => message.content.includes('message 0'))).toBe(false)
  })
})

describe('[K3.48] [I-BYOLLM-PARTIAL-RECOVERY] a model that fails when it is to plan once more', () => {
  /** The first planning, and then an outage. */
  const once = (answer: ModelAnswer, then: ModelAnswer = { status: 500 }) => {
    let asked = 0
    script.classify = () => (asked++ === 0 ? answer : then)
    script.narrate = () => ({ status: 500 })
    return () => asked
  }
  const unbound = { id: 'c', tool: 'probe.rename_entry', args: { entry_id: '$REF:probe[0].nothing', title: 'Gone' } }

  test.each([
    ['with errors', { status: 500 }],
    ['with a cut connection', { hangUp: true }],
    ['with a refused key', { status: 401 }],
  ] as [string, ModelAnswer][])(
    '%s: what ran is told, the rest runs, nothing is offered again',
    async (how, outage) => {
      const word = `kept ${how}`
      const asked = once(
        plan(
          [
            { id: 'a', tool: 'probe.keep_words', args: { words: word } },
            { ...unbound, depends_on: ['a'] },
            { id: 'b', tool: 'probe.keep_words', args: { words: `${word} too` } },
          ],
          { intent: 'chain' },
        ),
        outage,
      )
      const reply = await ask(`keep the words ${word} and ${word} too, and rename the entry to Gone`)
      expect(asked()).toBeGreaterThan(1)
      expect(reply).toMatchObject({ status: 'done', type: 'function_call', pick_list: [] })
      expect(reply.actions.map(({ function: name, status }) => [name, status])).toEqual([
        ['keep_words', 'success'],
        ['keep_words', 'success'],
      ])
      expect(reply.text).toContain('Kept.')
      expect(reply.text).toContain('rename entry was not run')
      expect(reply.text).not.toContain('unavailable')
      expect((await words()).filter((one) => one.startsWith(word))).toHaveLength(2)
    },
  )

  test('after reads alone they are told, and that nothing more was done', async () => {
    const asked = once(plan([{ tool: 'probe.list_words' }], { intent: 'write' }))
    const reply = await ask('tidy up my words')
    expect(asked()).toBeGreaterThan(1)
    expect(reply).toMatchObject({ status: 'done', actions: [{ function: 'list_words', status: 'success' }] })
    expect(reply.text).toMatch(/nothing more was done\. Please try again\.$/)
    expect(reply.text).toContain('kept with errors')
    expect(reply.pick_list).toEqual([])
  })
})
