import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { conversationPrompt, judgePrompt, narratorPrompt, rebindPrompt, STRICT_RULE } from '../understand/prompts.ts'
import { EMIT_NARRATION, NarrationEmission, parseEmission } from './narration.ts'

const emission = {
  mode: 'audit',
  prose: '',
  per_call_verdicts: [{ call_index: 0, name: 'create_note', status: 'success', user_phrasing: 'Created.' }],
  task_targets: { expected: null, succeeded: 1 },
  identifiers_used: [],
}
const hash = (value: string) => createHash('sha256').update(value).digest('hex').slice(0, 16)

test('[I-NARRATION-FROZEN-1] a parsed emission cannot be changed', () => {
  const parsed = parseEmission(emission)
  expect(() => Object.assign(parsed ?? {}, { mode: 'narrative' })).toThrow(TypeError)
  expect(() => Object.assign(parsed?.per_call_verdicts[0] ?? {}, { status: 'error' })).toThrow(TypeError)
})

test('[I-NARRATION-TOOL-REQUIRED-1] each required member is required, and no other is taken', () => {
  for (const member of ['mode', 'prose', 'per_call_verdicts', 'task_targets']) {
    const { [member as 'mode']: _left, ...rest } = emission
    expect(parseEmission(rest)).toBeNull()
  }
  expect(parseEmission({ ...emission, extra: 1 })).toBeNull()
  expect(parseEmission(emission)).not.toBeNull()
})

test('[I-NARRATION-STATUS-ENUM-1] a status is success, error or intercepted', () => {
  const [verdict] = emission.per_call_verdicts
  for (const status of ['success', 'error', 'intercepted', 'partial', 'done', ''])
    expect(NarrationEmission.safeParse({ ...emission, per_call_verdicts: [{ ...verdict, status }] }).success).toBe(
      ['success', 'error', 'intercepted'].includes(status),
    )
})

test('[I-NARRATION-TOOL-SHAPE-1] the schema that providers get is the agreed one', () => {
  expect(EMIT_NARRATION.required).toEqual(['mode', 'prose', 'per_call_verdicts', 'task_targets', 'identifiers_used'])
  expect(EMIT_NARRATION.additionalProperties).toBe(false)
  expect(hash(JSON.stringify(EMIT_NARRATION))).toBe('531c9ee74f17c502')
})

test('[I-NARRATION-STRICT-1] [I-NARRATION-STRICT-2] [K3.46] every narration carries the strict rule, the same in all languages', () => {
  for (const language of ['en', 'de', 'ru', 'ja'])
    for (const prompt of [
      narratorPrompt('Webbee', { language, mode: 'audit', catalog: [] }),
      narratorPrompt('Webbee', { language, mode: 'narrative', catalog: [] }),
      conversationPrompt('Webbee', [], { language, now: '2026-11-29T10:00:00Z', timezone: 'UTC', skeletons: '' }),
    ])
      expect(prompt).toContain(STRICT_RULE)
  expect(hash(STRICT_RULE)).toBe('ee560c46152d96ea')
})

test('[S003-110] [S003-111] [I-CHATEXT-TOOL-CATALOG-FRAMING] identity comes first and last, with all that the platform can do', () => {
  const entry = {
    appId: 'notes',
    appName: 'Notes',
    name: 'create_note',
    description: 'Creates a note.',
    paramsSchema: {},
    returnSchema: {},
    idProjection: '',
  }
  const catalog = [entry] as never
  const about = { language: 'en', now: '2026-11-29T10:00:00Z', timezone: 'UTC', skeletons: '' }
  for (const prompt of [
    conversationPrompt('Ada', catalog, about),
    narratorPrompt('Ada', { language: 'en', mode: 'narrative', catalog }),
    narratorPrompt('Ada', { language: 'en', mode: 'audit', catalog }),
    rebindPrompt('Ada', { function: entry as never }, { catalog }),
    judgePrompt('Ada', { catalog }),
  ]) {
    const lines = prompt.split('\n')
    expect(lines[0]).toMatch(/^You are Ada, the one assistant/)
    expect(lines.at(-2)).toMatch(/^Capabilities: Notes: create note\./)
    expect(lines.at(-1)).toBe('You are Ada, and nobody else.')
  }
})
