import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  checkGuards,
  checkIdShape,
  checkNarration,
  checkPlaceholderArgs,
  checkWriteArgBleed,
  EMIT_NARRATION_TOOL,
  EMIT_REFUSAL_TOOL,
  enforceOsIdentity,
  enforceResponseStyle,
  formatLedger,
  formatZodIssues,
  type GuardFacts,
  HUB_DISPATCH_TOOL,
  type LedgerEntry,
  normalizeMarkdown,
  parseNarration,
  parseRefusal,
  type TargetAnswer,
  targetsNote,
  trimToolResult,
} from '../src/index.ts'

const call = (input: Record<string, unknown>) => ({ id: 'c1', name: 'add_note', input: input as never })
const entry = (more: Partial<LedgerEntry>): LedgerEntry => ({
  name: 'add_note',
  params: {},
  actionType: 'write',
  success: true,
  intercepted: false,
  event: '',
  result: null,
  ...more,
})

describe('[9.2] guards', () => {
  test.each(['<UNKNOWN>', ' <TODO> ', '<USER_ID2>', '<A>'])('%s is a placeholder', (value) => {
    expect(checkPlaceholderArgs(call({ a: { b: [value] } }))).toMatch(/^PLACEHOLDER_ARGS rejected.*add_note.*a\.b\[0\]/)
  })
  test.each(['<unknown>', 'x <UNKNOWN>'])('%s is none', (value) => {
    expect(checkPlaceholderArgs(call({ a: value }))).toBeNull()
  })
  test('[D35] [I-WRITE-ARG-NO-BLEED] the error of an earlier failure may not become the content of a change', () => {
    const failed = [entry({ success: false, result: { error_code: 'BACKEND_TIMEOUT' } })]
    const bleeding = call({ body: 'validation_missing_field again' })
    expect(checkWriteArgBleed(bleeding, failed, 'write')).toMatch(
      /^WRITE_ARG_BLEED rejected: .*add_note.*VALIDATION_MISSING_FIELD/,
    )
    expect(checkWriteArgBleed(bleeding, [], 'write')).toBeNull()
    expect(checkWriteArgBleed(bleeding, [entry({})], 'write')).toBeNull()
    expect(checkWriteArgBleed(bleeding, failed, 'read')).toBeNull()
    expect(checkWriteArgBleed(call({ body: 'internal memo' }), failed, 'write')).toBeNull()
    expect(checkWriteArgBleed(call({ body: 'it said INTERNAL.' }), failed, 'destructive')).toContain('INTERNAL')
    const cyclic: Record<string, unknown> = { code: 'INTERNAL' }
    cyclic.self = cyclic
    expect(checkWriteArgBleed(call(cyclic), failed, 'write')).toBeNull()
  })
  test.each(['acme-gmail-4', 'a1-b2-3'])('[9.4] the id %s is invented', (value) => {
    expect(checkIdShape({ message_id: value })).toMatchObject({
      errorCode: 'FABRICATED_ID_SHAPE',
      field: 'message_id',
      value,
    })
  })
  test.each(['acme-gmail-x', 'A-b-1', 'a-b-c-1', 'abc-1', '0191d5a0-7a58-7c3e-9d0a-1b2c3d4e5f60'])(
    '[9.4] the id %s passes',
    (value) => {
      expect(checkIdShape({ message_id: value, note_id: 'a-b-1' })).toBeNull()
    },
  )
})

