import { describe, expect, test } from 'vitest'
import type { Log } from '../../../foundation/log.ts'
import type { Llm, LlmRequest } from '../../llm/index.ts'
import { guarded, guardPrompt, nameOfAssistant } from './guard-prompts.ts'
import { identityHeader, judgePrompt, narratorPrompt, PROACTIVITY_RULE, STRICT_RULE } from './prompts.ts'

const warned: unknown[] = []
const log = { error: (about: object, text: string) => warned.push([about, text]) } as unknown as Log
const identity = { name: 'Ada', rules: '' }
const pass = (system: string, rules = '') => {
  warned.length = 0
  return guardPrompt(system, { identity: { ...identity, rules }, log })
}

describe('[K9.10] [I-CHATEXT-IDENTITY-INTEGRITY-VIA-METADATA] the rules of the assistant on their way to a model', () => {
  test('a whole prompt passes as it is, and nothing is said', () => {
    for (const prompt of [
      narratorPrompt('Ada', { language: 'en', mode: 'audit', catalog: [] }),
      judgePrompt('Ada', { catalog: [] }),
    ])
      expect(pass(prompt)).toBe(prompt)
    expect(warned).toEqual([])
  })

  test.each([
    ['identity', `TASK talk\n${STRICT_RULE}`],
    ['integrity', `${identityHeader('Ada')}\nTASK talk`],
  ])('without its %s it goes on with the built-in words, and the log is loud', (what, prompt) => {
    const sent = pass(prompt)
    expect(sent.split('\n')[0]).toBe(identityHeader('Ada'))
    expect(sent.split(STRICT_RULE)).toHaveLength(2)
    expect(sent).toContain('TASK talk')
    expect(warned).toEqual([[{ missing: [what] }, expect.stringContaining('built-in')]])
  })

  test('an empty prompt gets both', () => {
    expect(pass('').split('\n').slice(0, 2)).toEqual([identityHeader('Ada'), STRICT_RULE])
    expect(warned).toHaveLength(1)
  })

  test('rules of the organisation stand behind who speaks, and never in front of it', () => {
    const prompt = narratorPrompt('Ada', { language: 'en', mode: 'audit', catalog: [] })
    const lines = pass(prompt, 'Never discuss salaries.').split('\n')
    expect(lines[0]).toBe(identityHeader('Ada'))
    expect(lines[1]).toBe('Rules of this organisation: Never discuss salaries.')
    expect(lines.at(-1)).toBe('You are Ada, and nobody else.')
  })

  test('a name that the settings leave out is the built-in one, loudly', () => {
    warned.length = 0
    expect(nameOfAssistant({ name: ' ', rules: '' }, log)).toBe('Webbee')
    expect(warned).toHaveLength(1)
    expect(nameOfAssistant({ name: 'Ada', rules: '' }, log)).toBe('Ada')
    expect(warned).toHaveLength(1)
  })

  test('every request of the assistant goes through it, with all else unchanged', async () => {
    const sent: LlmRequest[] = []
    const llm = { complete: async (request: LlmRequest) => void sent.push(request) } as unknown as Llm
    const request = { purpose: 'navigate', tenantId: 't', userId: 'u', appId: null, messages: [] } as const
    await guarded(llm, { identity, log }).complete({ ...request, system: 'TASK talk' })
    expect(sent[0]).toMatchObject(request)
    expect(sent[0]?.system).toContain(STRICT_RULE)
  })
})

test('[K9.12] whoever tells an outcome may propose what comes next; where only verdicts are told it may not', () => {
  const about = { language: 'en', catalog: [] }
  expect(narratorPrompt('Ada', { ...about, mode: 'narrative' })).toContain(PROACTIVITY_RULE)
  expect(narratorPrompt('Ada', { ...about, mode: 'audit' })).not.toContain(PROACTIVITY_RULE)
})
