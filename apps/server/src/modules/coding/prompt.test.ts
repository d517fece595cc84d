import { expect, test } from 'vitest'
import { systemPrompt } from './prompt.ts'
import type { SessionRow } from './tables.ts'

const session = (more: Partial<SessionRow>): SessionRow =>
  ({ context: {}, milestones: [], todos: [], applied_mode: 'default', kind: 'coding', ...more }) as SessionRow // what the prompt reads

test('[I-CODING-TIME-CONTRACT] the model knows the time and the zone of the person, and no other', () => {
  const context = { client_now: '2031-02-03T04:05:06', client_tz_label: 'Asia/Tokyo' }
  const prompt = systemPrompt(session({ context }), { goal: null }, 'Webbee')
  expect(prompt).toContain('It is 2031-02-03T04:05:06 (Asia/Tokyo) where the person is.')
  expect(prompt).not.toContain(String(new Date().getFullYear()))
  expect(systemPrompt(session({}), { goal: null }, 'Webbee')).not.toMatch(/It is \d/)
})

test('what comes from the machine is quoted and cut', () => {
  const prompt = systemPrompt(
    session({ context: { tree: 'a'.repeat(100_000), cwd: '/w' } }),
    { goal: 'Ship it' },
    'Webbee',
  )
  expect(prompt).toContain('<working_folder>\n/w\n</working_folder>')
  expect(prompt.length).toBeLessThan(25_000)
  expect(prompt).toContain('Ship it')
})
