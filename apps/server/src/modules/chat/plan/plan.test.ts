import type { JsonObject } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import type { CallOutcome, CatalogFunction } from '../../kernel/index.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { factLines, factOf } from '../memory/facts.ts'
import { bindStep } from './bind-step.ts'
import { toMarkdown } from './markdown.ts'
import { openArguments, withTexts } from './open-arguments.ts'
import { Classification, type Plan, runningOrder, targetParameter, toolName, validatePlan } from './plan.ts'
import type { CallRecord } from './records.ts'

const fn = (name: string, more: Partial<CatalogFunction> = {}): CatalogFunction => ({
  appId: 'mail',
  appName: 'Mail',
  name,
  description: 'Does something with mail.',
  actionType: 'read',
  paramsSchema: { type: 'object', properties: {} },
  returnSchema: {},
  idProjection: '',
  effects: [],
  ownerChatTool: '',
  chainCallable: true,
  ...more,
})
const ID: JsonObject = { type: 'object', properties: { message_id: { type: 'string' } }, required: ['message_id'] }
const LIST = fn('list_unread', {
  returnSchema: {
    type: 'object',
    properties: { items: { type: 'array', items: { type: 'object', properties: { message_id: { type: 'string' } } } } },
  },
})
const DELETE = fn('delete_mail', { actionType: 'destructive', paramsSchema: ID })
const SEND = fn('send_mail', { actionType: 'destructive' })
const NOTE = fn('create_note', {
  appId: 'notes',
  actionType: 'write',
  paramsSchema: { type: 'object', properties: { title: { type: 'string' }, content_text: { type: 'string' } } },
})
const ALONE = fn('export_all', { chainCallable: false })
const catalog = [LIST, DELETE, SEND, NOTE, ALONE]

const proposal = (steps: readonly [tool: string, args?: object, depends?: string[]][], more: object = {}) =>
  Classification.parse({
    intent: 'chain',
    confidence: 0.9,
    language: 'en',
    action_plans: steps.map(([tool, args = {}, depends_on = []], index) => ({
      id: `s${index + 1}`,
      tool,
      args: JSON.stringify(args),
      depends_on,
    })),
    ...more,
  })
const plan = (...args: Parameters<typeof proposal>) =>
  validatePlan(proposal(...args), catalog, { limits: DEFAULT_LIMITS })