describe('[9.2] all guards of a call, in their order', () => {
  const self: TargetAnswer = {
    ...{ allowed: true, targetUserId: null, requiredScope: null, forceConfirmation: false, crossUser: false },
  }
  const facts = (more: Partial<GuardFacts> = {}): GuardFacts => ({
    actionType: 'write',
    intent: 'write',
    ledger: [],
    confirmation: { required: true, actions: { destructive: true } },
    caller: { callerId: 'imp_u_ada00001', callerEmail: 'ada@example.com', scopes: [] },
    targetScope: async () => self,
    ...more,
  })
  const failed = entry({ success: false, result: { error_code: 'BACKEND_TIMEOUT' } })

  test('a call that nobody objects to goes on; the intent of a turn is raised to what its model chose, and never blocks', async () => {
    expect(await checkGuards(call({ title: 'Milk' }), facts())).toEqual({ outcome: 'continue', intent: 'write' })
    const intents = ['read', 'chain', 'automation', 'destructive'] as const
    const raised = intents.map((intent) => checkGuards(call({}), facts({ intent })))
    expect((await Promise.all(raised)).map((verdict) => 'intent' in verdict && verdict.intent)).toEqual([
      ...['write', 'chain', 'automation', 'destructive'],
    ])
  })

  test('the first that objects decides: placeholder, bleed, target, confirmation', async () => {
    const wrong = { body: '<BODY>', note: 'BACKEND_TIMEOUT' }
    const foreign = async () => ({
      ...self,
      allowed: false,
      targetUserId: 'imp_u_bob00001',
      requiredScope: 'users:admin',
    })
    const all = facts({ actionType: 'destructive', ledger: [failed], targetScope: foreign })
    const guardOf = async (input: Record<string, unknown>, given: GuardFacts) => {
      const verdict = await checkGuards(call(input), given)
      return verdict.outcome === 'continue' ? 'none' : `${verdict.guard} ${verdict.outcome}`
    }
    expect(await guardOf(wrong, all)).toBe('placeholder_args blocked')
    expect(await guardOf({ note: wrong.note }, all)).toBe('write_arg_bleed blocked')
    expect(await guardOf({}, all)).toBe('target_scope blocked')
    expect(await guardOf({}, { ...all, targetScope: async () => self })).toBe('confirmation intercepted')
  })

  test('a refusal is the envelope for the model and one entry of the ledger', async () => {
    const blocked = await checkGuards(call({ body: '<BODY>' }), facts())
    expect(blocked).toMatchObject({
      content: { RESULT: 'BLOCKED', error: expect.stringMatching(/^PLACEHOLDER_ARGS rejected/) },
      entry: { name: 'add_note', success: false, intercepted: false },
    })
    const asked = await checkGuards(call({ id: 'n1' }), facts({ actionType: 'destructive' }))
    expect(asked).toMatchObject({
      content: { RESULT: 'INTERCEPTED', function: 'add_note', params: { id: 'n1' }, action_type: 'destructive' },
      entry: { params: { id: 'n1' }, success: false, intercepted: true },
    })
    if (asked.outcome === 'continue') return expect.unreachable()
    expect(formatLedger([asked.entry])).toContain('add_note — CONFIRM_REQUIRED')
  })

  test('[I-CONNECTED-EMAILS-VIA-METADATA] the kernel is asked with the bag of addresses, empty when there is none; without a kernel nothing is allowed', async () => {
    const questions: unknown[] = []
    const targetScope = async (question: unknown) => {
      questions.push(question)
      return self
    }
    await checkGuards(call({ email: 'bob@example.com' }), facts({ targetScope }))
    expect(questions).toMatchObject([
      { input: { email: 'bob@example.com' }, actionType: 'write', callerId: 'imp_u_ada00001', connectedEmails: [] },
    ])
    const alone = await checkGuards(call({}), { ...facts(), targetScope: undefined } as never)
    expect(alone).toMatchObject({ outcome: 'blocked', guard: 'target_scope' })
  })

  test('a forced confirmation asks also where the user switched it off, for all kinds or for this one', async () => {
    const targetScope = async () => ({
      ...self,
      crossUser: true,
      forceConfirmation: true,
      targetUserId: 'imp_u_bob00001',
    })
    const policies = [
      { required: false, actions: { all: true } },
      { required: true, actions: { write: true } },
      { required: true, actions: ['write'] as const },
    ]
    for (const confirmation of policies) {
      const verdict = await checkGuards(call({}), facts({ actionType: 'destructive', confirmation, targetScope }))
      expect(verdict).toMatchObject({ outcome: 'intercepted', guard: 'target_scope' })
    }
  })

  test.each([
    ['read', { required: true, actions: { all: true } }, false],
    ['write', { required: true, actions: { destructive: true } }, false],
    ['write', { required: true, actions: { all: true } }, true],
    ['write', { required: true, actions: ['write'] }, true],
    ['destructive', { required: true, actions: ['write'] }, false],
    ['destructive', { required: false, actions: { destructive: true } }, false],
  ] as const)('%s under %j waits: %s', async (actionType, confirmation, waits) => {
    const { outcome } = await checkGuards(call({}), facts({ actionType, confirmation }))
    expect(outcome).toBe(waits ? 'intercepted' : 'continue')
  })
})

