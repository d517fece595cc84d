import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LlmMessage } from '../llm/index.ts'
import { type Folded, type FoldLimits, foldThread, type Placed, type Shorten } from './fold-thread.ts'

const LIMITS: FoldLimits = {
  coding_thread_chars: 20_000,
  coding_keep_messages: 4,
  coding_fold_chars: 10_000,
  coding_fold_rounds: 6,
  coding_fold_seconds: 100,
}
const sizeOf = ({ summary, messages }: Folded): number =>
  (summary?.length ?? 0) +
  messages.reduce(
    (sum, { message }) =>
      sum + (typeof message.content === 'string' ? message.content.length : JSON.stringify(message.content).length),
    0,
  )
const place = (messages: readonly LlmMessage[]): Placed[] =>
  messages.map((message, index) => ({ position: index + 1, message }))
const exchange = (id: string, size: number): LlmMessage[] => [
  { role: 'assistant', content: [{ type: 'tool_use', id, name: 'read_file', input: { path: id } }] },
  { role: 'user', content: [{ type: 'tool_result', toolUseId: id, content: 'x'.repeat(size) }] },
]
const shortened: Shorten = async (text) => ({ text: `in short: ${text.length}`, isCut: false })
const fold = (messages: readonly LlmMessage[], shorten: Shorten = shortened, limits: Partial<FoldLimits> = {}) =>
  foldThread({ summary: null, messages: place(messages), upTo: 0 }, { ...LIMITS, ...limits }, { shorten, now: () => 0 })

/** Every result has the call that it answers before it. */
function isWhole({ messages }: Folded): boolean {
  const known = new Set<string>()
  for (const { message } of messages) {
    if (typeof message.content === 'string') continue
    for (const block of message.content) {
      if (block.type === 'tool_use') known.add(block.id)
      if (block.type === 'tool_result' && !known.has(block.toolUseId)) return false
    }
  }
  return true
}

describe('[I-CODING-THREAD-NEVER-OVERFLOWS] a thread fits what its model reads', () => {
  const threads = fc.array(
    fc.oneof(
      fc.nat(30_000).map((size): LlmMessage[] => [{ role: 'user', content: 'u'.repeat(size) }]),
      fc.tuple(fc.uuid(), fc.nat(30_000)).map(([id, size]) => exchange(id, size)),
    ),
    { maxLength: 30 },
  )
  const models: readonly Shorten[] = [
    shortened,
    () => Promise.reject(new Error('no model')),
    async (text) => ({ text, isCut: true }),
    async () => ({ text: '', isCut: false }),
  ]

  test('whatever was said and however the model fails, within the budget and with every result behind its call', async () => {
    await fc.assert(
      fc.asyncProperty(threads, fc.constantFrom(...models), async (parts, shorten) => {
        const folded = await fold([{ role: 'user', content: 'begin' }, ...parts.flat()], shorten)
        expect(sizeOf(folded)).toBeLessThanOrEqual(LIMITS.coding_thread_chars)
        expect(isWhole(folded)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('a thread that fits stays as it is, and no model is asked', async () => {
    const messages: LlmMessage[] = [{ role: 'user', content: 'hello' }, ...exchange('a', 100)]
    const folded = await fold(messages, () => Promise.reject(new Error('asked')))
    expect(folded).toEqual({ summary: null, messages: place(messages), upTo: 0 })
  })

  test('an answer that was cut is asked for once again with twice the tokens, and then cut mechanically', async () => {
    const asked: number[] = []
    const messages: LlmMessage[] = Array.from({ length: 12 }, (_, index) => ({
      role: 'user',
      content: `${index} ${'y'.repeat(3000)}`,
    }))
    const folded = await fold(
      messages,
      async (text, tokens) => {
        asked.push(tokens)
        return { text, isCut: true }
      },
      { coding_fold_rounds: 1 },
    )
    expect(asked).toEqual([4000, 8000])
    expect(folded.summary).toMatch(/characters left out/)
  })
})

describe('[I-CODING-THREAD-COMPACTION-ADMIN-TUNABLE] every figure is an administrator’s', () => {
  const messages: LlmMessage[] = Array.from({ length: 40 }, (_, index) => ({
    role: 'user',
    content: `${index} ${'z'.repeat(1000)}`,
  }))
  const countAsked = async (limits: Partial<FoldLimits>, now: () => number = () => 0) => {
    const sizes: number[] = []
    const folded = await foldThread(
      { summary: null, messages: place(messages), upTo: 0 },
      { ...LIMITS, ...limits },
      {
        shorten: async (text) => {
          sizes.push(text.length)
          return { text: 'short', isCut: false }
        },
        now,
      },
    )
    return { sizes, folded }
  }

  test('how much is read, how much is kept, how much one folding reads, and how many there are', async () => {
    expect((await countAsked({ coding_thread_chars: 100_000 })).sizes).toEqual([])
    expect((await countAsked({ coding_keep_messages: 18 })).folded.messages.length).toBeGreaterThanOrEqual(18)
    for (const size of (await countAsked({ coding_fold_chars: 5000 })).sizes) expect(size).toBeLessThanOrEqual(5000)
    expect((await countAsked({ coding_fold_rounds: 0 })).sizes).toEqual([])
  })

  test('how long all of it may take', async () => {
    let time = 0
    const slow = () => {
      time += 60_000
      return time
    }
    expect(
      (await countAsked({ coding_fold_chars: 2000, coding_fold_seconds: 100 }, slow)).sizes.length,
    ).toBeLessThanOrEqual(2)
  })
})