describe('validation (kernel 2.5)', () => {
  test('[K2.18] a function that may only stand alone is in no chain', () => {
    expect(plan([['mail.export_all']])).toMatchObject({ steps: [{}] })
    expect(plan([['mail.export_all'], ['mail.list_unread']])).toMatchObject({ code: 'NOT_CHAIN_CALLABLE' })
  })

  test('[K2.26] [I-REF-CAP-PER-ARGS] [I-REF-CAP-CROSS-TURN] references are capped and lead somewhere', () => {
    const refs = (count: number) => ({ title: Array(count).fill('$REF:mail[0].items').join(' ') })
    expect(plan([['mail.list_unread'], ['notes.create_note', refs(20)]])).toMatchObject({ steps: [{}, {}] })
    expect(plan([['mail.list_unread'], ['notes.create_note', refs(21)]])).toMatchObject({
      code: 'REF_COUNT_EXCEEDS_CAP',
    })
    const back = (turns: number) => plan([['notes.create_note', { title: `$REF:prior_turn[-${turns}].mail.items` }]])
    expect(back(5)).toMatchObject({ steps: [{}] })
    expect(back(6)).toMatchObject({ code: 'UNRESOLVED_REFS' })
  })

  test('a reference that the declared result cannot hold is refused before anything runs, and makes its step wait', () => {
    expect(plan([['mail.list_unread'], ['notes.create_note', { title: '$REF:mail[0].subject' }]])).toMatchObject({
      code: 'UNRESOLVED_REFS',
      message: expect.stringContaining('returns no subject'),
    })
    expect(
      plan([['mail.list_unread'], ['notes.create_note', { title: '$REF:mail[0].items[0].message_id' }]]),
    ).toMatchObject({
      steps: [{}, { dependsOn: ['s1'] }],
    })
  })

  test('[K2.33] depth 0 leaves plans of one step', () => {
    const limits = { ...DEFAULT_LIMITS, hub_dispatch_max_depth: 0 }
    const two = proposal([['mail.list_unread'], ['mail.list_unread']])
    expect(validatePlan(two, catalog, { limits })).toMatchObject({ code: 'TOO_MANY_STEPS' })
  })

  test('[K2.4] [I-ACTION-PLAN-ARGS-JSON-STRING] [I-INTENT-ONE-SIGNAL] arguments travel as text, the intent is one of the known ones', () => {
    expect(Classification.safeParse({ ...proposal([]), intent: 'erase' }).success).toBe(false)
    expect(
      Classification.safeParse({ ...proposal([]), action_plans: [{ id: 'a', tool: 'x.y', args: {}, depends_on: [] }] })
        .data?.action_plans,
    ).toEqual([])
  })

  test('[K2.15] a refusal has a typed reason and short words', () => {
    const given = { reason: 'no_scope', user_message: 'You may not.', next_steps: ['Ask your administrator.'] }
    expect(proposal([], { refusal: given }).refusal).toEqual(given)
    expect(proposal([], { refusal: 'cannot' }).refusal).toEqual({ reason: 'external_error', user_message: 'cannot' })
    expect(proposal([], { refusal: null }).refusal).toBe(null)
  })

  test('[sdk 9.11] what is no refusal counts as a reason outside, as the library reads it', () => {
    const nothing = { reason: 'external_error', user_message: '' }
    for (const given of [{ reason: 'mood', user_message: 'No.' }, { ...nothing, more: 1 }, 7])
      expect(proposal([], { refusal: given }).refusal).toEqual(nothing)
  })

  test('[K2.20] [I-TOOL-NAME-PROVIDER-SAFE] a long name round-trips in 64 characters', () => {
    const long = fn('a_function_with_a_name_that_goes_on_and_on', { appId: 'an-extension-with-a-rather-long-id' })
    const alias = toolName(long)
    expect(alias.length).toBeLessThanOrEqual(64)
    const found = validatePlan(proposal([[alias]]), [long], { limits: DEFAULT_LIMITS })
    expect(found).toMatchObject({ steps: [{ function: { name: long.name } }] })
  })
})

test('[K2.24] what is independent runs reads first, then changes, then messages; what is needed always comes before', () => {
  const { steps } = plan([
    ['mail.send_mail'],
    ['notes.create_note', {}],
    ['mail.list_unread'],
    ['mail.delete_mail', { message_id: 'm1' }, ['s1']],
  ]) as Plan
  expect(runningOrder(steps).map((at) => steps[at]?.stepId)).toEqual(['s3', 's2', 's1', 's4'])
})

test('[K2.19] the target: id_projection, else the only id, else the verb’s', () => {
  expect(targetParameter(fn('move', { idProjection: 'place' }))).toBe('place')
  expect(targetParameter(DELETE)).toBe('message_id')
  const two = { type: 'object', properties: { note_id: {}, folder_id: {} } }
  expect(targetParameter(fn('delete_note', { paramsSchema: two }))).toBe('note_id')
  expect(targetParameter(fn('merge', { paramsSchema: two }))).toBeNull()
})

