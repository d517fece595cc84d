import { enforceResponseStyle, filterOutput, normalizeMarkdown } from '@imperal/contract/guards'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { finishText } from './filters.ts'

const finish = (text: string, evidence = '') => finishText(text, { assistantName: 'Webbee', byModel: true, evidence })

describe('[K1.8] every text on its way to a person', () => {
  test.each([
    ['<results>\nsecret\n</results> Hello', 'secret\n Hello'],
    ['last_app: notes\nHello', 'Hello'],
    ['I am ChatGPT, a large language model trained by OpenAI. Hello.', 'I am Webbee. Hello.'],
    ['As an AI language model, I can list notes.', 'I can list notes.'],
    ['Certainly! Here are your notes 🎉', 'Here are your notes'],
    ['Welcome to Imperial.', 'Welcome to Imperal.'],
    ['a\n\n\n\nb', 'a\n\nb'],
  ])('%j becomes %j', (given, wanted) => {
    expect(finish(given)).toBe(wanted)
  })

  test('[I-M-P-E-R-A-L] a word of the person stays as it is', () => {
    expect(finish('The Imperial War Museum opens at ten.', 'visit the Imperial War Museum')).toContain(
      'Imperial War Museum',
    )
  })

  test('what an app or a person wrote is not restyled', () => {
    const text = 'Created the note “🎉 Party”.'
    expect(finishText(text, { assistantName: 'Webbee', byModel: false })).toBe(text)
  })

  test.each([
    "I'm the notes assistant. Your list has 3 items.",
    'Please open the Calendar app. It was moved to 9.',
    'Saved.\nFeel free to ask.\nTotal: 3',
    'I am ChatGPT, made by OpenAI. Hello 🎉.',
    '** a ** and\n\n\n\n* b',
    'Let me know!',
    '5 → 6',
  ])('[9.9] %j: beside its own marks the chat has no filters but those of the library', (text) => {
    expect(finish(text)).toBe(filterOutput(text))
    expect(finish(`<results>${text}`)).toBe(filterOutput(text))
  })

  test('a line that tells an outcome stays although it holds an empty phrase', () => {
    expect(finish('Deleted your data.\nLet me know!')).toBe('Deleted your data.')
    expect(finish('Here is your data:\n- Milk')).toBe('- Milk')
  })

  test('a text that only spoke of another identity is empty: whoever asked for it says something better', () => {
    expect(finish("I'm the notes assistant.")).toBe('')
  })

  test('a text that the filters would empty keeps its first line that says something', () => {
    expect(finish('Of course! 🎉')).not.toBe('')
  })
})

test('[I-MD-1] [I-MD-2] Markdown is normalised, purely and idempotently, and code stays as it is', () => {
  expect(normalizeMarkdown('#Title\n* one\n+ two  \n\n\n```\n* code\n\n\n#x\n```')).toBe(
    '# Title\n- one\n- two\n\n```\n* code\n\n\n#x\n```',
  )
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('#', '*', '+', '-', ' ', '\n', '`', '~', 'a', '1', '.', '\r', '•', '>', '🎉', '!'),
        maxLength: 120,
      }),
      (text) => {
        const once = normalizeMarkdown(text)
        expect(normalizeMarkdown(once)).toBe(once)
        expect(enforceResponseStyle(enforceResponseStyle(text))).toBe(enforceResponseStyle(text))
      },
    ),
    { numRuns: 2000 },
  )
})