test('[9.5] [I-PYDANTIC-FEEDBACK-STRUCTURED] problems of arguments are told one by one', () => {
  const schema = z.strictObject({
    to: z.string(),
    subject: z.string(),
    count: z.number().int(),
    at: z.iso.datetime(),
    tags: z.array(z.string()),
    who: z.union([z.object({ id: z.string(), kind: z.string() }), z.object({ id: z.string() })]),
  })
  const wrong = { subject: 7, count: 'two', at: 'tomorrow', tags: 'a', who: { id: 1 }, colour: 'red' }
  const { error } = schema.safeParse(wrong, { reportInput: true })
  if (error === undefined) return expect.unreachable()
  const lines = formatZodIssues(error).split('\n')
  expect(lines.slice(1, -2).sort()).toEqual(
    [
      "- 'to': required field is missing — provide a value",
      "- 'subject': expected string, got number",
      `- 'count': expected integer, got "two"`,
      `- 'at': expected ISO datetime (like 2026-01-31T09:00:00Z), got "tomorrow"`,
      "- 'tags': expected list/array, got string",
      "- 'who.id': expected string, got number",
      "- 'colour': unknown field — remove it",
    ].sort(),
  )
  expect([lines.at(-2), lines.at(-1)]).toEqual(['', 'Call the function again with corrected arguments.'])
})

describe('[9.6] results for the model', () => {
  test('what is short stays as it is', () =>
    expect(trimToolResult('{"a": [1,2,3,4,5,6,7]}')).toBe('{"a": [1,2,3,4,5,6,7]}'))
  test('lists and texts are cut, ids are not', () => {
    const items = Array.from({ length: 8 }, (_, n) => ({ id: `i${n}`, body: 'x'.repeat(600), other: 'y'.repeat(600) }))
    const trimmed = JSON.parse(trimToolResult(JSON.stringify({ items, subject: 's'.repeat(900) }), { maxTokens: 2600 }))
    expect(trimmed.items).toHaveLength(6)
    expect(trimmed.items[5]).toBe('[...3 more items]')
    expect(trimmed.items[0]).toEqual({
      id: 'i0',
      body: `${'x'.repeat(500)}... [600 chars total]`,
      other: 'y'.repeat(600),
    })
    expect(trimmed.subject).toHaveLength(900)
  })
  test('what is no JSON, or still too long, is cut hard', () => {
    expect(trimToolResult('z'.repeat(100), { maxTokens: 10 })).toBe(
      `${'z'.repeat(30)}\n[...truncated, 100 chars total]`,
    )
  })
})