describe('binding (kernel 2.7)', () => {
  const outcome = (data: JsonObject): CallOutcome => ({
    response: { status: 'success', data, summary: null, error: null, ui: null, trace_id: 't' },
    callId: 'cal_1',
    traceId: 't',
    status: 'success',
    actionType: 'read',
    durationMs: 1,
  })
  const bind = (data: JsonObject, second: [string, object?, string[]?]) => {
    const made = plan([['mail.list_unread'], second]) as Plan
    const [step, next] = made.steps
    if (step === undefined || next === undefined) throw new Error('no plan')
    const record: CallRecord = {
      step,
      stepNo: 0,
      itemNo: 0,
      state: 'done',
      callId: 'cal_1',
      args: {},
      outcome: outcome(data),
      reason: null,
      told: false,
    }
    return bindStep(made, next, { records: [record], turns: [], limits: DEFAULT_LIMITS })
  }
  const mails = (count: number) => ({
    items: Array.from({ length: count }, (_, n) => ({ message_id: `m${n}`, subject: `S${n}` })),
    total: count,
  })

  test('[K2.30] a set becomes a call each, once for each target, and at most fifty', () => {
    const all = ['mail.delete_mail', { message_id: '$REF:mail[0].items' }] as [string, object]
    expect(bind(mails(3), all)).toEqual({
      kind: 'calls',
      items: [{ message_id: 'm0' }, { message_id: 'm1' }, { message_id: 'm2' }],
    })
    expect(bind({ items: [{ message_id: 'm1' }, { message_id: 'm1' }] }, all)).toMatchObject({
      items: [{ message_id: 'm1' }],
    })
    expect(bind(mails(51), all)).toEqual({ kind: 'too_many', count: 51, most: 50 })
    expect(bind(mails(0), all)).toEqual({ kind: 'none' })
  })

  test('[K2.19] a target that is left out is the one thing that was found, and never one of several', () => {
    const one = ['mail.delete_mail', {}, ['s1']] as [string, object, string[]]
    expect(bind(mails(1), one)).toEqual({ kind: 'calls', items: [{ message_id: 'm0' }] })
    expect(bind(mails(2), one)).toEqual({ kind: 'ambiguous', choices: ['S0', 'S1'] })
    expect(bind(mails(0), one)).toEqual({ kind: 'none' })
  })

  test('[K2.27] data that lands in a text becomes a Markdown table or list', () => {
    expect(
      bind(mails(2), ['notes.create_note', { title: 'Unread', content_text: '$REF:mail[0].items' }]),
    ).toMatchObject({
      items: [{ title: 'Unread', content_text: '- **S0**\n- **S1**' }],
    })
    expect(toMarkdown([{ name: 'a|b', count: 1 }], 50)).toBe('| name | count |\n| --- | --- |\n| a\\|b | 1 |')
    expect(toMarkdown([1, 2, 3], 2)).toBe('- 1\n- 2\n\n… and 1 more')
  })
})

test('[K2.28] open to a model are the texts that a reference filled: no target, id, choice, literal, or text too long to read whole', () => {
  const paramsSchema = {
    type: 'object',
    properties: {
      note_id: { type: 'string' },
      text: { type: 'string' },
      to: { type: 'string', format: 'email' },
      level: { enum: ['very low', 'high'], type: 'string' },
      title: { type: 'string' },
    },
  }
  const ref = '$REF:mail[0].items'
  const args = { note_id: ref, text: ref, to: ref, level: ref, title: 'two words' }
  const step = { stepId: 'b', function: fn('append_to_note', { paramsSchema }), args, dependsOn: ['a'] }
  const bound = { note_id: 'a b', text: '- one\n- two', to: 'a b', level: 'very low', title: 'two words' }
  if (step === undefined) throw new Error('no step')
  expect(openArguments(step, bound, 100)).toEqual(['text'])
  expect(openArguments(step, bound, 5)).toEqual([])
  expect(openArguments(step, { ...bound, text: 'doc_1' }, 100)).toEqual([])
  expect(withTexts(bound, ['text'], { text: 'worded', note_id: 'other', title: 'mine' })).toEqual({
    ...bound,
    text: 'worded',
  })
  for (const text of ['', '  ', 7, null]) expect(withTexts(bound, ['text'], { text })).toEqual(bound)
})

describe('the fact ledger', () => {
  test('[K2.7] [K2.8] internal keys are left out, and what is too large leaves a mark', () => {
    expect(factOf(LIST, { a: { _meta: 1, b: 2 }, _action_meta: {} }, DEFAULT_LIMITS).data).toEqual({ a: { b: 2 } })
    const large = factOf(LIST, { text: 'x'.repeat(50_001) }, DEFAULT_LIMITS)
    expect(large.data).toEqual({ _exceeds_cap: true })
  })

  test('[K2.6] [I-NO-HARDCODED-DIGEST-CAPS] what the classifier reads is cut as configured, and personal fields are masked', () => {
    const person = fn('get_contact', {
      returnSchema: {
        type: 'object',
        properties: { email: { type: 'string', 'x-sdl-role': 'people.email' }, id: { type: 'string' } },
      },
    })
    const turn = {
      role: 'assistant' as const,
      text: '',
      facts: [{ app_id: 'mail', function: 'get_contact', data: { email: 'ada@example.com', id: 'c1' } }],
    }
    const lines = factLines([turn], [person], DEFAULT_LIMITS)
    expect(lines).toContain('prior_turn[-1].mail')
    expect(lines).not.toContain('ada@example.com')
    expect(factLines([turn], [person], { ...DEFAULT_LIMITS, classifier_data_facts_chars: 5 })).toContain('[cut:')
  })
})
