import type { JsonObject } from '@imperal/contract'
import { formatLedger } from '@imperal/contract/guards'
import { describe, expect, test } from 'vitest'
import { llmErrors } from '../../llm/index.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import type { CallRecord } from '../plan/records.ts'
import { ledgerOf } from '../truth/narration.ts'
import { renderOutcomes } from '../truth/render.ts'
import { narrate } from './narrate.ts'
import type { TurnContext } from './turn-tools.ts'

type Ending = 'success' | 'failed' | 'intercepted' | 'skipped'

/** One call of a plan as the turn keeps it. */
function record(
  name: string,
  ending: Ending,
  more: { data?: JsonObject; summary?: string; error?: string; code?: string; type?: 'read' | 'write' } = {},
): CallRecord {
  const isError = ending !== 'success'
  const response = {
    ...{ status: isError ? 'error' : 'success', data: more.data ?? {}, summary: more.summary ?? null },
    ...{
      error: isError ? (more.error ?? null) : null,
      ui: null,
      ...(more.code === undefined ? {} : { error_code: more.code }),
    },
  }
  const call = { appId: 'notes', appName: 'Notes', name, actionType: more.type ?? 'write', description: '' }
  return {
    ...{ step: { function: call }, stepNo: 0, itemNo: 0, callId: 'cal_1', args: {}, told: false },
    state: ending === 'skipped' ? 'skipped' : 'done',
    outcome:
      ending === 'skipped'
        ? null
        : { response, status: ending, callId: 'cal_1', traceId: 't', actionType: call.actionType, durationMs: 1 },
    reason: ending === 'skipped' ? 'dependency' : null,
  } as unknown as CallRecord // what the renderer and the narrator read of it
}

interface Answer {
  readonly object?: unknown
  readonly fails?: Error
}

/** A turn whose model answers so; `said` is what reached the person. */
function turnOf(answer: Answer) {
  const asked: JsonObject[] = []
  const context = {
    ...{
      text: 'make two notes',
      hasModel: true,
      catalog: [],
      skeletons: '',
      history: [],
      limits: DEFAULT_LIMITS,
      hold: { traceId: 't' },
    },
    user: { tenantId: 'default', userId: 'imp_u_ada00001' },
    tools: {
      assistantName: 'Webbee',
      log: { warn: () => {} },
      llm: {
        async complete(request: JsonObject) {
          asked.push(request)
          if (answer.fails !== undefined) throw answer.fails
          return { text: '', object: answer.object ?? null }
        },
      },
    },
    voice: { signal: new AbortController().signal, status: () => {}, text: () => {}, count: () => {} },
  } as unknown as TurnContext // the parts that a narration needs
  return { context, asked }
}
const plan = (narrationMode: 'audit' | 'narrative') => ({ narrationMode, taskCountTarget: null, steps: [] }) as never
const emission = (mode: string, prose: string, verdicts: [string, string, string][]) => ({
  mode,
  prose,
  per_call_verdicts: verdicts.map(([name, status, user_phrasing], call_index) => ({
    call_index,
    name,
    status,
    user_phrasing,
  })),
  task_targets: { expected: null, succeeded: verdicts.filter(([, status]) => status === 'success').length },
  identifiers_used: [],
})