describe('[9.9] filters of what is said', () => {
  test('no module introduces itself, nobody is sent elsewhere', () => {
    expect(enforceOsIdentity("I'm the notes assistant. Your list has 3 items.")).toBe('Your list has 3 items.')
    expect(enforceOsIdentity('Please open the Calendar app.')).toBe('How can I help?')
    expect(enforceOsIdentity('Откройте приложение Календарь.')).toBe('Чем могу помочь?')
    expect(enforceOsIdentity('Three notes were found. All are new.')).toBe('Three notes were found. All are new.')
  })
  test('lines stay lines; the platform itself, the one assistant and quoted words are no other app', () => {
    expect(enforceOsIdentity("Two notes:\n- Milk\n- Bread\nI'm the notes module. Done.")).toBe(
      'Two notes:\n- Milk\n- Bread\nDone.',
    )
    for (const text of [
      'Go to the marketplace and install the app.',
      "I'm the one assistant Webbee.",
      'Ask your team what they think of how the new app looks.',
    ])
      expect(enforceOsIdentity(text)).toBe(text)
    const quoting = 'Created the task “Try the new app”.'
    expect(enforceOsIdentity(quoting)).toBe('How can I help?')
    expect(enforceOsIdentity(quoting, { evidence: '{"title":"Try the new app"}' })).toBe(quoting)
  })
  test('[I-M-P-E-R-A-L] whatever model speaks, it has the one name; the platform is spelled right', () => {
    expect(enforceOsIdentity('I am ChatGPT, trained by OpenAI. Welcome to Imperial.', { assistantName: 'Ada' })).toBe(
      'I am Ada. Welcome to Imperal.',
    )
  })
  test('no emoji, no empty phrases', () => {
    expect(enforceResponseStyle('Of course! 🎉 Party of 3\n- 🥛 Milk © 2026\n\n```\nlog("🎉")\n\n\nend\n```')).toBe(
      'Party of 3\n- Milk © 2026\n\n```\nlog("🎉")\n\n\nend\n```',
    )
    expect(enforceResponseStyle('می‌خواهم')).toBe('می‌خواهم')
    expect(enforceResponseStyle('Saved your data.\nTotal: 3')).toBe('Total: 3')
    expect(enforceResponseStyle('Saved your data.\nTotal: 3', { says: () => true })).toBe('Saved your data.\nTotal: 3')
    expect(enforceResponseStyle('Saved.\nFeel free to ask.\nTotal: 3')).toBe('Saved.\nTotal: 3')
    expect(enforceResponseStyle('Let me know!')).toBe('Let me know!')
    expect(enforceResponseStyle('5 → 6')).toBe('5 → 6')
    expect(enforceResponseStyle('Done 🎉👍🏽\n\n\n\nNext 1\uFE0F\u20E3')).toBe('Done \n\nNext')
  })
  test('[I-MD-2] bold marks are tight, and doing it twice changes nothing', () => {
    expect([normalizeMarkdown('** a **'), normalizeMarkdown('** **'), normalizeMarkdown('x ** y')]).toEqual([
      '**a**',
      '',
      'x ** y',
    ])
    expect(normalizeMarkdown(normalizeMarkdown('** a ** and ** b**'))).toBe('**a** and **b**')
  })
})

test('[9.10] the list of what happened', () => {
  expect(formatLedger([])).toBe('(no operations were performed)')
  const data = { a: 1, b: 'two', c: 3, d: 4, e: 5 }
  expect(
    formatLedger([
      entry({ result: { summary: 'Saved', data: {} } }),
      entry({ name: 'list', result: { summary: '', data } }),
      entry({ name: 'send', success: false, result: { error: 'No answer.' } }),
      entry({ name: 'wipe', success: false, intercepted: true }),
    ]),
  ).toBe(`- add_note — SUCCESS: Saved
- list — SUCCESS: a=1, b=two, c=3, d=4, ...
- send — ERROR: No answer.
- wipe — CONFIRM_REQUIRED: awaiting user confirmation
(4 operations total: 2 succeeded, 1 failed, 1 awaiting confirmation)`)
  expect(formatLedger([entry({})])).toContain('(1 operation total: 1 succeeded, 0 failed)')
})

