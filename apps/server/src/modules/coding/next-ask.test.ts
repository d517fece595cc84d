import { type CodingMode, LOCAL_TOOLS } from '@imperal/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Asked, consentOf, nextAsk, toolText } from './next-ask.ts'

const step = (tool: string, args = {}) => ({ tool, args, kind: 'local_tool' as const })
const answer = (kind: 'consent' | 'tool', tool: string, result: Asked['result']): Asked => ({
  ...{ kind, tool, result, state: 'answered', confirmation_id: null },
})
const ok = (tool: string, content = 'done') => answer('tool', tool, { ok: true, content })
const bad = (tool: string, content: string) => answer('tool', tool, { ok: false, content })
const yes = (tool: string) => answer('consent', tool, { approved: true })

/** Answers everything that a step asks for, and lists it. */
function play(tool: string, mode: CodingMode, reply: (asked: { kind: string; tool: string }) => Asked) {
  const asked: Asked[] = []
  for (let turn = 0; turn < 10; turn++) {
    const next = nextAsk(step(tool), asked, mode)
    if (next.kind === 'done') return { asked: asked.map((one) => `${one.kind} ${one.tool}`), outcome: next.outcome }
    if (next.kind === 'consent') asked.push(reply({ kind: 'consent', tool }))
    else if (next.kind === 'tool') asked.push(reply({ kind: 'tool', tool: next.tool }))
    else throw new Error(next.kind)
  }
  throw new Error('it never ends')
}

const agreeable = ({ kind, tool }: { kind: string; tool: string }) => (kind === 'consent' ? yes(tool) : ok(tool))

describe('[I-WEBBEE-CODE-REVERSIBLE] every write is checkpointed', () => {
  test('before each change the terminal makes a checkpoint, after the person has agreed', () => {
    for (const tool of ['write_file', 'edit_file', 'multi_edit', 'bash'])
      expect(play(tool, 'default', agreeable).asked).toEqual([`consent ${tool}`, 'tool checkpoint', `tool ${tool}`])
  })

  test('whatever is answered in whatever mode, no change is asked for without a checkpoint that was made', () => {
    const results = fc.constantFrom<Asked['result']>(
      { ok: true, content: 'x' },
      { ok: false, content: 'no' },
      { approved: true },
      { approved: false },
      { consent_reply: 'hm' },
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...LOCAL_TOOLS),
        fc.constantFrom<CodingMode>('default', 'plan', 'autopilot'),
        fc.infiniteStream(results),
        (tool, mode, stream) => {
          const { asked } = play(tool, mode, ({ kind, tool: name }) =>
            answer(kind as 'consent' | 'tool', name, stream.next().value as Asked['result']),
          )
          const at = asked.indexOf(`tool ${tool}`)
          if (['write_file', 'edit_file', 'multi_edit', 'bash'].includes(tool) && at >= 0)
            expect(asked.indexOf('tool checkpoint')).toBe(at - 1)
        },
      ),
    )
  })

  test('without a checkpoint nothing is changed, and the model hears why', () => {
    const { asked, outcome } = play('write_file', 'autopilot', ({ tool }) =>
      tool === 'checkpoint' ? bad(tool, 'disk full') : ok(tool),
    )
    expect(asked).toEqual(['tool checkpoint'])
    expect(outcome).toEqual({ ok: false, content: expect.stringContaining('disk full') })
  })
})

test('plan mode changes nothing and asks for nothing; autopilot does not ask the person', () => {
  expect(play('edit_file', 'plan', agreeable)).toEqual({
    asked: [],
    outcome: { ok: false, content: expect.stringMatching(/plan mode/) },
  })
  expect(play('read_file', 'plan', agreeable).asked).toEqual(['tool read_file'])
  expect(play('rollback', 'autopilot', agreeable).asked).toEqual(['tool rollback'])
})

test('[I-CPC-SEARCH-HYBRID-FALLSOFT] where searching by meaning fails, a plain search answers and says so', () => {
  const { asked, outcome } = play('search_code', 'default', ({ tool }) =>
    tool === 'search_code' ? bad(tool, 'no index') : ok(tool, 'src/a.ts:1: hit'),
  )
  expect(asked).toEqual(['tool search_code', 'tool grep'])
  expect(outcome).toEqual({ ok: true, content: '[search by meaning is not available; plain search]\nsrc/a.ts:1: hit' })
  expect(play('search_code', 'default', agreeable).asked).toEqual(['tool search_code'])
})

test('a tool that nobody has is refused, and an open question is waited for', () => {
  expect(nextAsk(step('format_disk'), [], 'autopilot')).toMatchObject({ kind: 'done', outcome: { ok: false } })
  const open: Asked = { kind: 'tool', tool: 'bash', state: 'open', result: null, confirmation_id: null }
  expect(nextAsk(step('bash'), [open], 'default')).toEqual({ kind: 'wait' })
})

test('agreeing takes a word for it; everything else is told to the model instead', () => {
  for (const word of ['yes', 'OK', 'Да', 'go ahead', 'tak!'])
    expect(consentOf({ consent_reply: word }).approved).toBe(true)
  for (const word of ['no', 'yes, but not the tests', 'why?', ''])
    expect(consentOf({ consent_reply: word }).approved).toBe(false)
  expect(consentOf({ consent_reply: 'use tabs' }).reason).toBe('use tabs')
})

test('[I-TOOLS-HONEST-TRUNCATION] what a terminal has cut is marked as cut', () => {
  expect(toolText({ ok: true, content: 'a', truncated: true, exit_code: 2 })).toEqual({
    ok: true,
    content: 'a\n[exit code 2]\n[truncated]',
  })
})