describe('[K3.49] the outcome in fixed words', () => {
  const options = { language: 'en' }

  test('for each call in its order: the summary or the data, the words of the code, that it waits, or why it was left out', () => {
    const text = renderOutcomes(
      [
        record('create_note', 'success', { summary: 'Note created.' }),
        record('update_note', 'failed', { error: 'The note is locked.', code: 'NOTE_LOCKED' }),
        record('delete_note', 'intercepted', { code: 'CONFIRMATION_REQUIRED' }),
        record('share_note', 'skipped'),
      ],
      options,
    )
    const lines = text.split('\n\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toBe('Note created.')
    expect(lines[1]).toContain('The note is locked.')
    expect(lines[2]).toMatch(/delete note.*confirm/i)
    expect(lines[3]).toMatch(/share note/)
  })

  test('a list shows fifty items and says how many more there are; a text shows 1,500 characters', () => {
    expect(DEFAULT_LIMITS).toMatchObject({ list_truncate_items: 50, string_truncate_chars: 1500 })
    const notes = Array.from({ length: 53 }, (_, index) => ({ title: `Note number ${index + 1}.` }))
    const listed = renderOutcomes([record('list_notes', 'success', { type: 'read', data: { notes } })], options)
    expect(listed).toContain('- Note number 50.')
    expect(listed).not.toContain('Note number 51.')
    expect(listed).toContain('3')
    const long = renderOutcomes(
      [record('get_note', 'success', { type: 'read', data: { body: 'x'.repeat(2_000) } })],
      options,
    )
    expect(long.match(/x+/)?.[0]).toHaveLength(1_500)
  })

  test('[K3.49] a summary of several lines is the whole answer, one of a single line has the data below it', () => {
    const issues = [{ rule: 'IR46', message: 'no valid name' }]
    const told = (summary: string) =>
      renderOutcomes([record('validate_ir', 'success', { type: 'read', summary, data: { issues } })], options)
    expect(told('Not valid:\n- IR46 no valid name')).toBe('Not valid:\n- IR46 no valid name')
    expect(told('Not valid.')).toMatch(/^Not valid\.\n\n- .*IR46/)
  })

  test('an exception is never its words', () => {
    const raw = {
      error: "TypeError: cannot read properties of undefined (reading 'id') at /srv/app/main.ts:7",
      code: 'INTERNAL',
    }
    expect(renderOutcomes([record('create_note', 'failed', raw)], options)).not.toMatch(/TypeError|srv|undefined/)
  })
})

describe('the narrator', () => {
  const done = [
    record('create_note', 'success', { summary: 'First note created.', data: { title: 'A' } }),
    record('create_list', 'success', { summary: 'List created.', data: { title: 'B' } }),
  ]
  const failedToo = [
    done[0] as CallRecord,
    record('update_note', 'failed', { error: 'The note is locked.', code: 'NOTE_LOCKED' }),
  ]

  test('[K3.48] [I-BYOLLM-PARTIAL-RECOVERY] a model that fails after the calls costs the person nothing of what was done', async () => {
    const { context, asked } = turnOf({ fails: new Error('401 invalid api key sk-secret-key') })
    const text = await narrate(context, { plan: plan('narrative'), records: failedToo, language: 'en' })
    expect(asked.length).toBeGreaterThan(0)
    expect(text).toContain('First note created.')
    expect(text).toContain('The note is locked.')
    expect(text).not.toContain('sk-secret-key')
  })

  test('[K3.48] so does one that answers in no shape, twice', async () => {
    const { context, asked } = turnOf({ object: { anything: 'else' } })
    const text = await narrate(context, { plan: plan('narrative'), records: done, language: 'en' })
    expect(asked).toHaveLength(2)
    expect(text).toContain('First note created.')
    expect(text).toContain('List created.')
  })

  test('[N1] [K3.48] an answer that is no JSON is asked for once more, as one in the wrong shape', async () => {
    const { context, asked } = turnOf({ fails: llmErrors.BAD_OBJECT() })
    const text = await narrate(context, { plan: plan('narrative'), records: done, language: 'en' })
    expect(asked).toHaveLength(2)
    expect(text).toContain('First note created.')
  })

  test('[K3.47] in audit mode it phrases what worked, and the kernel composes: its prose is not shown, what failed has fixed words', async () => {
    const prose = 'A long story in which everything happened at once.'
    const verdicts: [string, string, string][] = [
      ['create_note', 'success', 'I made your note.'],
      ['update_note', 'error', 'All is fine with the other one.'],
    ]
    const { context } = turnOf({ object: emission('audit', prose, verdicts) })
    const text = await narrate(context, { plan: plan('audit'), records: failedToo, language: 'en' })
    expect(text).not.toContain('long story')
    expect(text).not.toContain('All is fine')
    expect(text).toContain('The note is locked.')
  })

  test('[K3.47] each success in its own words, one line for each call', async () => {
    const verdicts: [string, string, string][] = [
      ['create_note', 'success', 'I made your note.'],
      ['create_list', 'success', 'The list is there.'],
    ]
    const { context } = turnOf({ object: emission('audit', '', verdicts) })
    expect(await narrate(context, { plan: plan('audit'), records: done, language: 'en' })).toBe(
      '- I made your note.\n- The list is there.',
    )
  })
})

describe('[N4] [K3.45] [kernel 18.5] how many were done of those that were asked for', () => {
  const asked = (count: number | null) =>
    ({ ...(plan('audit') as object), taskCountTarget: count }) as Parameters<typeof narrate>[1]['plan']
  const made = (title: string) => record('create_note', 'success', { summary: `Created ${title}.`, data: { title } })
  const failed = record('update_note', 'failed', { error: 'The note is locked.', code: 'NOTE_LOCKED' })
  const tell = async (records: CallRecord[], count: number | null, language = 'en') => {
    const { context } = turnOf({ fails: new Error('away') })
    return narrate(context, { plan: asked(count), records, language })
  }

  test('a failing middle step: the line counts what succeeded, failed and skipped steps are told above it', async () => {
    const text = await tell([made('A'), failed, record('share_note', 'skipped')], 3)
    expect(text).toContain('Created A.')
    expect(text).toContain('The note is locked.')
    expect(text).toMatch(/share note was not run/)
    expect(text.endsWith('\n\n1 of 3 were done.')).toBe(true)
  })

  test('the narrator’s own count does not stand against the calls: the line is the kernel’s', async () => {
    const words: [string, string, string][] = [
      ['create_note', 'success', 'I made A.'],
      ['create_note', 'success', 'I made B.'],
    ]
    const { context } = turnOf({ object: emission('audit', '', words) })
    const telling = { plan: asked(3), records: [made('A'), made('B')], language: 'en' }
    expect(await narrate(context, telling)).toBe('- I made A.\n- I made B.\n\n2 of 3 were done.')
  })

  test('more than was asked for is said as well, in the language of the person', async () => {
    expect(await tell([made('A'), made('B')], 1, 'de')).toMatch(/\n\n2 von 1 \p{L}+/u)
  })

  test.each<readonly [what: string, records: CallRecord[], count: number | null]>([
    ['as many as asked for', [made('A'), made('B')], 2],
    ['no number was named', [made('A'), failed], null],
    ['only reads ran', [record('list_notes', 'success', { type: 'read' })], 3],
    [
      'one still waits for its card',
      [made('A'), record('delete_note', 'intercepted', { code: 'CONFIRMATION_REQUIRED' })],
      3,
    ],
  ])('no line: %s', async (_what, records, count) => {
    expect(await tell(records, count)).not.toMatch(/\d of \d/)
  })
})

test("[9.6] [9.10] [I-TOOLS-HONEST-TRUNCATION] a narrator gets the library's list of what happened, and results in the size that the library gives a model", async () => {
  const { context, asked } = turnOf({ object: emission('narrative', '', []) })
  const items = Array.from({ length: 80 }, (_, n) => ({ id: `n${n}`, body: 'x'.repeat(700) }))
  const records = [
    record('list_notes', 'success', { type: 'read', data: { items }, summary: 'Found 80 notes.' }),
    record('search_notes', 'failed', { type: 'read', error: 'No index.', code: 'BACKEND_TIMEOUT' }),
  ]
  await narrate(context, { plan: plan('narrative'), records, language: 'en' })
  const { system, messages } = asked[0] as { system: string; messages: { content: string }[] }
  expect(system).toContain(formatLedger(ledgerOf(records)))
  expect(system).toContain('- list_notes — SUCCESS: Found 80 notes.\n- search_notes — ERROR: No index.')
  const [, results = ''] = /<results>\n(.*)\n<\/results>/s.exec(messages[0]?.content ?? '') ?? []
  expect(results.length).toBeLessThanOrEqual(context.limits.narrator_structured_data_chars)
  const [first, second] = JSON.parse(results)
  expect(first.data.items.at(-1)).toMatch(/^\[\.\.\.\d+ more items\]$/)
  expect(first.data.items[0].body).toBe(`${'x'.repeat(500)}... [700 chars total]`)
  expect(second).toMatchObject({ call_index: 1, status: 'error', error: 'BACKEND_TIMEOUT' })
})