describe('[9.10] narration', () => {
  const verdict = { call_index: 0, name: 'add_note', status: 'success', user_phrasing: 'Added.' }
  const emission = {
    mode: 'narrative',
    prose: 'Added note-1.',
    per_call_verdicts: [verdict],
    task_targets: { expected: 1, succeeded: 1 },
    identifiers_used: ['note-1'],
  }
  test('[I-NARRATION-TOOL-SHAPE-1] the tool asks for four members, and for the identifiers when there are any', () => {
    expect(EMIT_NARRATION_TOOL).toMatchObject({
      name: 'emit_narration',
      inputSchema: {
        type: 'object',
        additionalProperties: false,
        required: ['mode', 'prose', 'per_call_verdicts', 'task_targets'],
        properties: {
          mode: { enum: ['audit', 'narrative'] },
          per_call_verdicts: {
            items: {
              additionalProperties: false,
              required: ['call_index', 'name', 'status', 'user_phrasing'],
              properties: { call_index: { minimum: 0 }, status: { enum: ['success', 'error', 'intercepted'] } },
            },
          },
          task_targets: { additionalProperties: false, required: ['expected', 'succeeded'] },
        },
      },
    })
    expect(() => Object.assign(EMIT_NARRATION_TOOL.inputSchema, { type: 'string' })).toThrow(TypeError)
  })
  test('[I-NARRATION-FROZEN-1] what is parsed cannot be changed, at any depth', () => {
    const parsed = parseNarration(emission)
    expect(parsed).toEqual(emission)
    expect(() => Object.assign(parsed?.per_call_verdicts[0] ?? {}, { status: 'error' })).toThrow(TypeError)
    const { identifiers_used: _used, ...without } = emission
    expect(parseNarration(without)?.identifiers_used).toEqual([])
  })
  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'Added.'],
    ['another mode', { ...emission, mode: 'loud' }],
    ['a member more', { ...emission, tone: 'warm' }],
    ['no verdicts', { ...emission, per_call_verdicts: undefined }],
    ['a negative index', { ...emission, per_call_verdicts: [{ ...verdict, call_index: -1 }] }],
    ['a status more', { ...emission, per_call_verdicts: [{ ...verdict, status: 'partial' }] }],
    ['a verdict with a member more', { ...emission, per_call_verdicts: [{ ...verdict, sure: true }] }],
    ['less than none succeeded', { ...emission, task_targets: { expected: 1, succeeded: -1 } }],
    ['targets without what was expected', { ...emission, task_targets: { succeeded: 1 } }],
  ])('[I-NARRATION-STRICT-1] [I-NARRATION-STATUS-ENUM-1] %s is no narration', (_what, value) => {
    expect(parseNarration(value)).toBeNull()
  })
  test('[9.10] every verdict matches the operation at its index, by name and outcome', () => {
    const told = (status: string, call_index = 0, name = 'add_note') =>
      parseNarration({ ...emission, per_call_verdicts: [{ ...verdict, status, call_index, name }] }) as never
    const ledger = [entry({}), entry({ success: false }), entry({ success: false, intercepted: true })]
    expect(checkNarration(told('success'), ledger)).toBeNull()
    expect(checkNarration(told('error', 1), ledger)).toBeNull()
    expect(checkNarration(told('intercepted', 2), ledger)).toBeNull()
    expect(checkNarration(told('success', 1), ledger)).toBe('Operation 1 (add_note) ended as error, not success')
    expect(checkNarration(told('success', 0, 'drop'), ledger)).toBe('Operation 0 is add_note, not drop')
    expect(checkNarration(told('success', 3), ledger)).toMatch(/no operation 3/)
  })
  test('[9.10] a note says when fewer or more succeeded than were asked for', () => {
    const note = (expected: number | null, succeeded: number) =>
      targetsNote(parseNarration({ ...emission, task_targets: { expected, succeeded } }) as never)
    expect([note(3, 2), note(2, 2), note(null, 4), note(1, 2)]).toEqual(['(2 of 3)', '', '', '(2 of 1)'])
  })
})

describe('[9.11] refusal and delegation', () => {
  test('a refusal has a reason of five, a sentence, and three steps at most; anything else is a reason outside', () => {
    const refusal = { reason: 'no_scope', user_message: 'Not allowed.', next_steps: ['Ask an administrator.'] }
    expect(parseRefusal(refusal)).toEqual(refusal)
    for (const odd of [
      'no',
      { ...refusal, reason: 'tired' },
      { ...refusal, user_message: 'x'.repeat(501) },
      { ...refusal, next_steps: ['a', 'b', 'c', 'd'] },
      { ...refusal, next_steps: ['x'.repeat(201)] },
      { ...refusal, more: 1 },
    ])
      expect(parseRefusal(odd)).toEqual({ reason: 'external_error', user_message: '' })
    expect(EMIT_REFUSAL_TOOL.inputSchema).toMatchObject({
      additionalProperties: false,
      required: ['reason', 'user_message'],
    })
  })
  test('a delegation names app, reason and task, all of them', () => {
    expect(HUB_DISPATCH_TOOL).toMatchObject({
      name: 'hub_dispatch',
      inputSchema: { additionalProperties: false, required: ['app_id', 'reasoning', 'query'] },
    })
  })
})
